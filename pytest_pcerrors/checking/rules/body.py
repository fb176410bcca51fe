"""Rules on the way from bytes to a JSON object, stage by stage: text, value, object, envelope."""

from typing import TYPE_CHECKING, Any

from pytest_pcerrors.checking.markup import markup_found
from pytest_pcerrors.checking.places import Place, pointer_to
from pytest_pcerrors.checking.showing import cut, shown, typed
from pytest_pcerrors.checking.violation import Violation
from pytest_pcerrors.exchange.encodings import encoding_of
from pytest_pcerrors.jsontext import RepeatedNames, is_cut_off

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.checking.reading import Reading

_UNAUTHORIZED = 401
_JSON_STARTS = tuple('{["<-0123456789')
_CONSTANTS = ("NaN", "Infinity")
_CONTAINERS = (dict, list)
_GATEWAY, _MESSAGE = {"statusCode", "message"}, {"message"}
_MOST_REPEATED = 5


def body_empty(reading: "Reading") -> "Iterator[Violation]":
    """No body, or only white space, on any status but 401; a response to HEAD has none.

    Page: every 4xx and 5xx response holds an error message.
    Example: `HTTP/1.1 500 Internal Server Error` and nothing after the headers
    Fix: Send an error object. A client falls back on status and reason phrase.
    """
    if reading.exchange.status != _UNAUTHORIZED:
        yield from _empty(reading)


def body_empty_unauthorized(reading: "Reading") -> "Iterator[Violation]":
    """No body, or only white space, on a 401.

    Page: every 4xx and 5xx response holds an error message.
    Example: `HTTP/1.1 401 Unauthorized - MFA required` and nothing after the headers
    Fix: Send an error object. A client reads the reason phrase and `WWW-Authenticate`: the real service sends no body here.
    """
    if reading.exchange.status == _UNAUTHORIZED:
        yield from _empty(reading)


def byte_order_mark(reading: "Reading") -> "Iterator[Violation]":
    """The body begins with a UTF-8 byte order mark; the other rules read what follows it.

    Page: shows JSON; RFC 8259, section 8.1, forbids the mark in front of it.
    Example: `EF BB BF 7B 22 63 ...`
    Fix: Send none. A client decodes with `utf-8-sig`, or its JSON parser fails on the first character.
    """
    if reading.has_byte_order_mark:
        yield Violation(
            "a byte order mark (EF BB BF) before the JSON text, expected none", expected="{", actual="EF BB BF"
        )


def body_encoding(reading: "Reading") -> "Iterator[Violation]":
    """The body is not UTF-8.

    Page: shows JSON; RFC 8259, section 8.1, has UTF-8 between systems, whatever charset the header names.
    Example: `{"code": ...}` in UTF-16, or in Latin-1 with an accent
    Fix: Encode the body as UTF-8.
    """
    if reading.text is not None:
        return
    encoding, declared = encoding_of(reading.exchange.body), reading.exchange.header("Content-Encoding")
    if encoding:
        message = f"broken {encoding} data, cut off or followed by something else, instead of UTF-8"
    elif declared:
        message = f"neither {shown(declared)}, as the headers declare, nor UTF-8"
    else:
        message = f"{reading.encoding} instead of UTF-8"
    yield Violation(message, expected="UTF-8", actual=encoding or reading.encoding)


def body_plain_text(reading: "Reading") -> "Iterator[Violation]":
    """The body is plain text, and does not begin as JSON would.

    Page: every error response holds a JSON object.
    Example: `Authentication failed. MFA required.`
    Fix: Send an error object. A client shows the text as it is.
    """
    if reading.problem is not None and not _attempts_json(reading.text):
        yield Violation(
            f"plain text instead of JSON: {shown(reading.text)}", expected="a JSON object", actual="plain text"
        )


def body_not_json(reading: "Reading") -> "Iterator[Violation]":
    """The body looks like JSON or markup but is not one JSON value.

    Page: every error response holds a JSON object.
    Example: `{"code": "800064", "descr` or `<html>` or `{"code": NaN}`
    Fix: Find out who cut, wrapped or wrote the body; a proxy's error page begins with `<`.
    """
    if reading.problem is not None and _attempts_json(reading.text):
        text = str(reading.text).strip()
        yield Violation(
            markup_found(text) or _broken_json(text, reading.problem), expected="a JSON object", actual=shown(text)
        )


def duplicate_key(reading: "Reading") -> "Iterator[Violation]":
    """A name is in one object more than once; the other rules see its last value.

    Page: shows JSON; RFC 8259, section 4, has names unique, and parsers differ on which value wins.
    Example: `{"code": "800064", "code": "800061"}`
    Fix: Write each name once.
    """
    found = 0
    for place, names in _repeated(reading.document):
        for name in names:
            found += 1
            if found > _MOST_REPEATED:
                return
            yield Violation(
                f"{shown(name)} more than once in one object, expected once",
                pointer_to(Place(place, name)),
                expected="each name once",
            )


def body_not_object(reading: "Reading") -> "Iterator[Violation]":
    """The body is JSON but not an object.

    Page: every error response holds a JSON object.
    Example: `"Customer tagging denied."`
    Fix: Send an error object. A client shows a bare string as it is.
    """
    if not reading.is_object:
        yield Violation(
            f"{typed(reading.document)} instead of a JSON object",
            expected="a JSON object",
            actual=shown(reading.document),
        )


def gateway_envelope(reading: "Reading") -> "Iterator[Violation]":
    """The body is the gateway's: exactly `statusCode` and `message`.

    Page: every error response holds code, description and source.
    Example: `{"statusCode": 429, "message": "Rate limit is exceeded. Try again in 57 seconds."}`
    Fix: A mock of the service sends the documented object. A client reads `message` here, and `Retry-After`.
    """
    return _envelope(reading, _GATEWAY, "the gateway's envelope")


def message_only(reading: "Reading") -> "Iterator[Violation]":
    """The body holds `message` and nothing else.

    Page: every error response holds code, description and source.
    Example: `{"message": "Access denied."}`
    Fix: A mock of the service sends the documented object. A client reads `message` here.
    """
    return _envelope(reading, _MESSAGE, "only a message")


def is_enveloped(reading: "Reading") -> bool:
    """Return whether a body is one of the envelopes after which no further stage runs."""
    return _has_only(reading, _GATEWAY) or _has_only(reading, _MESSAGE)


def _empty(reading: "Reading") -> "Iterator[Violation]":
    request = reading.exchange.request
    if reading.is_empty and (request is None or request.method != "HEAD"):
        found = "a body of white space only" if reading.text else "no body"
        yield Violation(f"{found} instead of a JSON object", expected="a JSON object", actual="nothing")


def _broken_json(text: str, problem: str) -> str:
    if is_cut_off(text):
        return f"JSON that is cut off after {len(text)} characters, expected a whole JSON object"
    return f"not JSON, expected a JSON object: {cut(problem, 120)}"


def _attempts_json(text: str | None) -> bool:
    stripped = (text or "").strip()
    return stripped.startswith(_JSON_STARTS) or stripped in _CONSTANTS


def _repeated(document: Any) -> "Iterator[tuple[Place | None, tuple[str, ...]]]":
    """Yield the place of every object with repeated names, and these names; without recursion, whatever the depth."""
    waiting: list[tuple[Place | None, Any]] = [(None, document)] if isinstance(document, _CONTAINERS) else []
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, RepeatedNames):
            yield place, value.names
        members = value.items() if isinstance(value, dict) else enumerate(value)
        inside = [(Place(place, step), each) for step, each in members if each and isinstance(each, _CONTAINERS)]
        waiting += reversed(inside)


def _envelope(reading: "Reading", names: set[str], what: str) -> "Iterator[Violation]":
    if _has_only(reading, names):
        text = reading.document["message"]
        quoted = f": {shown(text)}" if isinstance(text, str) else ""
        yield Violation(
            f"{what} instead of an error object{quoted}", expected="an error object", actual=shown(reading.document)
        )


def _has_only(reading: "Reading", names: set[str]) -> bool:
    """Return whether the body has only these members, and they are not what this contract itself requires."""
    keys = reading.document.keys()
    return (
        len(keys) == len(names)
        and keys == names
        and not names >= set(reading.contract.error_schema.get("required", ()))
    )


TEXT_RULES = (body_empty, body_empty_unauthorized, byte_order_mark, body_encoding)
VALUE_RULES = (body_plain_text, body_not_json, duplicate_key)
OBJECT_RULES = (body_not_object,)
ENVELOPE_RULES = (gateway_envelope, message_only)
