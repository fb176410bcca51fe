"""Rules for the members of an error that the error schema cannot express, and for its entry in the catalogue."""

from functools import partial
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from pytest_pcerrors.contract.catalogue import fits
from pytest_pcerrors.rules._keywords import ValueTest
from pytest_pcerrors.rules.paths import escaped
from pytest_pcerrors.rules.rule import MOST_FOUND, of_each_error, rule
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


@of_each_error
def description_blank(parsed: "ParsedResponse") -> Violation | None:
    """The description is white space only.

    Documentation: The description is "Not null and not empty" and describes the error in detail.
    Example: `"description": "   "`
    Fix: Describe the error.
    """
    if not parsed.description or parsed.description.strip():
        return None
    place = partial(parsed.pointer, "description")
    return Violation("a description of white space only, expected a text", place, expected="a text")


def unknown_property(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """A property is not in an error schema that permits further properties. Such a property is not an error, so the rule is off by default.

    Documentation: The error schema names code, description, data and source.
    Example: `"isRetryable": false`
    Fix: None is needed. To see such properties, set the severity of the rule to `warning`.
    """
    places = parsed.contract.places
    if places.is_closed:
        return  # the rule for the keyword that closes the schema finds them
    unknown = (name for name in parsed.document if not places.is_named(name))
    for name in islice(unknown, MOST_FOUND):
        known = ", ".join(places.names)
        yield Violation(partial(_unknown_message, name), f"/{escaped(name)}", expected=known, actual=name)


def status_differs(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """The member `status` of problem details is not the HTTP status. Only contracts with the media type `application/problem+json` have this rule.

    Documentation: "status" is the HTTP status of the response, and a server that sends it must use the same one (RFC 9457, section 3.1.2).
    Example: `"status": 400` in a `409` response
    Fix: Send the HTTP status, or leave the member out. A client reads the HTTP status.
    """
    stated, status = parsed.document.get("status"), parsed.exchange.status
    if type(stated) is int and stated != status:
        yield Violation(
            f"status {stated} instead of {status}, the HTTP status", "/status", expected=str(status), actual=str(stated)
        )


@of_each_error
def code_unknown(parsed: "ParsedResponse") -> Violation | None:
    """The code is not in the catalogue, and the catalogue has codes for this status.

    Documentation: The section "Error codes" lists 162 codes.
    Example: `{"code": "60012", ...}` with 400
    Fix: Look for a typing error in the code. If the service really sends it, allow the rule for this code, with a reason.
    """
    code, contract = parsed.code, parsed.contract
    if code is None or contract.catalogue.entries_of(code):
        return None
    if parsed.exchange.status not in contract.paired_statuses and not contract.has_codes_of_any_status:
        return None
    return Violation(
        lambda: f"code {shown_code(code)} is not in the catalogue",
        partial(parsed.pointer, "code"),
        expected="a documented code",
        actual=code,
        hint=partial(nearest_entry, contract, code),
    )


@of_each_error
def pairing(parsed: "ParsedResponse") -> Violation | None:
    """The code is documented, but not with this status.

    Documentation: Each row of the table "Error codes" pairs an HTTP status with a code.
    Example: `{"code": "3000", ...}` with 404; it is documented with 400
    Fix: Send the documented status. If the service really sends this pairing, allow the rule for the code and the status.
    """
    status, contract = parsed.exchange.status, parsed.contract
    entries = contract.catalogue.entries_of(parsed.code or "")
    if not entries or status not in contract.paired_statuses or contract.entry_of(status, parsed.code):
        return None
    return Violation.explained_by(
        lambda: (
            f"code {parsed.code} is documented with {documented(contract, entries)}, not with {status}",
            parsed.pointer("code"),
            " or ".join(entry.status_text for entry in entries),
            str(status),
            "",
        )
    )


@of_each_error
def description_placeholder(parsed: "ParsedResponse") -> Violation | None:
    r"""The description contains a placeholder of the code's own template that was not filled in.

    Documentation: Descriptions are templates with `{0}`, `{1}`, and so on. For an unknown code, only `{0}` is a placeholder.
    Example: `"description": "Another request is already processing cart {0}"`
    Fix: Fill in the values before you send the response. A pattern such as `^\d{7}$` is not a placeholder.
    """
    description = parsed.description
    if not description or "{" not in description:
        return None
    entries = _entries_of_status(parsed)
    own = frozenset().union(*(entry.placeholders for entry in entries)) if entries else {"{0}"}
    left = ", ".join(sorted(placeholder for placeholder in own if placeholder in description))
    if not left:
        return None
    return Violation(
        lambda: f"{left} instead of a value in {shown(description)}",
        partial(parsed.pointer, "description"),
        expected="values instead of placeholders",
        actual=left,
    )


@of_each_error
def description_template(parsed: "ParsedResponse") -> Violation | None:
    """The description does not match a documented text of its code. Off by default, because the texts of the real service never match.

    Documentation: The page gives one text for every code, and two rows for five codes.
    Example: `"description": "Oops"`
    Fix: For a mock, fill in one of the texts of `pcerrors explain CODE`. Import the documentation page to get the official texts.
    """
    description, entries = parsed.description, _entries_of_status(parsed)
    templates = [template for entry in entries for template in entry.templates]
    if not description or not description.strip() or not entries:
        return None
    text = _unescaped(description)
    if any(fits(text, template) for template in templates):
        return None
    return Violation(
        lambda: (
            f"{shown(description)} instead of a documented text of code {parsed.code}, such as {shown(templates[0])}"
        ),
        partial(parsed.pointer, "description"),
        expected=" or ".join(templates),
        actual=lambda: shown(description),
    )


def _unknown_message(name: str) -> str:
    return f"{shown(name)} is not a property of the error schema"


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


def _entries_of_status(parsed: "ParsedResponse") -> "tuple[Entry, ...]":
    """Return the entries of the code with this status, or all entries of the code if the pairing is undocumented."""
    entry = parsed.contract.entry_of(parsed.exchange.status, parsed.code)
    return parsed.contract.catalogue.entries_of(parsed.code or "") if entry is None else (entry,)


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


def _of_codes(contract: "Contract") -> "Iterator[tuple[tuple[str, ...], ValueTest]]":
    """Yield tests that the pairing of a code is documented; a code of another type has none."""
    if "code" in contract.members:
        path, pairings = contract.members["code"], {"pairings": contract.pairings}
        yield path, ValueTest("(status, {value}) in {pairings}", pairings, str)
        yield path, ValueTest("(status, str({value})) in {pairings}", pairings, int)


def _of_descriptions(contract: "Contract") -> "Iterator[tuple[tuple[str, ...], ValueTest]]":
    """Yield a test that a description, if it is a text, is not blank and has no brace."""
    if "description" in contract.members:
        yield contract.members["description"], ValueTest("'{{' not in {value} and not {value}.isspace()", {}, str)


def _of_status(_: "Contract") -> "Iterator[tuple[tuple[str, ...], ValueTest]]":
    yield (), ValueTest("'status' not in {value}", {}, dict)


RULES = (
    rule(description_blank, "properties", tests=_of_descriptions),
    rule(unknown_property, "properties", documented="off"),
    rule(status_differs, "properties", observed="warning", tests=_of_status)._replace(
        applies=attrgetter("is_of_problems")
    ),
    rule(code_unknown, "catalogue", observed="warning", tests=_of_codes),
    rule(pairing, "catalogue", observed="warning", tests=_of_codes),
    rule(description_placeholder, "catalogue", observed="warning", tests=_of_descriptions),
    rule(description_template, "catalogue", documented="off"),
)
