"""Rules as documents, in TOML or JSON: one schema and one reading for both, and the file that is read again when it has changed."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from pytest_pcerrors.documents import published_schema, read_toml, validate, without_dates
from pytest_pcerrors.errors import UsageError, misuse_of
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.jsontext import article, is_deeper, type_of
from pytest_pcerrors.simulation.answers.answer import FAULTS, Answer, in_sequence
from pytest_pcerrors.simulation.answers.factory import AnswerFactory
from pytest_pcerrors.simulation.answers.rules import RequestPattern, ResponseRule
from pytest_pcerrors.text import counted, nearest, readable, visible

_SHOWN_PROBLEMS = 5
_DEEPEST = 64
_JSON = ("Content-Type", "application/json; charset=utf-8")
_KEY = "rule"
_LINE_END = b"\n"
_TABLE = re.compile(rb"^[ \t]*\[\[[ \t]*rule[ \t]*\]\]", re.MULTILINE)


def rules_schema() -> dict[str, Any]:
    """Return the JSON Schema of a file of rules; each fault is a key of a rule."""
    return published_schema("pytest_pcerrors.simulation.server", "rules.schema.json")


def rules_of(documents: Sequence[Any], factory: AnswerFactory, place: Callable[[int], str]) -> list[ResponseRule]:
    """Return the rules of these documents; `place` names one by its index in the `UsageError` that lists the problems."""
    rules, problems = [], []
    for index, document in enumerate(documents):
        try:
            rules.append(_rule(document, factory, place(index)))
        except UsageError as error:
            problems.append(str(error))
    if len(problems) > _SHOWN_PROBLEMS:
        more = f"and {counted(len(problems) - _SHOWN_PROBLEMS, 'more rule')} with a problem"
        problems = [*problems[:_SHOWN_PROBLEMS], more]
    if problems:
        raise UsageError("\n".join(problems))
    return rules


def _rule(document: Any, factory: AnswerFactory, place: str) -> ResponseRule:
    if is_deeper(document, _DEEPEST):
        raise UsageError(f"{place}: nested too deeply")
    validate(_schema_of_rule(), document, place)
    faults: Any = {name: document[name] for name in FAULTS if name in document}
    try:
        pattern = RequestPattern(document.get("method", "*"), document.get("path", "/**"))
        answers = in_sequence(_answers(document["answer"], factory), document.get("retry_after"), faults)
        return ResponseRule(pattern, answers, document.get("times"), document=document)
    except UsageError as error:
        raise UsageError(f"{place}: {readable(visible(str(error)))}") from None


@cache
def _schema_of_rule() -> dict[str, Any]:
    definitions = rules_schema()["$defs"]
    return {**definitions["rule"], "$defs": definitions}


def _answers(answer: Any, factory: AnswerFactory) -> Iterator[Answer]:
    several = isinstance(answer, list)
    for index, each in enumerate(answer if several else [answer]):
        with misuse_of(f"at /answer{f'/{index}' if several else ''}"):
            yield _response(each) if isinstance(each, dict) else factory.by_name(each)


def _response(response: dict[str, Any]) -> Answer:
    body, named = response.get("body", ""), response.get("headers", {})
    headers = [(name, each) for name, value in named.items() for each in ([value] if isinstance(value, str) else value)]
    if not isinstance(body, str):
        try:
            body = json.dumps(body, allow_nan=False)
        except ValueError:
            raise UsageError("at /body: NaN and Infinity are not JSON values") from None
        if all(name.lower() != "content-type" for name, _ in headers):
            headers.append(_JSON)
    exchange = Exchange(response["status"], headers, body.encode("utf-8", "replace"))
    return Answer(exchange, str(exchange.status))


class RulesFile:
    """The rules of a file; an invalid file is a `UsageError`. With `on_problem`, they can be read again when it has changed."""

    def __init__(self, path: Path, factory: AnswerFactory, on_problem: Callable[[str], object] | None = None) -> None:
        self._path, self._factory, self._on_problem = path, factory, on_problem
        self.rules = self._read()

    def refresh(self) -> None:
        """Read the rules of a new version; call `on_problem`, once, if it cannot be used."""
        if self._on_problem is not None and self._current_version() != self._version:
            try:
                self.rules = self._read()
            except UsageError as error:
                self._on_problem(f"{error}\nthe rules of the last valid version are kept")

    def _read(self) -> list[ResponseRule]:
        self._version = self._current_version()
        table = without_dates(read_toml(self._path), str(self._path))
        for name in table:
            if name != _KEY:
                raise UsageError(f'{self._path}: unknown key "{name}"; {nearest(name, [_KEY])}')
        documents = table.get(_KEY, [])
        if not isinstance(documents, list):
            raise UsageError(f"{self._path}: expected rules as [[rule]], got {article(type_of(documents))}")
        return rules_of(documents, self._factory, lambda index: self._place(index, len(documents)))

    def _current_version(self) -> object:
        with suppress(OSError):
            status = self._path.stat()
            return status.st_mtime_ns, status.st_size, status.st_ino
        return None

    def _place(self, index: int, count: int) -> str:
        """Return the path, the line of a rule if it can be found, and its number."""
        line = ""
        with suppress(OSError):
            data = self._path.read_bytes()
            starts = [match.start() for match in _TABLE.finditer(data)]
            if len(starts) == count:
                line = f":{data[: starts[index]].count(_LINE_END) + 1}"
        return f"{self._path}{line}: rule {index + 1}"
