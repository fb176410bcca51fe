"""Every secret in every output, stored or shown, is hidden; every harmless value is unchanged."""

import logging
from types import SimpleNamespace

import pytest
import yaml
from sibling_harmless import values
from sibling_secrets import secrets
from vcr.request import Request as VcrRequest

from pytest_pcerrors import Contract, Exchange, Request, check
from pytest_pcerrors.cli._commands import run
from pytest_pcerrors.cli.serve import _log
from pytest_pcerrors.interception._interactions import redacted_request, redacted_response
from pytest_pcerrors.interception._matching import RecordingIndex
from pytest_pcerrors.interception._patches import hiding_secrets
from pytest_pcerrors.interception.unmatched import UnmatchedRequest
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.redaction.rewriting import rewritten
from pytest_pcerrors.reporting.failure import failure_text
from pytest_pcerrors.secrets.display import safe

pytestmark = pytest.mark.untraced

URL = "https://api.partnercenter.microsoft.com/v1/x"
LEFT, CHANGED = 0.03, 0.02
SECRETS = list(secrets())[::3]
HARMLESS = [each for each in values() if len(each[2]) < 400][::3]
"""A third of each: that all are found is shown in `test_siblings`, and here that each output is searched."""


def exchange_of(part, name, value):
    """Return an error response, or its request, with a value in its place."""
    url = value if part == "url" else URL
    headers = {name: value} if part == "header" else {}
    body = value if isinstance(value, bytes) else value.encode() if part == "body" else b'{"code": 1}'
    return Exchange(400, {"Content-Type": "application/json", **headers}, body, Request("POST", url, headers))


def as_cassette(exchanges):
    """Return the text of a cassette with these exchanges."""
    interactions = [
        {
            "request": {"method": "POST", "uri": each.request.url, "headers": {}, "body": None},
            "response": {
                "status": {"code": 400, "message": "No"},
                "headers": {name: [value] for name, value in each.headers},
                "body": {"string": each.body},
            },
        }
        for each in exchanges
    ]
    return yaml.dump({"version": 1, "interactions": interactions}, Dumper=yaml.CSafeDumper)


def redacted(exchanges):
    """Return each value as it is in a redacted cassette."""
    data = rewritten(as_cassette(exchanges).encode(), "a.yaml", Redaction()).data
    return map(str, yaml.load(data, yaml.CSafeLoader)["interactions"])


def failure(exchange):
    """Return the text of a failed assertion, and those of its violations."""
    return failure_text(exchange, check(exchange), Contract.default()) + "".join(map(str, check(exchange)))


def unmatched(exchange):
    """Return the message for a request without a recorded response."""
    cassette = SimpleNamespace(
        rewound=True, name="a.yaml", options=SimpleNamespace(command="pytest"), play_counts={}, also=(), index=RecordingIndex((), lambda each: each), __len__=None
    )  # fmt: skip
    held = {name: staticmethod(each) if callable(each) else each for name, each in vars(cassette).items()}
    cassette = type("Held", (), {**held, "__len__": lambda _: 0})
    request = VcrRequest("POST", exchange.request.url, exchange.body, dict(exchange.request.headers))
    return str(UnmatchedRequest(cassette(), redacted_request(request, Redaction())))


def logged(exchange, caplog):
    """Return the log lines of HTTP clients for a URL and headers."""
    caplog.clear()
    raw = [(name.encode(), value.encode()) for name, value in exchange.request.headers]
    with hiding_secrets(), caplog.at_level(logging.DEBUG):
        logging.getLogger("urllib3.connectionpool").debug('%s "POST %s HTTP/1.1" 400', "host:443", exchange.request.url)
        logging.getLogger("httpcore.http11").debug("send_request_headers.started headers=%r", raw)
    return caplog.text


def served(exchange, capsys):
    """Return the log line of the server."""
    path = exchange.request.url.partition("?")[0]
    _log(SimpleNamespace(method="POST", path=path, answer="400"))
    return capsys.readouterr().err


def stored(exchange):
    """Return the text that is written when it is recorded."""
    response = {
        "status": {"code": 400, "message": "No"},
        "headers": dict(exchange.headers),
        "body": {"string": exchange.body},
    }
    request = redacted_request(
        VcrRequest("POST", exchange.request.url, None, dict(exchange.request.headers)), Redaction()
    )
    return f"{request.uri} {request.headers} {redacted_response(response, Redaction())}"


OUTLETS = {
    "stored": lambda exchanges, *_: map(stored, exchanges),
    "redacted": lambda exchanges, *_: redacted(exchanges),
    "failure": lambda exchanges, *_: map(failure, exchanges),
    "repr": lambda exchanges, *_: (f"{each!r} {each.request!r}" for each in exchanges),
    "unmatched": lambda exchanges, *_: map(unmatched, exchanges),
    "log": lambda exchanges, caplog, _: (logged(each, caplog) for each in exchanges),
    "server": lambda exchanges, _, capsys: (served(each, capsys) for each in exchanges),
}


@pytest.mark.parametrize("outlet", OUTLETS)
def test_no_outlet_shows_a_secret(outlet, caplog, capsys):
    """No output has a secret, or most of one."""
    texts = OUTLETS[outlet]([exchange_of(*place) for *place, _ in SECRETS], caplog, capsys)
    shown = [each for each, text in zip(SECRETS, texts, strict=True) if each[3][:18] in text]
    assert len(shown) <= LEFT * len(SECRETS), "\n".join(str(each)[:200] for each in shown)


@pytest.mark.parametrize("outlet", OUTLETS)
def test_no_outlet_hides_what_is_harmless(outlet, caplog, capsys):
    """No output hides a part of a harmless value."""
    texts = OUTLETS[outlet]([exchange_of(*each) for each in HARMLESS], caplog, capsys)
    hidden = [each for each, text in zip(HARMLESS, texts, strict=True) if "***" not in str(each[2]) and "***" in text]
    assert len(hidden) <= CHANGED * len(HARMLESS), "\n".join(str(each)[:200] for each in hidden)


@pytest.fixture
def recorded(pytester):
    """Write a cassette of every secret."""
    text = as_cassette(exchange_of(*place) for *place, _ in SECRETS)
    (pytester.mkdir("cassettes") / "a.yaml").write_text(text, "utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "cassettes"),
        ("check", "--format", "json", "cassettes"),
        ("learn", "cassettes"),
        ("redact", "cassettes"),
    ],
)
def test_no_command_prints_a_secret(recorded, capsys, arguments):
    """In any format."""
    run(list(arguments))
    printed = "".join(capsys.readouterr())
    shown = [each for each in SECRETS if each[3][:18] in printed or safe(each[3])[:18] in printed]
    assert len(printed) > 1000
    assert len(shown) <= LEFT * len(SECRETS), "\n".join(str(each)[:200] for each in shown)


def test_no_report_of_pytest_has_a_secret(recorded, pytester):
    """The terminal with captured output and warnings, and the JUnit file."""
    result = pytester.runpytest(
        "--pc-cassettes=cassettes", "cassettes", "-rA", "--junitxml=report.xml", "-W", "default"
    )
    printed = result.stdout.str() + (pytester.path / "report.xml").read_text("utf-8")
    shown = [each for each in SECRETS if each[3][:18] in printed]
    assert len(shown) <= LEFT * len(SECRETS), "\n".join(str(each)[:200] for each in shown)
