"""Recordings with their secrets: items are requested in order, and nothing is searched without need."""

import gzip
import json
from io import BytesIO

import pytest

from pytest_pcerrors import Contract, Exchange, UsageError, check
from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.files import read_body
from pytest_pcerrors.exchange.archives.streams import lines_of, of_pieces
from pytest_pcerrors.policy.audit import Recording, searched
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.redaction._documents import Location
from pytest_pcerrors.redaction.rewriting import InItem
from pytest_pcerrors.secrets import Found

SECRET = "kX7pQz19vLmW04ab"
LINE = json.dumps({"status": 200, "body": {"api_key": SECRET}}).encode()
OFF = Policy(Contract.default(), overrides={"secret-recorded": "off", "secret-suspected": "off"})
ON = Policy(Contract.default())


def test_nothing_is_searched_where_both_rules_are_off(tmp_path):
    """Neither a stream nor a file."""
    (tmp_path / "a.ndjson").write_bytes(LINE)
    for recording in (Recording.of_stream(BytesIO(LINE), "-", OFF), Recording.of_file(tmp_path / "a.ndjson", OFF)):
        assert [found for _, found in searched(recording)] == [[]]


@pytest.mark.parametrize(
    ("number", "found_in", "counts"),
    [(3, (0, 1, 2, None), [1, 1, 1, 1]), (2, (1, None, None), [0, 1, 1, 1]), (2, (0, 0), [1, 1]), (1, (1,), [0, 1])],
)
def test_each_item_has_its_secrets(number, found_in, counts):
    """Those outside of all items follow, each with its place; so do those of items that the recording does not have."""
    parts = [InItem(item, [Location(7, item, Found("", "secret"))]) for item in found_in]
    recording = Recording("a.har", [Exchange(404, None, b"")] * number, parts)
    items = list(searched(recording))
    assert [len(found) for _, found in items] == counts
    assert [place for place, _ in items[number:]] == ["a.har:7"] * (len(counts) - number)


def test_a_declared_encoding_that_is_invalid_is_named():
    """It is neither that, nor UTF-8."""
    response = {
        "status": 409,
        "headers": {"Content-Type": "application/json", "Content-Encoding": "x"},
        "body": b"\xff{",
    }
    [violation] = [each for each in check(response) if each.rule == "body-encoding"]
    assert violation.message == 'neither "x", as the headers declare, nor UTF-8'


def test_of_a_long_line_the_beginning_is_read():
    """And nothing of what follows it is lost."""
    lines = b"12345\n123456\n1234567890123\n\n1234567"
    assert list(lines_of(BytesIO(lines), 6)) == [b"12345\n", b"123456\n", b"1234567", b"\n", b"1234567"]


def test_at_the_end_of_a_stream_is_nothing():
    """Also after the rest of a long piece was read at once."""
    stream = of_pieces(iter([b"x" * 100_000]))
    assert [len(stream.read(size)) for size in (4, -1, -1)] == [4, 99_996, 0]


def test_a_broken_body_by_itself_is_reported():
    """It begins as gzip data does, and breaks off."""
    with pytest.raises(ArchiveError, match="broken gzip data"):
        read_body(BytesIO(gzip.compress(b"{}" * 100)[:20]), "-", 404)


def test_an_unknown_body_has_no_bytes():
    """One or the other is left out."""
    with pytest.raises(UsageError, match="an unknown body must be empty"):
        Exchange(404, None, b"{}", body_problem="not kept")
