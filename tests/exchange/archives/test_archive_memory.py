"""Memory: the size of a file when read has a limit, and too little memory is misuse, not a violated contract."""

import gzip
import json
import subprocess
import sys
import tracemalloc

import pytest

from pytest_pcerrors.cli._commands import run
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives import formats, json_files, streams
from pytest_pcerrors.exchange.archives.files import file_items

MIB = 1024 * 1024
HEADERS = {"Content-Type": ["application/json"]}
MEASURED = """
import sys
from pytest_pcerrors.cli.check import check
from pytest_pcerrors.cli.main import main
from pytest_pcerrors.exchange.archives import streams
streams.MAX_UNPACKED = 24 * 1024 * 1024
def peak(): return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
before = peak()
status = main(["check", *sys.argv[1:]])
print(status, (peak() - before) // 1024)
"""

LIMITED = """
import resource, sys
from pytest_pcerrors.cli.check import check
from pytest_pcerrors.cli.main import main
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + 40 * 1024 * 1024
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
sys.exit(main(["check", *sys.argv[1:]]))
"""


def measured(path):
    """Check a file in its own process; return the exit code, the growth of its memory in MiB, and its output."""
    command = [sys.executable, "-c", MEASURED, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=path.parent)
    *lines, numbers = done.stdout.splitlines()
    status, peak = map(int, numbers.split())
    return status, peak, "\n".join(lines)


def bomb(path, start, size):
    """Write a gzip file of blanks, which expands a thousandfold."""
    path.write_bytes(gzip.compress(start) + gzip.compress(b" " * MIB) * (size // MIB))
    return path


@pytest.mark.untraced
def test_what_unpacks_without_end_stays_small(tmp_path):
    """A small file that would fill the memory is one finding that names the limit."""
    status, grown, told = measured(bomb(tmp_path / "a.yaml.gz", b"interactions:\n- 'x", 140 * MIB))
    assert (status, "more than 24 MiB when decompressed" in told) == (1, True), told
    assert grown < 40


@pytest.mark.parametrize(
    ("name", "start", "said"),
    [
        ("a.json.gz", b"", "more than 2 MiB when decompressed"),
        ("a.har.gz", b'{"log": {"entries": [', "more than 2 MiB when decompressed"),
        ("a.yaml.gz", b"interactions:\n- 'x", "more than 2 MiB when decompressed"),
        ("a.ndjson.gz", b'{"status": 404, "body": "', "a line of more than 2097152 bytes"),
        ("a.gz", b"", "more than 2 MiB when decompressed"),
    ],
)
def test_in_each_format_memory_has_a_bound(tmp_path, monkeypatch, name, start, said):
    """With any name and any beginning."""
    monkeypatch.setattr(streams, "MAX_UNPACKED", 2 * MIB)
    for module in (formats, json_files):
        monkeypatch.setattr(module, "MAX_LINE", 2 * MIB)
    path = bomb(tmp_path / name, start, 32 * MIB)
    tracemalloc.start()
    [item] = file_items(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said in str(item)
    assert peak < 16 * MIB


@pytest.mark.untraced
@pytest.mark.parametrize("ending", [".json", ".yaml", ".ndjson"])
def test_a_long_body_is_held_a_few_times(tmp_path, ending):
    """A body of 8 MB is read, judged and searched for secrets."""
    body = json.dumps({"code": "800064", "description": "Busy", "source": "PartnerFD", "more": "x" * 8_000_000})
    response = {"status": {"code": 409}, "headers": HEADERS, "body": {"string": body}}
    entry = {"request": {"method": "GET", "uri": "https://api.partnercenter.microsoft.com/v1/x"}, "response": response}
    document = entry if ending == ".ndjson" else {"interactions": [entry]}
    path = tmp_path / f"a{ending}"
    path.write_text(json.dumps(document))
    status, grown, told = measured(path)
    assert (status, told) == (0, "1 error response checked, 0 violations")
    assert grown < 8 * 8


@pytest.mark.parametrize("ending", [".json", ".yaml"])
def test_too_little_memory_is_misuse(tmp_path, ending):
    """The exit code is 2, with a message and without a traceback."""
    path = tmp_path / f"a{ending}"
    path.write_text(json.dumps({"interactions": [{"request": None, "status": 404, "body": "x" * 30_000_000}]}))
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, path.name], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "not enough memory" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_for_which_there_is_not_enough_memory_is_named(tmp_path, monkeypatch):
    """The message names the file to exclude."""

    def exhausted(*_):
        raise MemoryError

    path = tmp_path / "a.ndjson"
    path.write_text('{"status": 404}\n')
    monkeypatch.setattr(json_files, "item_of", exhausted)
    with pytest.raises(UsageError, match=rf"^{path}: not enough memory to read this$"):
        list(file_items(path))


def test_not_enough_memory_anywhere_is_misuse(monkeypatch, capsys):
    """At any step, it is not a violation."""

    def exhausted(*_):
        raise MemoryError

    monkeypatch.setattr("pytest_pcerrors.cli._input.archive_files", exhausted)
    assert run(["check", "a.yaml"]) == 2
    assert capsys.readouterr().err.startswith("pcerrors: not enough memory")


def test_a_packed_file_below_the_bound_is_read(tmp_path, monkeypatch):
    """The limit applies to the decompressed size; one byte more is an error."""
    path = tmp_path / "a.json.gz"
    data = json.dumps({"interactions": [{"request": None, "status": 404}]}).encode()
    path.write_bytes(gzip.compress(data))
    for size, count in ((len(data), 1), (len(data) - 1, 0)):
        monkeypatch.setattr(streams, "MAX_UNPACKED", size)
        assert sum(hasattr(each, "status") for each in file_items(path)) == count


def test_lines_may_be_more_than_the_bound_together(tmp_path, monkeypatch):
    """NDJSON is read line by line, packed too."""
    path = tmp_path / "a.ndjson.gz"
    path.write_bytes(gzip.compress(b'{"status": 404}\n' * 100))
    monkeypatch.setattr(streams, "MAX_UNPACKED", 100)
    assert len(list(file_items(path))) == 100


def test_a_long_first_line_is_not_held_to_find_the_format(tmp_path, monkeypatch):
    """An endless first line is read only up to a limit."""
    path = tmp_path / "recording"
    path.write_text('{"status": 404, "body": "' + "x" * 200_000 + '"}\n')
    monkeypatch.setattr(formats, "MAX_LINE", 100_000)
    [exchange] = file_items(path)
    assert exchange.status == 404
