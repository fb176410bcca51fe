"""Mutators for the rules of members that the error schema cannot express, of the catalogue, and of an error in a success."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.simulation._plausible import fill_in
from pytest_pcerrors.simulation.mutation._base import Base, Variant
from pytest_pcerrors.simulation.synthesis import synthesize_status

_BLANKS = {"space": " ", "line-break": "\r\n", "tab": "\t", "no-break-space": "\N{NO-BREAK SPACE}"}
_UNKNOWN = {
    "flag": ("isRetryable", False),
    "text": ("message", "The request failed."),
    "object": ("innerError", {"code": "InternalServerError"}),
    "null": ("target", None),
    "empty-name": ("", "text"),
    "proto": ("__proto__", {}),
}
_KEPT = "\N{REPLACEMENT CHARACTER}"
_TEXT = "The item was not processed."


def description_blank(base: Base) -> Iterator[Variant]:
    """Describe the error with white space; as much of it as there was text, if one character is too short."""
    description: Any = base.member("description")
    if isinstance(description, str):
        for variant, text in _BLANKS.items():
            yield variant, base.with_member("description", text)
            yield variant, base.with_member("description", text * len(description))


def unknown_property(base: Base) -> Iterator[Variant]:
    """Add a property: usual names, and those that confuse a client."""
    if isinstance(base.document, dict):
        for variant, (name, value) in _UNKNOWN.items():
            yield variant, base.with_document({**base.document, name: value})


def status_differs(base: Base) -> Iterator[Variant]:
    """State other statuses than the one of the response."""
    if isinstance(base.document, dict):
        for status in (400, 500, 200):
            yield str(status), base.with_document({**base.document, "status": status})


def code_unknown(base: Base) -> Iterator[Variant]:
    """Send codes that look like the documented one, a word, and an empty code."""
    code = base.member("code")
    if code is None:
        return
    for variant, text in _codes_like(str(code), base):
        number = isinstance(code, int) and text.isdecimal()
        yield variant, base.with_member("code", int(text) if number else text)


def _codes_like(code: str, base: Base) -> Iterator[tuple[str, str]]:
    known = base.contract.catalogue
    if code.isdecimal():
        following = (str(int(code) + step).zfill(len(code)) for step in count(1))
        yield "next", next(each for each in following if each not in known)
    yield "longer", f"{code}0"
    yield "longer", f"{code}{code[-1:]}"  # which a pattern of the code may permit
    yield "leading-zero", f"0{code}"
    yield "space", f"{code} "
    yield "word", "InternalServerError"
    yield "empty", ""


def pairing(base: Base) -> Iterator[Variant]:
    """Send the code with every other status that has codes."""
    for status in sorted(base.contract.paired_statuses - {base.exchange.status}):
        yield str(status), base.with_status(status)


def description_placeholder(base: Base) -> Iterator[Variant]:
    """Leave each placeholder of the template unfilled, and all of them; for an unknown code, add one."""
    if base.member("description") is None:
        return
    for entry in base.entries:
        for template in entry.templates:
            yield from _unfilled(template, entry, base)
    if not base.entries:
        yield "0", base.with_member("description", f"{base.member('description')} {{0}}")


def _unfilled(template: str, entry: Entry, base: Base) -> Iterator[Variant]:
    for placeholder in sorted(entry.placeholders):
        if placeholder in template:
            text = template.replace(placeholder, _KEPT)
            others = fill_in(text, lambda: "7")
            yield placeholder.strip("{}"), base.with_member("description", others.replace(_KEPT, placeholder))
    yield "all", base.with_member("description", template)


def description_template(base: Base) -> Iterator[Variant]:
    """Describe the error with another text, in other letters, and without the end of the text."""
    text: Any = base.member("description")
    if isinstance(text, str):
        yield "other", base.with_member("description", "Something went wrong.")
        yield "upper-case", base.with_member("description", text.upper())
        yield "truncated", base.with_member("description", text[:-1])
        yield "prefix", base.with_member("description", f"Error: {text}")


def error_in_success(base: Base) -> Iterator[Variant]:
    """Send an error as the whole body, in a list of errors, and in an item; for Partner Center as its service does, also of a device."""
    code = next(iter(base.contract.catalogue.codes), "7")
    known = base.document if isinstance(base.document, dict) else {}
    if not base.contract.is_partner_center:
        yield "list", base.with_document({**known, "errors": [{"code": code, "message": _TEXT}]})
        yield "member", base.with_document({**known, "error": {"code": code, "message": _TEXT}})
        yield "item", base.with_document({**known, "items": [{"error": _TEXT}]})
        if base.contract.catalogue:
            yield "body", base.with_body(synthesize_status(base.exchange.status, base.contract).body)
        return
    yield "list", base.with_document({**known, "orderErrors": [{"code": 10003, "description": _TEXT}]})
    of_item = {"errorCode": 10006, "errorDescription": _TEXT}
    yield "item", base.with_document({**known, "lineItems": [{"error": of_item}]})
    yield "device", base.with_document({**known, "devices": [{"errorCode": "806", "errorDescription": _TEXT}]})
    yield "member", base.with_document({**known, "error": {"code": code, "message": _TEXT}})
    yield "body", base.with_document({"code": code, "description": _TEXT, "data": [], "source": "PartnerFD"})
