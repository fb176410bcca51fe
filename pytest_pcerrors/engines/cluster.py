"""The audit as a Dask graph, over files of any storage of fsspec."""

import pickle
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.engines.storage import Block, opened, plain_lines
from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.exchange.archives.json_files import read_ndjson
from pytest_pcerrors.exchange.archives.plain_lines import line_chunks
from pytest_pcerrors.policy.age import Oldest
from pytest_pcerrors.policy.allowances import file_of
from pytest_pcerrors.policy.audit import Recording, audit_age, unreadable
from pytest_pcerrors.redaction.rewriting import found_in_lines
from pytest_pcerrors.reporting.totals import Totals

if TYPE_CHECKING:
    from pytest_pcerrors.engines.task import Task
    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.policy.audit import Conforming, Finding
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.reporting.finding_data import FindingData

_WIDTH = 16
"""The number of results that one step joins."""


@dataclass
class Result:
    """The result of blocks that follow each other; that of blocks of one file can be joined with the next ones.

    Lines are counted from the first block; `lines` is their number. `is_refused` is whether the first line refuses the whole file.
    """

    totals: Totals
    findings: "list[FindingData]" = field(default_factory=list)
    oldest: Oldest = field(default_factory=Oldest)
    lines: int = 0
    has_items: bool = False
    is_refused: bool = False
    error: str = ""


def check_on_dask(blocks: Sequence[Block], task: "Task", compute: Callable[[Any], Any]) -> Result:
    """Check blocks, those of a file after each other, and return their result; `compute` computes a delayed object of Dask."""
    from dask.delayed import delayed

    packed = delayed(pickle.dumps(task))
    by_name: dict[str, list[Any]] = {}
    for block in blocks:
        by_name.setdefault(block.name, []).append(delayed(check_block)(packed, block))
    files = [delayed(closed)(packed, name, _tree(packed, results, join_blocks)) for name, results in by_name.items()]
    result: Result = compute(_tree(packed, files, join_files)) if files else Result(task.totals())
    return result


def _tree(packed: Any, results: list[Any], join: Callable[..., Result]) -> Any:
    from dask.delayed import delayed

    while len(results) > 1:
        groups = [results[start : start + _WIDTH] for start in range(0, len(results), _WIDTH)]
        results = [delayed(join)(packed, group) for group in groups]
    return results[0]


def check_block(packed: bytes, block: Block) -> Result:
    """Check a block of a file, in a process of the cluster."""
    task = _task(packed)
    result = Result(task.totals(), oldest=Oldest(task.policy.judges))
    try:
        with opened(block) as stream:
            if block.is_whole:
                recording = Recording.of_stream(stream, block.name, task.policy)
                _add(result, task.audit_items(recording, result.oldest), task)
                result.has_items = True
            else:
                data = plain_lines(stream, block)
                result.lines = data.count(b"\n")
                if data.strip():
                    _add(result, task.audit_items(_of_lines(data, block.name, task.policy), result.oldest), task)
                    result.has_items = True
                    result.is_refused = any(
                        each["line"] is None and each["kind"] == "unreadable" for each in result.findings
                    )
    except (UsageError, MemoryError) as error:
        result.error = str(error) or "not enough memory; use smaller blocks or larger workers"
    except Exception as error:  # noqa: BLE001 - each storage has exceptions of its own
        problem = unreadable(ArchiveError(block.name, f"cannot be read: {type(error).__name__}: {error}"))
        _add(result, iter([problem]), task)
        result.has_items = True
    return result


def _of_lines(data: bytes, name: str, policy: "Policy") -> Recording:
    def items() -> "Iterator[Item]":
        try:
            yield from read_ndjson(BytesIO(data), name, layout=policy.layout)
        except ArchiveError as error:
            yield error

    found = found_in_lines(BytesIO(data), name, policy.redaction) if policy.searches_for_secrets else ()
    return Recording(name, items(), found, lambda: line_chunks(BytesIO(data)))


def _add(result: Result, findings: "Iterator[Finding | Conforming]", task: "Task") -> None:
    reported = result.totals.counting(findings, task.policy, task.wanted)
    result.findings += task.wanted.kept(reported)


def join_blocks(packed: bytes, results: Sequence[Result]) -> Result:
    """Join the results of blocks of one file; they are not changed, since Dask may use a result again."""
    task = _task(packed)
    joined = Result(task.totals())
    for result in results:
        if joined.is_refused or joined.error:
            break
        _join(joined, _moved(result, joined.lines), task)
        joined.lines += result.lines
        joined.has_items = joined.has_items or result.has_items
        joined.is_refused = result.is_refused
    return joined


def join_files(packed: bytes, results: Sequence[Result]) -> Result:
    """Join the results of files."""
    task = _task(packed)
    joined = Result(task.totals())
    for result in results:
        if not joined.error:
            _join(joined, result, task)
    return joined


def _join(joined: Result, result: Result, task: "Task") -> None:
    joined.totals.plus(result.totals)
    joined.findings = list(task.wanted.kept([*joined.findings, *result.findings]))
    joined.oldest.plus(result.oldest)
    joined.error = result.error


def closed(packed: bytes, name: str, result: Result) -> Result:
    """Return the result of a whole file: with its age, and the problem of a file without lines."""
    task = _task(packed)
    result = join_blocks(packed, [result])
    if not result.has_items and not result.error:
        _add(result, iter([unreadable(ArchiveError(name, "empty; expected one exchange per line"))]), task)
    _add(result, audit_age(name, result.oldest, task.policy), task)
    result.findings = list(task.wanted.kept(result.findings))
    return replace(result, oldest=Oldest())


@lru_cache(maxsize=2)
def _task(packed: bytes) -> "Task":
    task: Task = pickle.loads(packed)  # noqa: S301 - from the process that started the audit
    return task


def _moved(result: Result, lines: int) -> Result:
    """Return the result of blocks that begin after this number of lines."""
    findings: list[FindingData] = [
        each if each["line"] is None else {**each, "line": each["line"] + lines} for each in result.findings
    ]
    oldest = Oldest()
    oldest.plus(result.oldest)
    if oldest.exchange is not None:
        oldest.exchange = oldest.exchange.at(_moved_place(oldest.exchange.origin or "", lines))
    totals, coverage = result.totals, result.totals.coverage
    if coverage is not None:
        places = {pairing: {_moved_place(each, lines) for each in found} for pairing, found in coverage.places.items()}
        totals = replace(totals, coverage=replace(coverage, places=defaultdict(set, places)))
    return replace(result, findings=findings, oldest=oldest, totals=totals)


def _moved_place(place: str, lines: int) -> str:
    file = file_of(place)
    line = place[len(file) + 1 :]
    return f"{file}:{int(line) + lines}" if line.isdecimal() else place
