"""Pieces of large NDJSON files: together they are the file, each ends at a line end, and lines keep their numbers."""

import gzip
from itertools import pairwise
from pathlib import Path

import pytest

from pytest_pcerrors.exchange.archives import pieces
from pytest_pcerrors.exchange.archives.files import file_items
from pytest_pcerrors.exchange.archives.pieces import Piece, piece_items, pieces_of

LINE = b'{"status": 404, "body": "%d"}\n'


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Cut pieces of 64 bytes."""
    monkeypatch.setattr(pieces, "PIECE", 64)
    monkeypatch.setattr(pieces, "_BLOCK", 16)


def lines(number):
    """Return lines that differ."""
    return b"".join(LINE % each for each in range(number))


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (lines(2), 1),
        (lines(20), 7),
        (lines(20).rstrip(), 7),
        (lines(3) + b"\n" * 100 + lines(3), 3),
        (lines(3) + b"\n" * 100, 1),
        (b"\n" * 100 + lines(9), 4),
        (lines(3) + LINE.replace(b"%d", b"x" * 300) + lines(3), 3),
        (lines(3) + b"x\n" + lines(3) + b'{"status', 3),
        (LINE.replace(b"%d", b"x" * 300).strip(), 1),
        (b"\xef\xbb\xbf" + lines(9), 3),
    ],
    ids="short many unended blank ending beginning long single broken mark".split(),
)
def test_pieces_are_the_file(tmp_path, data, count):
    """Each begins where the last one ends, and together they have the items of the file with their places."""
    file = tmp_path / "a.ndjson"
    file.write_bytes(data)
    found = list(pieces_of(file, "a"))
    assert len(found) == count
    assert [each.is_last for each in found] == [False] * (count - 1) + [True]
    if count > 1:
        assert (found[0].start, found[-1].end, sum(each.size for each in found)) == (0, len(data), len(data))
        assert all(one.end == other.start and data[: one.end].endswith(b"\n") for one, other in pairwise(found))
        items = [repr((item, getattr(item, "origin", None))) for each in found for item in piece_items(each)]
        assert items == [repr((item, getattr(item, "origin", None))) for item in file_items(file, "a")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.ndjson", b"\n" * 500),
        ("a.ndjson", b'{"openapi": "3.1.0", "info": {}}\n' + lines(9)),
        ("a.ndjson", gzip.compress(lines(99), 0)),
        ("a.json", b"[" + b",".join([LINE.strip()] * 9) + b"]"),
        ("a.yaml", b"interactions: []\n" * 9),
    ],
    ids="blank foreign packed json yaml".split(),
)
def test_other_files_are_whole(tmp_path, name, data):
    """What is not plain NDJSON is not cut, nor what its first line refuses."""
    (tmp_path / name).write_bytes(data)
    assert list(pieces_of(tmp_path / name)) == [Piece(tmp_path / name, str(tmp_path / name))]


def test_a_file_that_cannot_be_opened_is_whole(tmp_path):
    """Its reader reports it, as it does for a piece of a file that is gone."""
    missing = tmp_path / "a.ndjson"
    assert ([*pieces_of(missing)], Piece(missing, "a").size) == ([Piece(missing, str(missing))], 0)
    [error] = piece_items(Piece(missing, "a.ndjson", 0, 100))
    assert error.place == "a.ndjson"


def test_a_large_file_that_cannot_be_read_is_whole(tmp_path, monkeypatch):
    """The size is known, and opening it fails."""
    file = tmp_path / "a.ndjson"
    file.write_bytes(lines(20))
    monkeypatch.setattr(Path, "open", lambda *_: (_ for _ in ()).throw(PermissionError("no")))
    assert [each.end for each in pieces_of(file)] == [None]
