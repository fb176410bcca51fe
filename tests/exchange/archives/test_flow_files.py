"""Flows of mitmproxy are read where it is installed, searched for secrets, and not edited."""

import io
import sys
from types import ModuleType, SimpleNamespace

import pytest

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.files import stream_items
from pytest_pcerrors.exchange.archives.items import Skipped
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.redaction.rewriting import found_in, rewritten

URL = "https://login.microsoftonline.com/common/oauth2/token"
BODY = b'{"access_token": "x7Kq02pLm"}'


class Fields(dict):
    """Headers as mitmproxy has them."""

    def items(self, *, multi):
        """Return the pairs."""
        return super().items() if multi else ()


class FlowReadError(Exception):
    """The error of mitmproxy for data that is not a flow."""


def flow(status, body=BODY):
    """Return a flow with a response."""
    request = SimpleNamespace(method="POST", pretty_url=URL, headers=Fields(), raw_content=b"")
    response = SimpleNamespace(
        status_code=status, reason="", headers=Fields({"Server": "x"}), raw_content=body, timestamp_start=1667278724.5
    )
    return SimpleNamespace(request=request, response=response)


@pytest.fixture
def mitmproxy(monkeypatch):
    """Install something with the interface of mitmproxy, whose files are a text with a digit a flow."""

    def stream(reader):
        for number in reader.read().decode().partition("|")[2]:
            if number == "x":
                raise FlowReadError("broken")
            yield [flow(409), SimpleNamespace(request=1, response=None), flow(404, None), object()][int(number)]

    reader = type("FlowReader", (), {"__init__": lambda self, file: setattr(self, "read", file.read), "stream": stream})
    parts = {"io": {"FlowReader": reader}, "exceptions": {"FlowReadException": FlowReadError}}
    for name, members in {"": {}, **parts}.items():
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, f"mitmproxy.{name}".strip("."), module)


FLOWS = b"2045:9:websocket;0:~|"


@pytest.mark.parametrize("name", ["a.mitm", "-", "flows"])
@pytest.mark.usefixtures("mitmproxy")
def test_flows_are_read_with_mitmproxy(name):
    """A flow without a response is skipped, and what is broken ends the file."""
    busy, waiting, no_body, tcp, broken = stream_items(io.BytesIO(FLOWS + b"0123x"), name)
    assert (busy.status, busy.body, busy.origin, busy.recorded_at.year) == (409, BODY, f"{name}#/0", 2022)
    assert (no_body.status, no_body.body_problem) == (404, "not kept in the recording")
    assert no_body.recorded_at == busy.recorded_at
    assert [waiting, tcp] == [Skipped(f"{name}#/1"), Skipped(f"{name}#/3")]
    assert str(broken).startswith(f"{name}#/4: not a flow of mitmproxy: broken; export them as HAR")


def test_a_text_with_a_time_is_not_a_flow():
    """A flow begins with its length, the length of a name, and the name."""
    [error] = stream_items(io.BytesIO(b"12:30: lunch"), "-")
    assert str(error).startswith("-: not a cassette")


def test_flows_without_mitmproxy_are_named(monkeypatch):
    """With both ways to read them."""
    monkeypatch.setitem(sys.modules, "mitmproxy.io", None)
    [error] = stream_items(io.BytesIO(FLOWS), "a.mitm")
    assert str(error).startswith("a.mitm: flows of mitmproxy, which is not installed; pip install mitmproxy, or export")


@pytest.mark.usefixtures("mitmproxy")
def test_flows_are_searched_and_not_edited():
    """``check`` finds their secrets; ``redact`` says what to do instead."""
    found = list(found_in(io.BytesIO(FLOWS + b"10"), "a.mitm", Redaction()))
    assert [(each.item, [at.found.place for at in each.locations]) for each in found] == [
        (0, []),
        (1, ["response body /access_token"]),
    ]
    with pytest.raises(
        ArchiveError, match=r"^a.mitm: flows of mitmproxy, which cannot be edited in place; export them"
    ):
        rewritten(FLOWS + b"10", "a.mitm", Redaction())
