"""``pcerrors check --jobs``: the report of one process, made by several."""

import gzip
import json
import os
import pickle
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pytest_pcerrors.cli import _input
from pytest_pcerrors.engines import pieces, processes, task
from pytest_pcerrors.engines.pieces import units_of_sources

SETTINGS = """
[tool.pcerrors]
rules = ["team:no_busy"]
max-age = "90d"
[tool.pcerrors.coverage]
exclude = ["501/*"]
[[tool.pcerrors.allow]]
rule = "code-number"
status = 404
path = "b"
reason = "old"
"""
RULE = """
from pytest_pcerrors import Violation
def no_busy(parsed):
    if parsed.description == "Busy":
        yield Violation("too busy")
    if parsed.description == "Bug":
        raise ValueError("a bug of ours")
"""
URL = "https://api.partnercenter.microsoft.com/v1/customers"


def exchange(status, code, description="No", **more):
    """Return one line of NDJSON."""
    body = {"code": code, "description": description, "source": "PartnerFD"}
    request = {"method": "GET", "url": more.pop("url", URL)}
    return json.dumps(
        {"status": status, "headers": {"Content-Type": "application/json"}, "body": body, "request": request, **more}
    )


def lines(number):
    """Return lines of all kinds: conforming, with violations, warnings and secrets, broken, old, undated, with another host."""
    kinds = [
        exchange(409, "800064"),
        exchange(409, "800064", "Busy", recorded_at="2011-11-01T04:58:44Z"),
        exchange(404, 2000, f"number {number}"),
        exchange(429, "999999"),
        exchange(200, "1", url=f"https://login.example/{number}"),
        exchange(400, "2001", url=f"{URL}?sig=kX7pQz19vLmW"),
        '{"status": 40',
        "",
    ]
    return "".join(f"{kinds[each % len(kinds)]}\n" for each in range(number))


@pytest.fixture
def archives(tmp_path, monkeypatch):
    """Write archives of several kinds, with settings, and return their paths; files are cut into small pieces."""
    monkeypatch.setattr(pieces, "PIECE", 4096)
    monkeypatch.setattr(processes, "PIECE", 4096)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    (tmp_path / "team.py").write_text(RULE)
    (tmp_path / "b").mkdir()
    (tmp_path / "a.ndjson").write_text(lines(50))
    (tmp_path / "b/one.ndjson").write_text(exchange(404, 2000) + "\n")
    (tmp_path / "b/two.ndjson.gz").write_bytes(gzip.compress(lines(30).encode()))
    (tmp_path / "b/three.yaml").write_text(
        "interactions: [{kind: message}, {}, {kind: message}, {body: x}, {kind: end}]\n"
    )
    (tmp_path / "c.ndjson").write_text(exchange(409, "800064") + "\n")
    (tmp_path / "d.yaml").write_text(f"interactions: [{{}}]\n# {'large' * 1000}\n")
    return ["a.ndjson", "-", "b", "c.ndjson"]


@pytest.mark.posix
def test_only_this_process_reads_what_is_not_a_file(archives, tmp_path):
    """Standard input and pipes; the order is kept."""
    os.mkfifo(tmp_path / "pipe")
    names = "c.ndjson a.ndjson b/one.ndjson".split()
    files = [tmp_path / each for each in names]
    sources = [*files, None, tmp_path / "pipe"]
    made = list(units_of_sources((each, _input.size_of(each)) for each in sources))
    shown = [[str(each.file.relative_to(tmp_path)) for each in unit.pieces] for unit in made]
    assert (shown[0], shown[1:-3], shown[-3:]) == ([names[0]], [[names[1]]] * 3, [[names[2]], [], []])
    assert [unit.source for unit in made[-2:]] == [None, tmp_path / "pipe"]


def test_the_report_is_that_of_one_process(pcerrors, piped, archives):
    """Findings, counts, coverage, exit code and order."""
    arguments = ["check", "--format", "json", "--coverage-report", "json:coverage", *archives]
    found = []
    for jobs in (["--jobs", "1"], ["--jobs", "2"]):
        piped(lines(9).encode())
        found.append((pcerrors(*arguments, *jobs), Path("coverage").read_text()))
    assert found[0] == found[1]
    assert (found[0][0].status, len(json.loads(found[0][0].out)["findings"]) > 50) == (1, True)


@pytest.mark.parametrize("form", ["json", "text"])
def test_every_part_is_counted_once(pcerrors, archives, form, monkeypatch):
    """The same with the parts made in this process; a single unit needs no other."""
    monkeypatch.setattr(processes, "Pool", InProcess)
    monkeypatch.setattr(task, "MOST", 4)
    for arguments in (
        ["a.ndjson", "b"],
        ["b", "a.ndjson"],
        ["d.yaml", "b"],
        ["c.ndjson", "--max-age", "1d"],
        ["b/three.yaml"],
    ):
        one = pcerrors("check", "--format", form, *arguments)
        assert pcerrors("check", "--format", form, "--jobs", "2", *arguments) == one


@pytest.mark.parametrize(("worth", "jobs"), [(1, [3]), (None, [])])
def test_each_process_has_enough_to_do(pcerrors, archives, monkeypatch, worth, jobs):
    """One process for each CPU, but no other for what is read at once."""
    pools = []
    monkeypatch.setattr(processes, "Pool", lambda task, jobs: pools.append(jobs) or InProcess(task, jobs))
    monkeypatch.setattr(_input, "_cpus", lambda: 3)
    one = pcerrors("check", *archives[1:])
    monkeypatch.setattr(_input, "_WORTH", worth or _input._WORTH)
    assert (pcerrors("check", *archives[1:]), pools) == (one, jobs)


class InProcess:
    """A pool without processes."""

    def __init__(self, task, _):
        self.task = pickle.loads(pickle.dumps(task))

    def parts(self, units):
        """Yield the parts of units as a pool does."""
        for unit in units:
            yield from ((unit, pickle.loads(pickle.dumps(part))) for part in self.task.parts(unit))
            yield unit, None


def test_a_rule_that_fails_ends_the_audit(pcerrors, archives, tmp_path, monkeypatch):
    """What was found before it is printed, as in one process."""
    monkeypatch.setattr(processes, "Pool", InProcess)
    with (tmp_path / "a.ndjson").open("a") as file:
        file.write(exchange(404, "2000", "Bug"))
    one, several = pcerrors("check", "a.ndjson", "c.ndjson"), pcerrors("check", "--jobs", "2", "a.ndjson", "c.ndjson")
    assert one == several
    assert (one.status, "your rule no-busy failed" in one.err) == (2, True)


@pytest.mark.parametrize("lives", [1, 2])
def test_a_process_that_is_killed_changes_nothing(pcerrors, archives, tmp_path, lives):
    """Its units are done again by another; the one that is killed twice is named."""
    (tmp_path / "ending.py").write_text(DEADLY)
    (tmp_path / "pyproject.toml").write_text("[tool.pcerrors]\n")
    paths = [each for each in archives if each != "-"]
    one = pcerrors("check", *paths)
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors]\nrules = ["ending:deadly"]\n')
    (tmp_path / "lives").write_text("x" * lives)
    killed = pcerrors("check", "--jobs", "2", *paths)
    assert (tmp_path / "lives").read_text() == ""
    message = "c.ndjson: the process that checked it has ended twice (signal 9); check it with --jobs 1"
    assert killed == one if lives == 1 else (killed.status, message in killed.err) == (2, True)


DEADLY = """
import os, signal
from multiprocessing import parent_process
from pathlib import Path

def deadly(parsed):
    left = Path("lives").read_text()
    if left and parent_process() is not None and parsed.exchange.origin == "c.ndjson:1":
        Path("lives").write_text(left[1:])
        os.kill(os.getpid(), signal.SIGKILL)
    yield from ()
"""


def test_ctrl_c_leaves_no_process_and_no_traceback(process, tmp_path, archives):
    """Workers end with the process that started them."""
    running = process("check", "--jobs", "2", *archives, is_new=True, stdin=-1, start_new_session=True)
    assert b"breaks" in running.stdout.readline()
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert (running.returncode, err.strip()) == (130, b"")  # click ends the line of the ^C
    with suppress(ProcessLookupError):
        for _ in range(100):
            os.killpg(running.pid, 0)
            time.sleep(0.05)
        pytest.fail("a process is left")
