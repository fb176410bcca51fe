"""Streams: archives are read only as far as their exchanges are requested."""

import gzip
import io
import itertools
import tracemalloc

import pytest

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives import json_files
from pytest_pcerrors.exchange.archives.files import file_items, read_stream

ITEM = b"- request: {method: GET, uri: /}\n  response: {status: {code: 404}, body: {string: %s}}\n" % (b"x" * 900)
LINE = b'{"status": 404, "body": "%s"}\n' % (b"x" * 900)
ENDLESS = {"a.yaml": (b"interactions:\n", ITEM), "a.ndjson": (b"", LINE), "-": (b"", LINE)}


class Counted(io.RawIOBase):
    """A stream that begins with some bytes, repeats others a number of times, and counts the bytes read."""

    def __init__(self, start, repeated, times=None):
        super().__init__()
        self.chunks = itertools.chain([start], itertools.repeat(repeated, *([] if times is None else [times])))
        self.left = b""
        self.taken = 0

    def readable(self):
        """Return True."""
        return True

    def readinto(self, buffer):
        """Return the next bytes."""
        self.left = self.left or next(self.chunks, b"") or next(self.chunks, b"")
        data, self.left = self.left[: len(buffer)], self.left[len(buffer) :]
        buffer[: len(data)] = data
        self.taken += len(data)
        return len(data)


@pytest.mark.parametrize("name", ENDLESS)
def test_an_endless_stream_gives_its_first_exchanges(name):
    """The first exchanges are available at once: only a few buffers are read ahead."""
    stream = Counted(*ENDLESS[name])
    first = list(itertools.islice(read_stream(stream, name), 3))
    assert [each.status for each in first] == [404, 404, 404]
    assert stream.taken < 500_000


@pytest.mark.untraced
@pytest.mark.parametrize("name", ENDLESS)
def test_memory_does_not_grow_with_the_stream(name):
    """Ten times as many exchanges, of 900 KB more, take no more memory, apart from garbage that was not collected yet."""
    peaks = []
    for times in (100, 1_000):
        tracemalloc.start()
        assert sum(1 for _ in read_stream(Counted(*ENDLESS[name], times), name)) == times
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 300_000


def test_a_packed_stream_is_unpacked_as_it_is_read():
    """A gzip stream is decompressed only as far as its exchanges are requested."""
    packed = gzip.compress(LINE * 200_000, 1)
    stream = Counted(packed, b"", 0)
    assert next(read_stream(stream, "a.ndjson.gz")).status == 404
    assert stream.taken < len(packed) / 4


def test_blank_lines_are_ignored_and_counted(read):
    """Blank lines, carriage returns and a byte order mark are not exchanges; origins count every line."""
    exchanges, error = read(b'\xef\xbb\xbf{"status": 404}\r\n\r\n  \n{"status": 409}', "a.ndjson")
    assert ([(each.status, each.origin) for each in exchanges], error) == (
        [(404, "a.ndjson:1"), (409, "a.ndjson:4")],
        None,
    )


def test_a_line_too_long_to_hold_is_reported(read, monkeypatch):
    """A line beyond the limit is rejected before it fills the memory; the lines before it are read."""
    monkeypatch.setattr(json_files, "MAX_LINE", 20)
    exchanges, error = read(b'{"status": 404}\n{"status": 409, "body": "x"}\n', "a.ndjson")
    assert ([each.status for each in exchanges], str(error)) == ([404], "a.ndjson:2: a line of more than 20 bytes")


def test_a_stream_of_blank_lines_comes_to_an_end():
    """A stream of only blank lines is not kept in memory to detect its format."""
    stream = Counted(b"", b"\n" * 50_000, 100)
    with pytest.raises(ArchiveError, match=r"^-: empty"):
        list(read_stream(stream, "-"))


def test_a_stream_that_fails_is_left_to_the_caller(ending):
    """An error of the stream itself, such as a broken pipe, is not reported as an invalid archive."""

    class Failing(io.RawIOBase):
        def read(self, *_):
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        list(read_stream(Failing(), f"a{ending}"))


@pytest.mark.parametrize("name", ["a.yaml", "a.ndjson", "a.ndjson.gz"])
def test_every_read_of_a_file_is_counted(tmp_path, name):
    """The sum is the size of the file, in its packed form, and grows while the items are read."""
    start, repeated = ENDLESS[name.removesuffix(".gz")]
    data = start + repeated * 1000
    file = tmp_path / name
    file.write_bytes(gzip.compress(data, compresslevel=0) if name.endswith(".gz") else data)
    sizes = []
    sums = [sum(sizes) for _ in file_items(file, on_read=sizes.append)]
    assert sums[0] < sums[500] < sum(sizes) == file.stat().st_size
