"""The contents of an archive: the parts that become items, their names, and counts of the rest; and what processes share of it."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypedDict

import pytest

from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.exchange.archives.items import Skipped, joined
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.policy.age import Oldest, is_undated, stale
from pytest_pcerrors.policy.audit import Recording, searched
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.policy.verdict import Verdict
from pytest_pcerrors.reporting.failure import generic_path
from pytest_pcerrors.reporting.summary import host_of
from pytest_pcerrors.rules.parsed_response import ParsedResponse, read
from pytest_pcerrors.rules.violation import SECRET_RECORDED, SECRET_SUSPECTED, STALE, UNREADABLE
from pytest_pcerrors.secrets import hide

_FOLDER = "pcerrors_outlines"
_LONGEST_REQUEST = 160
_LONGEST_CODE = 60
RESPONSE, UNREADABLE_PLACE, RECORDING = "response", "unreadable", "recording"
"""The kinds of parts: an error response, an unreadable place, and a rule that the file as a whole breaks."""


class Part(NamedTuple):
    """What becomes an item: its kind, its name, its line from 0, and its content by kind: exchange, error or verdicts."""

    kind: str
    name: str
    line: int
    content: Any


class Outline(TypedDict):
    """What is collected of an archive, as plain data without anything that was recorded.

    `parts` has kind, name and line of each. `counts` are by kind: error, success, other-host, skipped, unreadable; undated is 1 if the age is
    unknown. `hosts` counts the hosts of the kind other-host.
    """

    parts: list[list[Any]]
    counts: dict[str, int]
    hosts: dict[str, int]


class Contents:
    """An archive of the run, by its path and its name in messages. It is read at most once, unless another process has collected it."""

    def __init__(self, file: Path, name: str, policy: Policy) -> None:
        self.name = name
        self._file = file
        self._policy = policy
        self._parts: list[Part] = []

    def outline(self) -> Outline:
        """Read the file, and return what is collected of it; raise a `UsageError` if there is not enough memory."""
        reading = _Reading(self._recording(), self._policy)
        self._parts = list(reading.parts())
        parts = [[part.kind, part.name, part.line] for part in self._parts]
        return {"parts": parts, "counts": dict(reading.counts), "hosts": dict(reading.hosts)}

    def content(self, number: int, name: str) -> Any:
        """Return the content of a part by its place and name; raise a `UsageError` if the file does not have it any more.

        A file that another process has collected is read now. It is searched for secrets only for a part that is not found without.
        """
        if not self._parts:
            self._parts = list(_Reading(self._recording()._replace(found=()), self._policy).parts())
        if not self._has(number, name):
            self.outline()
        if not self._has(number, name):
            raise UsageError(f"{self.name}: changed after it was collected; run the tests again")
        return self._parts[number].content

    def _has(self, number: int, name: str) -> bool:
        return number < len(self._parts) and self._parts[number].name == name

    def _recording(self) -> Recording:
        return Recording.of_file(self._file, self._policy, self.name)


class Sharing:
    """The outlines that the workers of pytest-xdist share. Without workers, or on another machine than the controller, nothing is shared.

    Every worker collects everything, and the controller collects nothing. So each worker goes through the archives in an order of its own,
    and leaves the outline of what it has read in a folder of the controller, where the others find it. No worker waits for another one,
    and each archive is read and searched for secrets by one of them.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._made = ""
        worker: dict[str, Any] = getattr(config, "workerinput", {})
        self._worker: str = worker.get("workerid", "")
        given: str = worker.get(_FOLDER, "")
        self._folder = Path(given) if given and Path(given).is_dir() else None

    @property
    def is_on(self) -> bool:
        """Whether this is a worker that shares its outlines."""
        return self._folder is not None

    def start(self, worker: dict[str, Any]) -> None:
        """Give the folder to a worker, by its `workerinput`; the first call makes it, and the end of the run removes it."""
        if not self._made:
            made = TemporaryDirectory(prefix="pcerrors-", ignore_cleanup_errors=True)
            self._made = made.name
            self._config.add_cleanup(made.cleanup)
        worker[_FOLDER] = self._made

    def ordered(self, paths: Iterable[Path]) -> list[Path]:
        """Return paths in the order in which this worker goes through them."""
        return sorted(paths, key=self._rank) if self.is_on else list(paths)

    def outline(self, contents: Contents) -> Outline:
        """Return the outline of an archive, which is read unless another worker has done so."""
        if self._folder is None:
            return contents.outline()
        file = self._folder / _digest(contents.name)
        with suppress(OSError):
            outline: Outline = json.loads(file.read_bytes())
            return outline
        outline = contents.outline()
        with suppress(OSError):
            written = file.with_suffix(f".{self._worker}")
            written.write_text(json.dumps(outline), "utf-8")
            written.replace(file)
        return outline

    def _rank(self, path: Path) -> str:
        return _digest(f"{self._worker} {path}")


class _Reading:
    """One reading of an archive: its parts, and the counts of everything in it."""

    def __init__(self, recording: Recording, policy: Policy) -> None:
        self.counts: Counter[str] = Counter(error=0)  # a file that was read has at least this count
        self.hosts: Counter[str] = Counter()
        self._recording = recording
        self._policy = policy

    def parts(self) -> Iterator[Part]:
        """Yield every error response in order, then what cannot be read, then the rules that the file as a whole breaks."""
        oldest = Oldest()
        verdicts: list[Verdict | None] = []
        errors: list[ArchiveError] = []
        for number, (item, found) in enumerate(searched(self._recording), start=1):
            if isinstance(item, str):
                verdicts.append(self._policy.secrets_at(found, item))
            elif isinstance(item, ArchiveError):
                self.counts["unreadable"] += 1
                verdicts.append(self._policy.secrets_at(found, item.place))
                errors.append(item)
            elif isinstance(item, Skipped):
                self.counts["skipped"] += 1
                verdicts.append(self._policy.secrets_at(found, item.origin))
            else:
                oldest.add(item, self._policy)
                verdicts.append(self._policy.secrets_in(item, found))
                yield from self._judged(item, number)
        yield from map(self._unreadable, joined(errors))
        yield from _of_secrets(list(filter(None, verdicts)))
        if verdict := stale(oldest, self._policy):
            yield Part(RECORDING, STALE, 0, [verdict])
        self.counts["undated"] = int(is_undated(oldest, self._policy))

    def _judged(self, exchange: Exchange, number: int) -> Iterator[Part]:
        """Count an exchange, and yield it if it is an error response."""
        parsed = read(exchange, self._policy.of(exchange).contract)
        kind = self._kind(parsed)
        self.counts[kind] += 1
        self.hosts.update([host_of(exchange)] if kind == "other-host" else [])
        if kind == "error":
            yield Part(RESPONSE, item_name(exchange, parsed.code, number), _line(exchange.origin), exchange)

    def _kind(self, parsed: ParsedResponse) -> str:
        if not self._policy.judges(parsed.exchange):
            return "other-host"
        return "error" if parsed.is_error else "success"

    def _unreadable(self, error: ArchiveError) -> Part:
        """Return an unreadable place; its name has the line or pointer, unless it is a whole file."""
        name = f"{UNREADABLE} {error.place.removeprefix(self._recording.name).lstrip(':')}".strip()
        return Part(UNREADABLE_PLACE, name, _line(error.place), error)


def _of_secrets(verdicts: list[Verdict]) -> Iterator[Part]:
    """Yield each rule about secrets that the file breaks or that was allowed."""
    for rule in (SECRET_RECORDED, SECRET_SUSPECTED):
        of_rule = [each for each in (verdict.of_rule(rule) for verdict in verdicts) if each is not None]
        if of_rule:
            yield Part(RECORDING, rule, 0, of_rule)


def item_name(exchange: Exchange, code: str | None, number: int) -> str:
    """Return the name of an item: method, path with identifiers as ``{id}``, status, code, number of the interaction.

    It is ASCII without characters that are special in the id of a test, so that it can be given as an argument.

    >>> from pytest_pcerrors import Exchange, Request
    >>> item_name(Exchange(409, None, b"", Request("GET", "https://host/v1/orders/17?x=1")), "800064", 7)
    'GET /v1/orders/{id} 409 800064 #7'
    """
    request = exchange.request
    request_text = f"{request.method} {generic_path(request.url)}" if request else "response"
    words = [request_text[:_LONGEST_REQUEST], str(exchange.status), _short(hide(code or "")), f"#{number}"]
    name = " ".join(filter(None, words)).replace("::", ":").replace("[", "(").replace("]", ")")
    return "".join(letter if letter.isascii() and letter.isprintable() else ascii(letter)[1:-1] for letter in name)


def _short(code: str) -> str:
    """Return the beginning of a code; of a URI, or of a long one with steps, only the last step."""
    if "://" in code or (len(code) > _LONGEST_CODE and "/" in code):
        code = code.rstrip("/").rpartition("/")[2]
    return code[:_LONGEST_CODE]


def _line(place: str | None) -> int:
    """Return the line of a place such as ``path:line``, counted from 0; 0 without one."""
    line = (place or "").rpartition(":")[2]
    return max(int(line) - 1, 0) if line.isascii() and line.isdigit() else 0


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
