"""Pieces of large files, NDJSON and cassettes: wherever a file is cut, and in whatever groups the results are joined, they are those of the file."""

import gzip
import json
import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.engines import cluster, pieces, processes
from pytest_pcerrors.engines.pieces import Piece, Unit, has_lines, units_of, units_of_sources
from pytest_pcerrors.engines.processes import findings_in_processes
from pytest_pcerrors.engines.task import Task
from pytest_pcerrors.exchange.archives import plain_lines
from pytest_pcerrors.policy.audit import Recording
from pytest_pcerrors.policy.from_settings import policy_of
from pytest_pcerrors.reporting.totals import Wanted
from pytest_pcerrors.settings import Settings

LINE = b'{"status": 404, "body": "%d"}\n'
ERROR = {"code": "800064", "description": "Busy", "source": "PartnerFD"}
KINDS = [
    json.dumps({"status": 409, "headers": {"Content-Type": "application/json", **headers}, "body": {**ERROR, **more}})
    for headers in ({}, {"Date": "Tue, 02 May 2017 09:00:00 GMT"}, {"Date": "Thu, 13 Apr 2017 21:29:11 GMT"})
    for more in ({}, {"code": 800064}, {"code": "new"}, {"token": "kX7pQz19vLmW04ab"})
]
KINDS = [each.encode() for each in (*KINDS, '{"status": 40', '{"openapi": "3.1.0", "info": {}}', "", " ", "x" * 90)]


def task(wanted, max_age=None):
    """Return a task, as another process gets it."""
    settings = Settings(root=Path(), max_age=max_age, hosts=())
    policy = replace(policy_of(settings, root=Path()), today=date(2026, 11, 26))
    return pickle.loads(pickle.dumps(Task(settings, policy, wanted)))


WANTED = [Wanted(has_conforming=False), Wanted(), Wanted(samples=2, excluded=frozenset())]
TASKS = [task(wanted, age) for wanted in WANTED for age in (None, "30d")]


def cut(file, size):
    """Return the units of a file in pieces of this size."""
    found = Piece(file, "a.ndjson", file.stat().st_size)
    return list(units_of([found], lambda file: range(0, file.size, size) if file.size > size else ()))


@given(
    st.lists(st.sampled_from(KINDS), max_size=12),
    st.sampled_from([b"", b"\n"]),
    st.integers(60, 400),
    st.integers(2, 4),
    st.sampled_from(TASKS),
)
def test_pieces_are_the_file(tmp_path_factory, lines, end, size, width, made):
    """Findings, counts, coverage, age and problems of the file are the same."""
    file = tmp_path_factory.getbasetemp() / "pieces.ndjson"
    file.write_bytes(b"\n".join(lines) + end)
    totals = made.totals()
    recording = Recording.of_file(file, made.policy, "a.ndjson")
    whole = list(totals.counting(made.audit([recording]), made.policy, made.wanted))
    packed = pickle.dumps(made)
    parts = [cluster.check_unit(packed, unit) for unit in cut(file, size)]
    is_whole = len(parts) == 1
    while len(parts) > width:
        parts = [cluster.join(packed, parts[at : at + width]) for at in range(0, len(parts), width)]
    joined = cluster.join(packed, pickle.loads(pickle.dumps(parts)), "" if is_whole else "a.ndjson")
    assert (joined.findings, counts(joined.totals)) == (whole, counts(totals))


HEADERS = b"    headers:\n      Content-Type:\n      - application/json\n"
START, REQUEST = b"- request:\n", b"    method: GET\n    uri: https://contoso.example/v1\n"
RESPONSE = (
    b"  response:\n    body:\n      string: '%b'\n" + HEADERS + b"    status:\n      code: 409\n      message: OK\n"
)
BODIES = (json.dumps(ERROR).encode(), b'{"code": 800064}', b'{"token": "kX7pQz19vLmW04ab"}', b"a\n- request:\n  b")
BLOCKS = [START + b"    body: null\n" + HEADERS + REQUEST + RESPONSE % each for each in BODIES]
BROKEN = BLOCKS[0].replace(b"GET", b"[GET")
BLOCKS += [
    BLOCKS[0].replace(*each, 1)
    for each in (
        (b"null", b"|\n      a\n      - request:"),
        (b"null", b"&a null"),
        (b"null", b"*a"),
        (b"null", b"'version: 1\n\n      version: 1'"),
        (b"  response", b"  # comment\n  response"),
        (b"\n", b"\r\n"),
        (b"409", b"four"),
    )
]
BETWEEN = [b"...\n", b"---\n", b"version: 1\n", b"# comment\n", START, b"token: kX7pQz19vLmW04ab\n", b"\t", b"\n", b"'"]


@given(
    st.sampled_from([b"interactions:\n", b"version: 1\ninteractions:\n"]),
    st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=8),
    st.none() | st.tuples(st.integers(0, 8), st.sampled_from([BROKEN, *BETWEEN])),
    st.sampled_from([b"version: 1\n", b"", b"version: 1\n...\n", b"version: 1", b"version: 1\n---\na: b\n"]),
    st.integers(1, 2000),
    st.sampled_from(TASKS[:3]),
)
def test_pieces_of_a_cassette_are_the_cassette(tmp_path_factory, head, blocks, other, end, size, made):
    """Also where an interaction cannot be read alone, or only seems to begin: the findings are those of one process."""
    if other is not None:
        blocks.insert(*other)
    file = tmp_path_factory.getbasetemp() / "pieces.yaml"
    file.write_bytes(head + b"".join(blocks) + end)
    totals, joined = made.totals(), made.totals()
    whole = list(totals.counting(made.audit([Recording.of_file(file, made.policy)]), made.policy, made.wanted))
    found, _ = in_pieces(file, size, made, joined)
    assert (found, counts(joined)) == (whole, counts(totals))


def test_a_usual_cassette_is_read_in_pieces_only(tmp_path):
    """Each has whole interactions; with one that cannot be read alone, the whole is read again."""
    file = tmp_path / "a.yaml"
    for last, again in ((BLOCKS[2], 0), (BROKEN, 1)):
        file.write_bytes(b"interactions:\n" + b"".join([*BLOCKS[:3] * 2, last]) + b"version: 1\n")
        _, units = in_pieces(file, 700, TASKS[0], TASKS[0].totals())
        cut = [unit.piece.interactions() for unit in units if unit.piece]
        assert b"".join(cut) == file.read_bytes()
        assert [each.startswith(START) for each in cut] == [False, True, True]
        assert len(units) == len(cut) + again


def test_a_cassette_that_is_gone_is_unreadable(tmp_path):
    """As any other file, whether it goes before or after it is cut; one of another layout is not cut."""
    gone = Piece(tmp_path / "a.yaml", "a.yaml", 9**9)
    [unit] = units_of([gone], pieces._starts_of_interactions)
    assert unit.piece is None
    [part] = TASKS[0].parts(Unit((gone._replace(start=1, end=3),)))
    assert part.error


def in_pieces(file, size, made, totals):
    """Return the findings of a cassette in pieces of at least this size, and the units that were checked."""
    task = Recorder(made._settings, made.policy, made.wanted)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"PIECE": 1, "_LARGE_CASSETTE": 1, "_PIECE_OF_CASSETTE": size}.items():
            patch.setattr(pieces, name, value)
        patch.setattr(processes, "_parts", lambda units, task, _: made_here(units, task))
        units = units_of_sources([(file, file.stat().st_size)], cuts_cassettes=True)
        found = list(findings_in_processes(units, task, totals, jobs=2, opened=None, on_read=bool))
    return found, task.checked


class Recorder(Task):
    """A task that keeps the units that it has checked."""

    def parts(self, unit):
        """Return the parts of a unit."""
        vars(self).setdefault("checked", []).append(unit)
        return super().parts(unit)


def made_here(units, task):
    """Yield the parts of units as a pool does."""
    for unit in units:
        yield from ((unit, part) for part in [*task.parts(unit), None])


def counts(totals):
    """Return all counts as plain data."""
    coverage = totals.coverage and {name: value for name, value in vars(totals.coverage).items() if name != "contract"}
    return totals.tally, totals.counts, coverage


@given(st.lists(st.sampled_from([b"", b"\r", b"12", b"123456789"])), st.integers(1, 30))
def test_every_line_is_in_one_piece(tmp_path_factory, lines, size):
    """In that in which it begins, however long it is."""
    file = tmp_path_factory.getbasetemp() / "cut.ndjson"
    data = b"\n".join(lines)
    file.write_bytes(data)
    units = cut(file, size)
    if len(units) > 1:
        assert sum(unit.size for unit in units) == len(data)
        assert [unit.piece.is_last for unit in units] == [False] * (len(units) - 1) + [True]
        chunks = [b"".join(unit.piece.chunks()) for unit in units]
        assert b"".join(chunks) == data
        starts = [sum(map(len, chunks[:number])) for number in range(len(chunks))]
        assert all(
            unit.piece.start <= start < unit.piece.end
            for unit, start, chunk in zip(units, starts, chunks, strict=True)
            if chunk
        )


def test_a_long_line_is_not_kept(tmp_path, monkeypatch):
    """It is cut in the piece in which it begins, and those in the middle of it have no lines."""
    monkeypatch.setattr(plain_lines, "MAX_LINE", 1000)
    file = tmp_path / "a.ndjson"
    file.write_bytes(LINE % 1 + b"x" * 500_000 + b"\n" + LINE % 2)
    chunks = [[*unit.piece.chunks()] for unit in cut(file, 100_000)]
    assert [len(each) for each in chunks] == [2, 0, 0, 0, 0, 1]
    assert max(map(len, chunks[0])) < 150_000


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.ndjson", LINE, True),
        ("a.log", LINE, True),
        ("a.json", LINE, False),
        ("a.ndjson", gzip.compress(LINE, mtime=0), False),
        ("a.yaml", b"interactions: []\n", False),
        ("a.log", b"<html>", False),
        ("a.ndjson", b'{\n  "status": 409\n}\n' * 9, False),
        ("a.ndjson", None, False),
    ],
)
def test_only_plain_lines_are_cut(tmp_path, name, data, expected):
    """What is compressed, has another format or cannot be read is a whole; in logs, a file of any name has lines."""
    if data is not None:
        (tmp_path / name).write_bytes(data)
    assert has_lines(Piece(tmp_path / name, name), has_layout=False) == expected
    assert has_lines(Piece(tmp_path / name, name), has_layout=True) == (expected or name == "a.json")


def test_a_piece_of_a_file_that_is_gone_is_unreadable(tmp_path):
    """As a file is."""
    [error] = Piece(tmp_path / "a", "a.ndjson", 100, 0, 100).chunks()
    assert str(error) == "a.ndjson: cannot be read: No such file or directory"


def test_units_are_of_one_size(monkeypatch):
    """A large file is cut, small ones are joined, and others stay as they are."""
    monkeypatch.setattr(pieces, "PIECE", 10)
    files = [Piece(Path(f"{size}"), f"{size}", size) for size in (3, 4, 30, 5, 6, 7, 11, 1)]
    made = list(
        units_of(
            [*files[:1], Unit(source=Path("pipe")), *files[1:]],
            lambda file: range(0, file.size, 12) if file.size > 11 else (),
        )
    )
    assert [[each.name for each in unit.pieces] for unit in made] == [
        ["3"],
        [],
        ["4"],
        *[["30"]] * 3,
        ["5", "6"],
        ["7"],
        ["11"],
        ["1"],
    ]
    assert [unit.size for unit in made] == [3, 0, 4, 12, 12, 6, 11, 7, 11, 1]
    many = list(units_of([files[-1]._replace(size=0)] * 65, lambda _: ()))
    assert [len(unit.pieces) for unit in many] == [64, 1]
