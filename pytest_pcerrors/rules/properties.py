"""Rules for the members of an error object that the error schema cannot express."""

from functools import partial
from typing import TYPE_CHECKING

from pytest_pcerrors.rules._pointers import escaped
from pytest_pcerrors.rules.parsed_response import within
from pytest_pcerrors.rules.rule import of_each_error, rule
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.rules.parsed_response import ParsedResponse, StatedError

_MOST_UNKNOWN = 5


@of_each_error
def description_blank(parsed: "ParsedResponse", error: "StatedError | ParsedResponse") -> "Iterator[Violation]":
    """The description is white space only.

    Documentation: The description is "Not null and not empty" and describes the error in detail.
    Example: `"description": "   "`
    Fix: Describe the error.
    """
    if error.description and not error.description.strip():
        yield Violation(
            "a description of white space only, expected a text",
            partial(place, parsed, "description", error.items),
            expected="a text",
        )


def unknown_property(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """A property is not in the error schema. The schema permits further properties, so the rule is off by default.

    Documentation: The error schema names code, description, data and source.
    Example: `"isRetryable": false`
    Fix: None is needed. To see such properties, set the severity of the rule to `warning`.
    """
    known = parsed.contract.error_schema.get("properties", {})
    unknown = [name for name in parsed.document if name not in known]
    for name in unknown[:_MOST_UNKNOWN]:
        yield Violation(
            partial(_unknown_message, name),
            f"/{escaped(name)}",
            expected=", ".join(known),
            actual=name,
        )


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


def _states_status(parsed: "ParsedResponse") -> bool:
    return "status" in parsed.document


def _unknown_message(name: str) -> str:
    return f"{shown(name)} is not a property of the error schema"


def is_unusual(parsed: "ParsedResponse") -> bool:
    """Return whether a code or a description may be wrong: the pairing is undocumented, or the text is blank or has a brace.

    Of several errors, any may be.
    """
    description, contract = parsed.description, parsed.contract
    return (
        (parsed.exchange.status, parsed.code) not in contract.pairings
        or contract.has_items
        or (description is not None and ("{" in description or description.isspace()))
    )


def place(parsed: "ParsedResponse", member: str, items: tuple[int, ...] = ()) -> str:
    """Return the JSON Pointer of ``code``, ``description``, ``data`` or ``source`` in this contract; `items` are indexes of items."""
    return "".join(f"/{escaped(str(step))}" for step in within(parsed.contract.members.get(member), items) or ())


RULES = (
    rule(description_blank, when=is_unusual),
    rule(unknown_property, documented="off"),
)

RULES_OF_PROBLEMS = (rule(status_differs, observed="warning", when=_states_status),)
"""The rules for contracts whose errors are problem details."""
