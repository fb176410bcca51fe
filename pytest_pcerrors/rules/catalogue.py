"""Rules that compare an error object with the catalogue. They run where it has a code that can be looked up."""

from difflib import get_close_matches
from html import unescape
from typing import TYPE_CHECKING

from pytest_pcerrors.contract.templates import fits
from pytest_pcerrors.rules.properties import place
from pytest_pcerrors.rules.rule import rule
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import shown
from pytest_pcerrors.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_pcerrors.contract.catalogue import Entry
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules.parsed_response import ParsedResponse

_LONGEST_CODE = 20
_LONGEST_TEMPLATE = 60


def code_unknown(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """A code that the catalogue does not have, with a status that has documented codes.

    Documentation: "Error codes" lists 162 codes.
    Example: `{"code": "60012", ...}` with 400
    Fix: Look for a slip in the code. If the service really sends it, allow the rule for this code, with a reason.
    """
    if not parsed.entries and _is_judged(parsed):
        code = str(parsed.code)
        yield Violation(
            f"code {shown_code(code)} is not in the catalogue",
            place(parsed, "code"),
            expected="a documented code",
            actual=code,
            hint=nearest_entry(parsed.contract, code),
        )


def pairing(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """A documented code with a status that it is not documented with.

    Documentation: each row of "Error codes" pairs an HTTP status with a code.
    Example: `{"code": "3000", ...}` with 404; the page has it with 400
    Fix: Answer with the documented status. If the service really sends this pairing, allow the rule for code and status.
    """
    status, contract = parsed.exchange.status, parsed.contract
    if parsed.entries and _is_judged(parsed) and (status, parsed.code) not in contract.pairings:
        yield Violation(
            f"code {parsed.code} is documented with {documented(contract, parsed.entries)}, not with {status}",
            place(parsed, "code"),
            expected=" or ".join(str(entry.status) for entry in parsed.entries),
            actual=str(status),
        )


def description_placeholder(parsed: "ParsedResponse") -> "Iterator[Violation]":
    r"""A description in which a placeholder of the code's own template was never filled in.

    Documentation: descriptions are templates with `{0}`, `{1}`, ...; where the code is unknown, `{0}` counts.
    Example: `"description": "Another request is already processing cart {0}"`
    Fix: Fill in the values before you send. A pattern such as `^\d{7}$` is no placeholder.
    """
    description = parsed.description
    if not description or "{" not in description:
        return
    own = (
        frozenset().union(*(entry.placeholders for entry in _entries_of_status(parsed))) if parsed.entries else {"{0}"}
    )
    left = sorted(placeholder for placeholder in own if placeholder in description)
    if left:
        yield Violation(
            f"{', '.join(left)} instead of a value in {shown(description)}",
            place(parsed, "description"),
            expected="values instead of placeholders",
            actual=", ".join(left),
        )


def description_template(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """A description that is none of the documented texts of its code; off by default, because the real texts never do.

    Documentation: gives every code one text, five codes two rows.
    Example: `"description": "Oops"`
    Fix: For a mock, fill in one of the texts of `pcerrors explain CODE`. Import the page for the official texts.
    """
    description, entries = parsed.description, _entries_of_status(parsed)
    if not description or not description.strip() or not entries:
        return
    text = _unescaped(description)
    templates = [template for entry in entries for template in entry.templates]
    if not any(fits(text, template) for template in templates):
        yield Violation(
            f"{shown(description)} instead of a documented text of code {parsed.code}, such as {shown(templates[0])}",
            place(parsed, "description"),
            expected=" or ".join(templates),
            actual=shown(description),
        )


def documented(contract: "Contract", entries: "Iterable[Entry]") -> str:
    """Say with which statuses and texts a code is documented, such as ``409 Conflict ("Another request ...")``."""
    return " and ".join(f"{contract.reason(entry.status)} ({_description_of(entry)})" for entry in entries)


def _description_of(entry: "Entry") -> str:
    text = f'"{cut(entry.description, _LONGEST_TEMPLATE)}"'
    return f"{text}, from {entry.origin}" if entry.origin else text


def nearest_entry(contract: "Contract", code: str) -> str:
    """Name the documented code that looks most like this one, of its length if there is one, or nothing if none does."""
    close = get_close_matches(code, contract.catalogue.codes, cutoff=0.7) if len(code) <= _LONGEST_CODE else []
    if not close:
        return ""
    nearest = next((each for each in close if len(each) == len(code)), close[0])
    return f"nearest documented code: {nearest} with {documented(contract, contract.catalogue[nearest])}"


def _is_judged(parsed: "ParsedResponse") -> bool:
    return parsed.code is not None and parsed.exchange.status in parsed.contract.paired_statuses


def _entries_of_status(parsed: "ParsedResponse") -> "tuple[Entry, ...]":
    """Return the entries of this code and status, or of the code where the pairing is undocumented."""
    status = parsed.exchange.status
    return tuple(entry for entry in parsed.entries if entry.status == status) or parsed.entries


def _unescaped(description: str) -> str:
    try:
        return unescape(description)
    except ValueError:
        return description  # a character reference with more digits than Python reads


def shown_code(code: str) -> str:
    """Show a code: as it is where it is short and plain, else like any text."""
    return code if code.isalnum() and len(code) <= _LONGEST_CODE else shown(code)


RULES = (
    rule(code_unknown, observed="warning"),
    rule(pairing, observed="warning"),
    rule(description_placeholder, observed="warning"),
    rule(description_template, documented="off"),
)
