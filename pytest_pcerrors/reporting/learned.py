"""Proposed settings as TOML for pyproject.toml."""

import json
from typing import TYPE_CHECKING

from pytest_pcerrors.text import readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from pytest_pcerrors.policy.learning import Proposal, RuleOccurrence


def as_toml(proposal: "Proposal", until: "date") -> str:
    """Return tables for ``[tool.pcerrors]``: an entry for each undocumented pairing, an allowance for each other rule.

    `until` is the last day of the allowances. Files that no setting can allow are listed in comments.

    >>> from datetime import date
    >>> from pytest_pcerrors.policy.learning import Proposal
    >>> proposal = Proposal()
    >>> proposal.entries[400, "60012"].add("cart.yaml:3", "No licence is left")
    >>> print(as_toml(proposal, date(2027, 5, 31)))
    [[tool.pcerrors.entry]]
    status = 400
    code = "60012"
    description = "No licence is left"
    note = "seen once, in cart.yaml:3"
    <BLANKLINE>
    """
    return "\n".join([*_entries(proposal), *_allowances(proposal, until), *_remarks(proposal)])


def _entries(proposal: "Proposal") -> "Iterator[str]":
    for (status, code), seen in sorted(proposal.entries.items()):
        yield "[[tool.pcerrors.entry]]"
        yield f"status = {status}"
        yield f"code = {_string(code)}"
        yield f"description = {_string(seen.sample or '(no description)')}"
        yield f"note = {_string(_said(seen.count, seen.first))}"
        yield ""


def _allowances(proposal: "Proposal", until: "date") -> "Iterator[str]":
    for rule, seen in sorted(proposal.rules.items()):
        for condition in _conditions(seen):
            yield "[[tool.pcerrors.allow]]"
            yield f"rule = {_string(rule)}"
            yield condition
            yield f"reason = {_string(_said(seen.count, seen.first) + '; say why, or fix it')}"
            yield f"until = {until.isoformat()}"
            yield ""


def _conditions(seen: "RuleOccurrence") -> "Iterator[str]":
    if seen.codes:
        yield f"code = [{', '.join(map(_string, sorted(seen.codes)))}]"
    if seen.statuses:
        yield f"status = [{', '.join(map(str, sorted(seen.statuses)))}]"


def _remarks(proposal: "Proposal") -> "Iterator[str]":
    for place, fix in proposal.unreadable.items():
        yield f"# {json.dumps(place)} cannot be read, and no setting allows that: {fix}"
    if proposal.expired:
        yield "# an allowance has expired: fix the violation, or give the allowance a later day"


def _said(count: int, first: str) -> str:
    first = readable(first)
    return f"seen once, in {first}" if count == 1 else f"seen {count} times, first in {first}"


def _string(text: str) -> str:
    """Return a TOML basic string; its escapes are those of JSON, and DEL is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
