"""Rules about the members of an error object that its schema does not state."""

from typing import TYPE_CHECKING

from pytest_pcerrors.checking.places import escaped
from pytest_pcerrors.checking.showing import shown
from pytest_pcerrors.checking.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.checking.reading import Reading

_MOST_UNKNOWN = 5


def description_blank(reading: "Reading") -> "Iterator[Violation]":
    """A description of white space only.

    Page: "Not null and not empty"; it describes the error in detail.
    Example: `"description": "   "`
    Fix: Say what went wrong.
    """
    if reading.description and not reading.description.strip():
        yield Violation(
            "a description of white space only, expected a text", place(reading, "description"), expected="a text"
        )


def unknown_property(reading: "Reading") -> "Iterator[Violation]":
    """A property that the error schema does not name; the schema permits them, so the rule is off by default.

    Page: names code, description, data and source.
    Example: `"isRetryable": false`
    Fix: Nothing, unless you want to know; then set the rule's severity to `warning`.
    """
    known = reading.contract.error_schema.get("properties", {})
    unknown = [name for name in reading.document if name not in known]
    for name in unknown[:_MOST_UNKNOWN]:
        yield Violation(
            f"{shown(name)} is not a property of the error schema",
            f"/{escaped(name)}",
            expected=", ".join(known),
            actual=name,
        )


def place(reading: "Reading", member: str) -> str:
    """Return the JSON Pointer of ``code``, ``description``, ``data`` or ``source`` in this contract."""
    return "".join(f"/{escaped(step)}" for step in reading.contract.members.get(member, ()))


RULES = (description_blank, unknown_property)
