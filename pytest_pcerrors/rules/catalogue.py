"""Rules that compare an error object with the catalogue. They need a code that can be looked up."""

from functools import partial
from typing import TYPE_CHECKING

from pytest_pcerrors.contract.catalogue import fits
from pytest_pcerrors.rules.properties import is_unusual, place
from pytest_pcerrors.rules.rule import of_each_error, rule
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import shown
from pytest_pcerrors.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_pcerrors.contract.catalogue import Entry
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules.parsed_response import ParsedResponse, StatedError

_LONGEST_CODE = 20
_LONGEST_TEMPLATE = 60


@of_each_error
def code_unknown(parsed: "ParsedResponse", error: "StatedError | ParsedResponse") -> "Iterator[Violation]":
    """The code is not in the catalogue, and the catalogue has codes for this status.

    Documentation: The section "Error codes" lists 162 codes.
    Example: `{"code": "60012", ...}` with 400
    Fix: Look for a typing error in the code. If the service really sends it, allow the rule for this code, with a reason.
    """
    code, contract = error.code, parsed.contract
    if code is not None and code not in contract.catalogue and _is_code_judged(parsed):
        yield Violation(
            lambda: f"code {shown_code(code)} is not in the catalogue",
            partial(place, parsed, "code", error.items),
            expected="a documented code",
            actual=code,
            hint=partial(nearest_entry, contract, code),
        )


@of_each_error
def pairing(parsed: "ParsedResponse", error: "StatedError | ParsedResponse") -> "Iterator[Violation]":
    """The code is documented, but not with this status.

    Documentation: Each row of the table "Error codes" pairs an HTTP status with a code.
    Example: `{"code": "3000", ...}` with 404; it is documented with 400
    Fix: Send the documented status. If the service really sends this pairing, allow the rule for the code and the status.
    """
    status, contract = parsed.exchange.status, parsed.contract
    if status not in contract.paired_statuses or contract.entry_of(status, error.code) is not None:
        return
    entries = contract.catalogue.entries_of(error.code or "")
    if entries:
        yield Violation(
            lambda: f"code {error.code} is documented with {documented(contract, entries)}, not with {status}",
            partial(place, parsed, "code", error.items),
            expected=lambda: " or ".join(entry.status_text for entry in entries),
            actual=str(status),
        )


@of_each_error
def description_placeholder(parsed: "ParsedResponse", error: "StatedError | ParsedResponse") -> "Iterator[Violation]":
    r"""The description contains a placeholder of the code's own template that was not filled in.

    Documentation: Descriptions are templates with `{0}`, `{1}`, and so on. For an unknown code, only `{0}` is a placeholder.
    Example: `"description": "Another request is already processing cart {0}"`
    Fix: Fill in the values before you send the response. A pattern such as `^\d{7}$` is not a placeholder.
    """
    description = error.description
    if not description or "{" not in description:
        return
    entries = _entries_of_status(parsed, error)
    own = frozenset().union(*(entry.placeholders for entry in entries)) if entries else {"{0}"}
    left = sorted(placeholder for placeholder in own if placeholder in description)
    if left:
        yield Violation(
            lambda: f"{', '.join(left)} instead of a value in {shown(description)}",
            partial(place, parsed, "description", error.items),
            expected="values instead of placeholders",
            actual=", ".join(left),
        )


@of_each_error
def description_template(parsed: "ParsedResponse", error: "StatedError | ParsedResponse") -> "Iterator[Violation]":
    """The description does not match a documented text of its code. Off by default, because the texts of the real service never match.

    Documentation: The page gives one text for every code, and two rows for five codes.
    Example: `"description": "Oops"`
    Fix: For a mock, fill in one of the texts of `pcerrors explain CODE`. Import the documentation page to get the official texts.
    """
    description, entries = error.description, _entries_of_status(parsed, error)
    if not description or not description.strip() or not entries:
        return
    text = _unescaped(description)
    templates = [template for entry in entries for template in entry.templates]
    if not any(fits(text, template) for template in templates):
        yield Violation(
            lambda: (
                f"{shown(description)} instead of a documented text of code {error.code}, such as {shown(templates[0])}"
            ),
            partial(place, parsed, "description", error.items),
            expected=" or ".join(templates),
            actual=lambda: shown(description),
        )


def documented(contract: "Contract", entries: "Iterable[Entry]") -> str:
    """Return the statuses and texts that a code is documented with, such as ``409 Conflict ("Another request ...")``."""
    return " and ".join(f"{contract.status_of(entry)} ({_description_of(entry)})" for entry in entries)


def _description_of(entry: "Entry") -> str:
    text = f'"{cut(entry.description, _LONGEST_TEMPLATE)}"'
    return f"{text}, from {entry.origin}" if entry.origin else text


def nearest_entry(contract: "Contract", code: str) -> str:
    """Return a hint with the most similar documented code and its entries; empty if no code is similar."""
    nearest = contract.catalogue.nearest(code)
    if nearest is None:
        return ""
    return f"nearest documented code: {nearest} with {documented(contract, contract.catalogue[nearest])}"


def _is_code_judged(parsed: "ParsedResponse") -> bool:
    return parsed.contract.has_codes_of_any_status or parsed.exchange.status in parsed.contract.paired_statuses


def _entries_of_status(parsed: "ParsedResponse", error: "StatedError | ParsedResponse") -> "tuple[Entry, ...]":
    """Return the entries of the code with this status, or all entries of the code if the pairing is undocumented."""
    entry = parsed.contract.entry_of(parsed.exchange.status, error.code)
    return parsed.contract.catalogue.entries_of(error.code or "") if entry is None else (entry,)


def _unescaped(description: str) -> str:
    if "&" not in description:
        return description
    from html import unescape

    try:
        return unescape(description)
    except ValueError:
        return description  # a character reference with more digits than Python reads


def shown_code(code: str) -> str:
    """Return a code for display: unchanged if it is short and alphanumeric, quoted otherwise."""
    return code if code.isalnum() and len(code) <= _LONGEST_CODE else shown(code)


RULES = (
    rule(code_unknown, observed="warning", when=is_unusual),
    rule(pairing, observed="warning", when=is_unusual),
    rule(description_placeholder, observed="warning", when=is_unusual),
    rule(description_template, documented="off"),
)
