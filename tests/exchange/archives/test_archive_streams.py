"""Streams: archives are read as far as they are asked for, and no further."""

import gzip
import io
import itertools
import tracemalloc

import pytest

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives import json_files
from pytest_pcerrors.exchange.archives.files import read_stream

ITEM = b"- request: {method: GET, uri: /}\n  response: {status: {code: 404}, body: {string: %s}}\n" % (b"x" * 900)
LINE = b'{"status": 404, "body": "%s"}\n' % (b"x" * 900)
ENDLESS = {"a.yaml": (b"interactions:\n", ITEM), "a.ndjson": (b"", LINE), "-": (b"", LINE)}


class Counted(io.RawIOBase):
    """A stream that begins with something, repeats another thing so many times, and counts what was taken."""

    def __init__(self, start, repeated, times=None):
        super().__init__()
        self.chunks = itertools.chain([start], itertools.repeat(repeated, *([] if times is None else [times])))
        self.left = b""
        self.taken = 0

    def readable(self):
        """Say that it can be read."""
        return True

    def readinto(self, buffer):
        """Hand out the next bytes."""
        self.left = self.left or next(self.chunks, b"") or next(self.chunks, b"")
        data, self.left = self.left[: len(buffer)], self.left[len(buffer) :]
        buffer[: len(data)] = data
        self.taken += len(data)
        return len(data)


@pytest.mark.parametrize("name", ENDLESS)
def test_an_endless_stream_gives_its_first_exchanges(name):
    """The first exchanges come while the stream goes on: no more than some buffers are read ahead."""
    stream = Counted(*ENDLESS[name])
    first = list(itertools.islice(read_stream(stream, name), 3))
    assert [each.status for each in first] == [404, 404, 404]
    assert stream.taken < 500_000


@pytest.mark.parametrize("name", ENDLESS)
def test_memory_does_not_grow_with_the_stream(name):
    """Ten times as many exchanges take no more memory."""
    peaks = []
    for times in (100, 1_000):
        tracemalloc.start()
        assert sum(1 for _ in read_stream(Counted(*ENDLESS[name], times), name)) == times
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 100_000


def test_a_packed_stream_is_unpacked_as_it_is_read():
    """A packed stream is unpacked as far as its exchanges are asked for."""
    packed = gzip.compress(LINE * 200_000, 1)
    stream = Counted(packed, b"", 0)
    assert next(read_stream(stream, "a.ndjson.gz")).status == 404
    assert stream.taken < len(packed) / 4


def test_blank_lines_are_passed_over_and_counted(read):
    """Blank lines, carriage returns and a byte order mark are no exchanges; origins count every line."""
    exchanges, error = read(b'\xef\xbb\xbf{"status": 404}\r\n\r\n  \n{"status": 409}', "a.ndjson")
    assert ([(each.status, each.origin) for each in exchanges], error) == (
        [(404, "a.ndjson:1"), (409, "a.ndjson:4")],
        None,
    )


def test_a_line_too_long_to_hold_is_told(read, monkeypatch):
    """A line beyond the limit is refused before it fills the memory; what came before it is read."""
    monkeypatch.setattr(json_files, "MAX_LINE", 20)
    exchanges, error = read(b'{"status": 404}\n{"status": 409, "body": "x"}\n', "a.ndjson")
    assert ([each.status for each in exchanges], str(error)) == ([404], "a.ndjson:2: a line of more than 20 bytes")


def test_a_stream_of_blank_lines_comes_to_an_end():
    """A pipe that sends nothing but blank lines is not held in memory while a format is looked for."""
    stream = Counted(b"", b"\n" * 50_000, 100)
    with pytest.raises(ArchiveError, match=r"^-: empty"):
        list(read_stream(stream, "-"))


def test_a_stream_that_fails_is_left_to_the_caller(ending):
    """What goes wrong below a stream, such as a broken pipe, is not taken for a broken archive."""

    class Failing(io.RawIOBase):
        def read(self, *_):
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        list(read_stream(Failing(), f"a{ending}"))
