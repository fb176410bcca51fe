"""Conditions of the rules for the body, and of the ends of their stages."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_pcerrors.rules.parsed_response import ParsedResponse

GATEWAY, MESSAGE = frozenset({"statusCode", "message"}), frozenset({"message"})
"""The members of the envelopes."""


def is_unknown(parsed: "ParsedResponse") -> bool:
    """Return whether the body is unknown."""
    return not parsed.is_body_known


def is_unusual(parsed: "ParsedResponse") -> bool:
    """Return whether a rule of the body may find something: the body is not a plain object, or may be an envelope."""
    return not parsed.is_plain or "message" in parsed.document


def lacks_text(parsed: "ParsedResponse") -> bool:
    """Return whether there is no body, only white space, or a body that is not UTF-8."""
    return not parsed.text or not parsed.text.strip()


def has_problem(parsed: "ParsedResponse") -> bool:
    """Return whether the text is not one JSON value."""
    return parsed.problem is not None


def is_not_object(parsed: "ParsedResponse") -> bool:
    """Return whether the JSON value is not an object."""
    return not parsed.is_object


def is_enveloped(parsed: "ParsedResponse") -> bool:
    """Return whether the body is an envelope after which no further stage runs."""
    return "message" in parsed.document and (has_only(parsed, GATEWAY) or has_only(parsed, MESSAGE))


def has_only(parsed: "ParsedResponse", names: frozenset[str]) -> bool:
    """Return whether the body has exactly these members, unless they are all that the contract requires."""
    keys = parsed.document.keys()
    return (
        len(keys) == len(names) and keys == names and not names >= set(parsed.contract.error_schema.get("required", ()))
    )
