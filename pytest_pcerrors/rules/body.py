"""Rules for the body, from bytes to a JSON object. Their stages: text, value, object, envelope."""

import re
from functools import partial
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING

from pytest_pcerrors.exchange.encodings import encoding_of
from pytest_pcerrors.jsontext import Place, is_cut_off, repeated_names
from pytest_pcerrors.rules.paths import pointer_to
from pytest_pcerrors.rules.rule import MOST_FOUND, rule
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import shown, typed
from pytest_pcerrors.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.rules.parsed_response import ParsedResponse

_UNAUTHORIZED = HTTPStatus.UNAUTHORIZED.value
_JSON_STARTS = tuple('{["<-0123456789')
_CONSTANTS = ("NaN", "Infinity")
IN_ENVELOPES = "message"
"""The member that every envelope has."""

_GATEWAY, _MESSAGE = frozenset({"statusCode", IN_ENVELOPES}), frozenset({IN_ENVELOPES})
_LONGEST_HEAD = 4096
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,400})", re.IGNORECASE)


def body_empty(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """A response with a status other than 401 has no body, or only white space. A response to HEAD needs no body.

    Documentation: Every 4xx and 5xx response contains an error message.
    Example: `HTTP/1.1 500 Internal Server Error` and nothing after the headers
    Fix: Send an error object. A client falls back on the status and the reason phrase.
    """
    if parsed.exchange.status != _UNAUTHORIZED:
        yield from _empty(parsed)


def body_empty_unauthorized(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """A 401 response has no body, or only white space. A response to HEAD needs no body.

    Documentation: Every 4xx and 5xx response contains an error message.
    Example: `HTTP/1.1 401 Unauthorized - MFA required` and nothing after the headers
    Fix: Send an error object. A client reads the reason phrase and the header `WWW-Authenticate`, because the real service sends no body here.
    """
    if parsed.exchange.status == _UNAUTHORIZED:
        yield from _empty(parsed)


def byte_order_mark(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """The body begins with a UTF-8 byte order mark. The other rules check the text after it.

    Documentation: The page shows bodies in JSON. RFC 8259, section 8.1, forbids a byte order mark before JSON text.
    Example: `EF BB BF 7B 22 63 ...`
    Fix: Send no byte order mark. A client decodes with `utf-8-sig`, otherwise its JSON parser fails on the first character.
    """
    if parsed.has_byte_order_mark:
        yield Violation(
            "a byte order mark (EF BB BF) before the JSON text, expected none", expected="{", actual="EF BB BF"
        )


def body_encoding(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """The body is not UTF-8.

    Documentation: The page shows bodies in JSON. RFC 8259, section 8.1, requires UTF-8 between systems, whatever charset the header names.
    Example: `{"code": ...}` in UTF-16, or in Latin-1 with an accent
    Fix: Encode the body as UTF-8.
    """
    if parsed.text is not None:
        return
    encoding = encoding_of(parsed.exchange.body)
    yield Violation(partial(_wrong_encoding, parsed, encoding), expected="UTF-8", actual=encoding or parsed.encoding)


def body_plain_text(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """The body is plain text that does not begin like JSON.

    Documentation: Every error response contains a JSON object.
    Example: `Authentication failed. MFA required.`
    Fix: Send an error object. A client shows the text as it is.
    """
    if parsed.problem is not None and not _attempts_json(parsed.text):
        yield Violation(
            lambda: f"plain text instead of JSON: {shown(parsed.text)}", expected="a JSON object", actual="plain text"
        )


def body_not_json(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """The body looks like JSON or markup but is not one JSON value.

    Documentation: Every error response contains a JSON object.
    Example: `{"code": "800064", "descr` or `<html>` or `{"code": NaN}`
    Fix: Find the server or proxy that truncated, wrapped or wrote the body. An error page of a proxy begins with `<`.
    """
    if parsed.problem is not None and _attempts_json(parsed.text):
        text = str(parsed.text).strip()
        yield Violation(
            lambda: _markup(text) or _broken_json(text, str(parsed.problem)),
            expected="a JSON object",
            actual=lambda: shown(text),
        )


def duplicate_key(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """An object has the same name more than once. The other rules check its last value.

    Documentation: The page shows bodies in JSON. RFC 8259, section 4, asks for unique names; parsers differ in which value they use.
    Example: `{"code": "800064", "code": "800061"}`
    Fix: Write each name once.
    """
    if parsed.problem is None:
        for place in islice(repeated_names(parsed.document), MOST_FOUND):
            yield Violation(partial(_repeated_message, place), partial(pointer_to, place), expected="each name once")


def body_not_object(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """The body is JSON but not an object.

    Documentation: Every error response contains a JSON object.
    Example: `"Customer tagging denied."`
    Fix: Send an error object. A client shows a bare string as it is.
    """
    if not parsed.is_object:
        yield Violation(
            lambda: f"{typed(parsed.document)} instead of a JSON object",
            expected="a JSON object",
            actual=lambda: shown(parsed.document),
        )


def gateway_envelope(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """The body is the envelope of the gateway: exactly `statusCode` and `message`.

    Documentation: Every error response has code, description and source.
    Example: `{"statusCode": 429, "message": "Rate limit is exceeded. Try again in 57 seconds."}`
    Fix: A mock of the service sends the documented error object. A client reads `message` here, and `Retry-After`.
    """
    return _envelope(parsed, _GATEWAY, "the gateway's envelope")


def message_only(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """The body has the member `message` and no other.

    Documentation: Every error response has code, description and source.
    Example: `{"message": "Access denied."}`
    Fix: A mock of the service sends the documented error object. A client reads `message` here.
    """
    return _envelope(parsed, _MESSAGE, "only a message")


def _empty(parsed: "ParsedResponse") -> "Iterator[Violation]":
    request = parsed.exchange.request
    if parsed.is_empty and (request is None or request.method != "HEAD"):
        found = "a body of white space only" if parsed.text else "no body"
        yield Violation(f"{found} instead of a JSON object", expected="a JSON object", actual="nothing")


def _repeated_message(place: Place) -> str:
    return f"{shown(place.step)} more than once in one object, expected once"


def _wrong_encoding(parsed: "ParsedResponse", encoding: str | None) -> str:
    declared = parsed.exchange.header("Content-Encoding")
    if encoding:
        return f"broken {encoding} data, cut off or followed by something else, instead of UTF-8"
    if declared:
        return f"neither {shown(declared)}, as the headers declare, nor UTF-8"
    return f"{parsed.encoding} instead of UTF-8"


def _broken_json(text: str, problem: str) -> str:
    if is_cut_off(text):
        return f"JSON that is cut off after {len(text)} characters, expected a whole JSON object"
    return f"not JSON, expected a JSON object: {cut(problem, 120)}"


def _attempts_json(text: str | None) -> bool:
    stripped = (text or "").strip()
    return stripped.startswith(_JSON_STARTS) or stripped in _CONSTANTS


def _markup(text: str) -> str:
    """Return a message for a text that begins like markup, with the title of an HTML page; empty for any other text."""
    if not text.startswith("<"):
        return ""
    head = text[:_LONGEST_HEAD]
    if _HTML.search(head):
        title = _TITLE.search(head)
        words = " ".join(title[1].split()) if title else ""
        return f"an HTML page instead of JSON{f': {shown(words)}' if words else ''}"
    return f"{'an XML document' if head.startswith('<?xml') else 'markup'} instead of JSON"


def _envelope(parsed: "ParsedResponse", names: frozenset[str], what: str) -> "Iterator[Violation]":
    if _has_only(parsed, names):
        text = parsed.document[IN_ENVELOPES]
        yield Violation(
            lambda: f"{what} instead of an error object{f': {shown(text)}' if isinstance(text, str) else ''}",
            expected="an error object",
            actual=lambda: shown(parsed.document),
        )


def _has_only(parsed: "ParsedResponse", names: frozenset[str]) -> bool:
    """Return whether the body has exactly these members, unless they are all that the contract requires."""
    keys = parsed.document.keys()
    return (
        len(keys) == len(names) and keys == names and not names >= set(parsed.contract.error_schema.get("required", ()))
    )


def is_enveloped(parsed: "ParsedResponse") -> bool:
    """Return whether the body is an envelope after which no further stage runs."""
    return IN_ENVELOPES in parsed.document and (_has_only(parsed, _GATEWAY) or _has_only(parsed, _MESSAGE))


def is_unusual(parsed: "ParsedResponse") -> bool:
    """Return whether a rule of this module may find something: the body is not a plain object, or may be an envelope."""
    return not parsed.is_plain or IN_ENVELOPES in parsed.document


RULES = (
    rule(body_empty, "text"),
    rule(body_empty_unauthorized, "text", observed="warning"),
    rule(byte_order_mark, "text", observed="warning"),
    rule(body_encoding, "text"),
    rule(body_plain_text, "value", observed="warning"),
    rule(body_not_json, "value"),
    rule(duplicate_key, "value"),
    rule(body_not_object, "object", observed="warning"),
    rule(gateway_envelope, "envelope", observed="warning"),
    rule(message_only, "envelope", observed="warning"),
)
