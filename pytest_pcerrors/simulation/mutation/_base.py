"""A mutant, and the conforming response from which mutants are made, with its copies that have one part changed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.exchange.http import Headers
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.jsontext import EACH
from pytest_pcerrors.rules.parsed_response import ParsedResponse
from pytest_pcerrors.simulation._plausible import as_json
from pytest_pcerrors.simulation.synthesis import required_headers, stating

Variant = tuple[str, Exchange]
"""The word for a way to break a rule, and the changed response."""

Mutator = Callable[["Base"], Iterator[Variant]]
"""A function that proposes variants for a rule. Those that do not break exactly that rule are dropped afterwards."""


@dataclass(frozen=True)
class Mutant:
    """A response that breaks exactly one rule, and what it was made from.

    `rule` is the name of the rule, `variant` a short word for the way in which `exchange` breaks it (empty if there is only
    one). `base` is the conforming response that was changed, and `entry` its documented error, or None if it has none. Its
    text is the id of a test: status and code of the entry (or the status of the base), rule and variant.

    >>> from pytest_pcerrors.simulation import mutants, synthesize
    >>> print(*mutants(synthesize(800064), rule="code-type"))
    409-800064-code-type-null 409-800064-code-type-boolean 409-800064-code-type-float 409-800064-code-type-array 409-800064-code-type-object
    """

    rule: str
    variant: str
    exchange: Exchange
    base: Exchange = field(repr=False)
    entry: Entry | None = field(default=None, repr=False)

    def __str__(self) -> str:
        made_from = f"{self.entry.status_text}-{self.entry.code}" if self.entry else str(self.base.status)
        return "-".join(filter(None, (made_from, self.rule, self.variant)))


@dataclass(frozen=True)
class Base:
    """A conforming response, as it is and parsed. `broken` has the names of the rules that it breaks, which are off by default."""

    exchange: Exchange
    contract: Contract
    parsed: ParsedResponse
    broken: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """The body as text, without white space around it."""
        return (self.parsed.text or "").strip()

    @property
    def document(self) -> Any:
        """The JSON value of the body; None without one."""
        return self.parsed.document

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The documented errors of the code: the one with this status, or else all."""
        return self.parsed.entries if self.entry is None else (self.entry,)

    @property
    def entry(self) -> Entry | None:
        """The documented error that this response is, or None."""
        return self.contract.entry_of(self.exchange.status, self.parsed.code)

    def member(self, name: str) -> Any:
        """Return the value of a member of the contract, such as ``code``; None without one."""
        return self.parsed.member(name)

    def with_member(self, name: str, value: Any) -> Exchange:
        """Return this response with another value of a member that it has."""
        return self.with_document(replaced(self.document, self.contract.members[name], value))

    def with_document(self, document: Any) -> Exchange:
        """Return this response with another JSON value as its body."""
        return self.with_body(as_json(document))

    def with_text(self, text: str) -> Exchange:
        """Return this response with another text as its body."""
        return self.with_body(text.encode())

    def with_body(self, body: bytes) -> Exchange:
        """Return this response with another body, of which Content-Length has the length."""
        changes = {"Content-Length": str(len(body))} if self.exchange.header("Content-Length") is not None else {}
        return replace(self.exchange.with_headers(changes), body=body)

    def with_header(self, name: str, value: str | None) -> Exchange:
        """Return this response with another value of a header, or without it."""
        return self.exchange.with_headers({name: value})

    def with_status(self, status: int) -> Exchange:
        """Return this response with another status, its reason phrase, and the headers that it needs."""
        reason = None if self.exchange.reason is None else self.contract.phrase(status)
        changed = replace(self.exchange, status=status, reason=reason)
        if self.contract.is_of_problems and (stated := stating(self.document, status)) != self.document:
            changed = replace(changed, body=as_json(stated))
        return completed(changed, self.contract)


def completed(exchange: Exchange, contract: Contract) -> Exchange:
    """Return a response with the headers that its status needs and that it has not; the type of the body if headers are unknown."""
    headers = exchange.headers
    if headers is None:
        headers = Headers({"Content-Type": contract.media_type or "application/json"})
    needed = required_headers(exchange.status, contract).items()
    missing = [(name, value) for name, value in needed if headers.get(name) is None]
    return replace(exchange, headers=Headers([*headers, *missing]), origin=None)


def replaced(document: Any, steps: Sequence[str], value: Any) -> Any:
    """Return a copy of a document with another value at a path that it has; `EACH` is the first item."""
    if not steps:
        return value
    if steps[0] == EACH:
        return [replaced(document[0], steps[1:], value), *document[1:]]
    return {**document, steps[0]: replaced(document[steps[0]], steps[1:], value)}
