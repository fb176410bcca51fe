"""One recording in every format gives the same exchanges with their origins, also compressed and without a name."""

import gzip
import json
import sys

import pytest
import zstandard

from pytest_pcerrors.exchange.archives.files import archive_files, file_items, read_archive
from pytest_pcerrors.exchange.archives.formats import reader_of_bytes
from pytest_pcerrors.exchange.archives.json_files import read_ndjson


def seen(exchanges):
    """Return status, reason phrase and body of each exchange."""
    return [(each.status, each.reason, each.body) for each in exchanges]


def test_every_format_holds_the_same(tmp_path, ending, sample, recorded):
    """A recording gives the same exchanges in every format."""
    path = tmp_path / f"a{ending}"
    path.write_bytes(sample)
    assert seen(read_archive(path)) == recorded


def test_every_format_keeps_request_and_headers(read, ending, sample):
    """Method, URL, headers and body of the request are kept; repeated headers stay separate."""
    exchanges, _ = read(sample, f"a{ending}")
    request = exchanges[0].request
    assert (request.method, request.body) == ("POST", b'{"id": 1}')
    assert (request.url, request.headers.get("accept")) == (
        "https://api.partnercenter.microsoft.com/v1/orders",
        "application/json",
    )
    assert list(exchanges[0].headers) == [
        ("Content-Type", "application/json"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    ]


def test_every_format_is_read_packed(tmp_path, ending, sample, recorded):
    """A gzip or zstd file is read like the file inside it, also in several members."""
    half = len(sample) // 2
    for suffix, pack in ((".GZ", gzip.compress), (".zst", zstandard.compress)):
        path = tmp_path / f"a{ending}{suffix}"
        path.write_bytes(pack(sample[:half]) + pack(sample[half:]))
        assert seen(read_archive(str(path))) == recorded
        assert list(archive_files(tmp_path)) == [path]
        path.unlink()


def test_packed_files_are_known_by_their_first_bytes(read, ending, sample, recorded):
    """A gzip file may lack the suffix .gz, and a plain file may have it."""
    assert seen(read(gzip.compress(sample), f"a{ending}")[0]) == recorded
    assert seen(read(sample, f"a{ending}.gz")[0]) == recorded


@pytest.mark.parametrize("start", [b"", b"\n", b" \r\n\n\n"], ids=["at once", "blank line", "blank lines"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
def test_the_format_is_known_without_a_name(read, sample, recorded, start, pack):
    """The format of a pipe is detected by its beginning, compressed or not, also after blank lines."""
    exchanges, error = read(pack(start + sample), "-")
    assert (seen(exchanges), error) == (recorded, None)


@pytest.mark.parametrize("name", ["recording", "recording.txt", "recording.gz", ".yaml", ""])
def test_an_unknown_suffix_is_ignored(read, sample, recorded, name):
    """A name with an unknown suffix is treated like no name."""
    exchanges, error = read(sample, name)
    assert (seen(exchanges), error) == (recorded, None)


@pytest.mark.parametrize("ending", [".json", ".har"])
def test_a_document_on_one_line_is_known(read, samples, ending, recorded):
    """A cassette or HAR without line breaks is not taken for NDJSON."""
    minified = json.dumps(json.loads(samples[ending]), separators=(",", ":")).encode()
    assert seen(read(minified, "-")[0]) == recorded


@pytest.mark.parametrize("length", [200_000, 5_000_000])
def test_a_long_first_line_is_known(read, length):
    """An NDJSON file through a pipe may begin with an exchange of any length."""
    line = json.dumps({"status": 404, "body": "x" * length}).encode()
    exchanges, error = read(line + b"\n" + line, "-")
    assert ([(len(each.body), each.origin) for each in exchanges], error) == ([(length, "-:1"), (length, "-:2")], None)


def test_a_long_document_on_one_line_is_known(read):
    """A minified cassette of some megabytes is read in one go."""
    items = [{"request": None, "status": 404, "body": "x" * 100_000} for _ in range(60)]
    assert len(read(json.dumps({"interactions": items}).encode(), "-")[0]) == 60


def test_a_first_line_that_is_not_an_exchange_is_reported_by_its_line(read):
    """A JSON object from a pipe that is not a document is the first line of NDJSON, valid or not."""
    _, error = read(b'{"staus": 404, "body": ""}\n{"status": 404}\n', "-")
    assert str(error).startswith('-:1: a response as a mapping has no key "staus"; did you mean "status"?')


@pytest.mark.parametrize(
    ("line", "is_of_log"),
    [
        ('{"ClientAddr": "10.0.0.1", "DownstreamStatus": 404}', True),
        ('{"time": "09:20", "status": "404", "request": "GET /v1 HTTP/1.1"}', True),
        ('{"request": {"uri": "/v1"}, "response": {"status": 404, "size": 153}}', True),
        ('{"status": 404.5, "body": ""}', False),
        ('{"message": "Too many requests"}', False),
        ("[404]", False),
        ('{"status": 404', False),
    ],
)
def test_the_line_of_a_log_is_answered_with_the_option_for_logs(read, line, is_of_log):
    """If it has other keys than an exchange; an error body and broken JSON are answered with their own fix."""
    _, error = read(line.encode(), "a.ndjson")
    assert ("--map" in str(error)) == is_of_log


def test_the_lines_of_a_yaml_cassette_are_origins(tmp_path, samples):
    """The origin is the line on which the interaction begins."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"# a remark\n---\n" + samples[".yaml"])
    lines = enumerate(path.read_text("utf-8").splitlines(), start=1)
    expected = [f"{path}:{number}" for number, line in lines if line.startswith("- request:")]
    assert [each.origin for each in read_archive(path)] == expected
    assert len(expected) == 3


@pytest.mark.parametrize(
    ("ending", "origins"),
    [
        (".json", ["#/interactions/0", "#/interactions/1", "#/interactions/2"]),
        (".har", ["#/log/entries/0", "#/log/entries/1", "#/log/entries/2"]),
        (".ndjson", [":1", ":2", ":3"]),
    ],
)
def test_pointers_and_lines_are_origins(tmp_path, samples, ending, origins):
    """In JSON the origin is a JSON Pointer, in NDJSON a line."""
    path = tmp_path / f"a{ending}"
    path.write_bytes(samples[ending])
    assert [each.origin for each in read_archive(path)] == [f"{path}{origin}" for origin in origins]


@pytest.mark.parametrize("name", ["a", "a.ndjson"])
def test_the_reader_of_bytes_is_that_of_a_stream(samples, name):
    """The reader of bytes, which redaction needs, is the reader of a stream."""
    assert reader_of_bytes(samples[".ndjson"], name) is read_ndjson


@pytest.mark.parametrize("cut", [slice(-3), slice(30)], ids=["end", "middle"])
def test_broken_zstd_is_reported_after_what_can_be_read(tmp_path, cut):
    """As broken gzip is: the entries before the problem are read."""
    path = tmp_path / "a.ndjson.zst"
    path.write_bytes(zstandard.compress(b'{"status": 404}\n' * 9)[cut])
    [*_, error] = file_items(path)
    assert (error.place, error.problem) == (str(path), "broken zstd data: it is cut off")
    path.write_bytes(b"\x28\xb5\x2f\xfd" + b"x" * 99)
    [error] = file_items(path)
    assert error.problem.startswith("broken zstd data: ")


def test_zstd_without_its_package_is_unreadable(tmp_path, monkeypatch):
    """The message says what to install."""
    path = tmp_path / "a.ndjson.zst"
    path.write_bytes(zstandard.compress(b'{"status": 404}\n'))
    for package in ("compression.zstd", "zstandard"):
        monkeypatch.setitem(sys.modules, package, None)
    [error] = file_items(path)
    assert (
        str(error)
        == f"{path}: compressed with zstd, which needs the package zstandard; pip install 'pytest-pcerrors[encodings]'"
    )
