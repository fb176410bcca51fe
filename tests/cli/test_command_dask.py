"""``pcerrors check --engine dask``: the report of one process, made by a cluster, from any storage."""

import gzip
import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import dask
import distributed
import fsspec
import pytest

from pytest_pcerrors.engines import cluster
from pytest_pcerrors.engines.pieces import Piece

URL = "https://api.partnercenter.microsoft.com/v1/customers"
SETTINGS = '[tool.pcerrors]\nmax-age = "90d"\n'


def line(status, code, date=None, source="PartnerFD", url=URL):
    """Return one line of NDJSON."""
    body = {"code": code, "description": "No", "source": source}
    headers = {"Content-Type": "application/json", **({"Date": date} if date else {})}
    return json.dumps({"status": status, "headers": headers, "body": body, "request": {"method": "GET", "url": url}})


OLD, OLDER = "Tue, 02 May 2017 09:00:00 GMT", "Thu, 13 Apr 2017 21:29:11 GMT"
KINDS = [
    line(409, "800064", OLD),
    line(404, 2000),
    "",
    line(429, "999999", source="Gateway"),
    line(200, "1", url="https://login.example/"),
    '{"status": 40',
    line(400, "2001", url=f"{URL}?sig=kX7pQz19vLmW"),
]
LINES = "\n".join(KINDS * 9) + "\n" + line(409, 2001, OLDER)


@pytest.fixture
def checked(on_cluster, tmp_path):
    """Run the command on a cluster, with an age."""
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    return on_cluster


@pytest.fixture
def archives(tmp_path):
    """Write archives of several kinds."""
    folder = tmp_path / "b"
    folder.mkdir()
    (tmp_path / "a.ndjson").write_text(LINES)
    (folder / "blank.ndjson").write_text("\n" * 2000)
    (folder / "foreign.ndjson").write_text('{"openapi": "3.1.0", "info": {}}\n' + LINES)
    (folder / "packed.ndjson.gz").write_bytes(gzip.compress(LINES.encode()))
    (folder / "short.jsonl").write_text(KINDS[1])
    (folder / "undated.yaml").write_text("interactions: [{}]\n")
    return ["a.ndjson", "b"]


@pytest.mark.parametrize("samples", ["1", "3", "1000"])
def test_the_report_is_that_of_one_process(pcerrors, checked, archives, samples):
    """Samples, counts, coverage and exit code, whatever the blocks."""
    options = ["--format", "json", "--samples", samples, "--coverage-report", "json:-", "-o", "report"]
    one = pcerrors("check", *options, *archives)
    report = Path("report").read_text()
    several = checked(*options, *archives)
    assert json.loads(Path("report").read_text()) == json.loads(report)
    assert several == one
    counts = json.loads(report)["counts"]
    assert counts["code"]["404 2000"] == {"responses": 19, "broken": 19}
    assert counts["day"]["2017-04-13"] == {"responses": 2, "broken": 2}
    assert counts["source"]["Gateway"] == {"responses": 18, "broken": 18}


def test_urls_and_patterns_are_read(checked, pcerrors, archives):
    """In memory, with the URL as the path of findings; local patterns too."""
    memory = fsspec.filesystem("memory")
    for name, lines in (("logs/a.ndjson", 1), ("logs/deep/b.ndjson", 9), ("logs/package.txt", 1)):
        memory.pipe(f"/{name}", f"{KINDS[1]}\n".encode() * lines)
    for path, count in (
        ("memory://logs/*.ndjson", 1),
        ("memory://logs", 10),
        ("memory://logs/a.ndjson", 1),
        ("memory://logs/*", 2),
    ):
        document = json.loads(checked("--format", "json", path).out)
        assert (document["summary"]["errors"], document["findings"][0]["path"]) == (count, "memory:///logs/a.ndjson")
    assert checked("?.ndjson", "a.ndjson").out == checked("a.ndjson").out
    assert checked("a.ndjson", "--map", "status=.status,body=.body").status == 1
    memory.rm("/logs", recursive=True)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("memory://none/*.ndjson", "memory://none/*.ndjson: no file has such a name"),
        ("memory://none", "memory://none: cannot be read: FileNotFoundError: "),
        ("none://x", "none://x: cannot be read: ValueError: "),
        ("*.none", "*.none: no file has such a name"),
        ("none", "none: no such file or folder"),
        ("-", "the engine dask reads files; give their paths, not standard input"),
    ],
)
def test_a_wrong_path_is_misuse(checked, path, message):
    """Before anything is read."""
    ended = checked(path)
    assert (ended.status, ended.out, ended.err.startswith(f"pcerrors: {message}")) == (2, "", True), ended.err


def test_what_cannot_be_read_any_more_is_unreadable(checked, archives, monkeypatch):
    """A file that is gone when its turn comes; and too little memory is misuse."""
    monkeypatch.setattr(Piece, "chunks", lambda _: (_raise(MemoryError)() for _ in "1"))
    assert checked("a.ndjson", "b") == (
        2,
        "",
        "pcerrors: not enough memory; check fewer or smaller files\n",
    )


def _raise(error):
    def opened(*_):
        raise error

    return opened


def test_misuse_of_the_engine(pcerrors, archives, monkeypatch):
    """An unknown engine, an address without a scheduler, a missing package, nothing to check."""
    for engine in ("spark", "dask=scheduler:8786", "dask=tcp://", "dask=tcp://a", "dask=tcp://a:b", "dask=a://b:1"):
        ended = pcerrors("check", "--engine", engine, "a.ndjson")
        assert (ended.status, ended.err.startswith("pcerrors: --engine: expected local, dask")) == (2, True), engine
    ended = pcerrors("check", "--status", "404", "--engine", "spark", "a.json")
    assert (ended.status, ended.err.startswith("pcerrors: --engine: expected")) == (2, True)
    assert pcerrors("check", "s3://a").err == "pcerrors: s3://a: is a URL; read it with --engine dask\n"
    assert pcerrors("check", "--engine", "dask").err.startswith("pcerrors: give a file or folder to check")
    for missing in ("distributed", "fsspec"):
        monkeypatch.setitem(sys.modules, missing, None)
        monkeypatch.delitem(sys.modules, "pytest_pcerrors.engines.cluster", raising=False)
        expected = (2, "pcerrors: --engine dask needs Dask: pip install 'pytest-pcerrors[dask]'\n")
        ended = pcerrors("check", "--engine", "dask", "a.ndjson")
        assert (ended.status, ended.err) == expected


def test_a_cluster_that_cannot_do_it_is_misuse(checked, pcerrors, archives, monkeypatch):
    """No scheduler at the address; workers that end, or lack a package."""
    with dask.config.set({"distributed.comm.timeouts.connect": "50ms"}):
        ended = pcerrors("check", "--engine", "dask=tcp://127.0.0.1:1", "a.ndjson")
    assert (ended.status, ended.err.startswith("pcerrors: no Dask scheduler answers at tcp://127.0.0.1:1: ")) == (
        2,
        True,
    )
    ended_worker = distributed.KilledWorker("check_block", SimpleNamespace(address="tcp://one"), 3)
    for error, message in (
        (ended_worker, "workers of the cluster have ended again and again: "),
        (ModuleNotFoundError("team"), "the workers need pytest-pcerrors and your rules installed: team"),
    ):
        monkeypatch.setattr(cluster, "check_unit", _raise(error))
        ended = checked("a.ndjson")
        assert (ended.status, ended.err.startswith(f"pcerrors: {message}")) == (2, True), ended.err


@pytest.mark.untraced
def test_a_worker_that_is_killed_changes_nothing(pcerrors, archives, tmp_path):
    """Its blocks are done again by another process; a rule ends the first worker that runs it."""
    (tmp_path / "killing.py").write_text(DEADLY)
    report = ["--format", "json", "--samples", "3", *archives]
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    one = pcerrors("check", *report)
    (tmp_path / "pyproject.toml").write_text(f'{SETTINGS}rules = ["killing:deadly"]\n')
    killed = pcerrors("check", "--engine", "dask", "--jobs", "1", *report)
    assert (tmp_path / "killed").exists()
    assert (killed.status, json.loads(killed.out)) == (one.status, json.loads(one.out))


def test_ctrl_c_is_ignored_while_a_cluster_starts():
    """Half a cluster would take a minute to end."""
    before = signal.getsignal(signal.SIGINT)
    with cluster._without_interrupts():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) == before


@pytest.mark.untraced
def test_ctrl_c_leaves_no_process_and_no_traceback(process, archives, tmp_path):
    """Sent to all processes of the terminal while workers check; their cluster ends with the command."""
    (tmp_path / "slow.py").write_text(SLOW)
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors]\nrules = ["slow:slow"]\n')
    running = process("check", "--engine", "dask", "--jobs", "1", *archives, is_new=True, start_new_session=True)
    while not (tmp_path / "started").exists():
        assert running.poll() is None
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert (running.returncode, err.strip()) == (130, b"")
    with suppress(ProcessLookupError):
        for _ in range(100):
            os.killpg(running.pid, 0)
            time.sleep(0.05)
        pytest.fail("a process is left")


SLOW = """
import time
from pathlib import Path

def slow(parsed):
    Path("started").touch()
    time.sleep(0.02)
    yield from ()
"""
DEADLY = """
import os, signal
from pathlib import Path
from types import SimpleNamespace

def deadly(parsed):
    if parsed.description == "No":
        try:
            Path("killed").touch(exist_ok=False)
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)
    yield from ()
"""
