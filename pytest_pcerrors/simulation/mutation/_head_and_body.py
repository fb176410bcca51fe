"""Mutators for the rules of the status, the headers and the body, from bytes to a JSON object."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_pcerrors.simulation.mutation._base import Base, Mutator, Variant, replaced

_UNUSUAL = (418, 451, 499, 511, 599)
_DEPTH = 100_000
_DIGITS = 5_000
_DEEPEST = 5
_ANOTHER = "\N{REPLACEMENT CHARACTER}again"


def _of_header(name: str, values: Mapping[str, str | None]) -> Mutator:
    """Return the mutator that sends other values of a header, or, with None, no header."""
    return lambda base: ((variant, base.with_header(name, value)) for variant, value in values.items())


def _of_body(bodies: Mapping[str, bytes]) -> Mutator:
    """Return the mutator that sends other bodies."""
    return lambda base: ((variant, base.with_body(body)) for variant, body in bodies.items())


def status_undocumented(base: Base) -> Iterator[Variant]:
    """Send statuses that hardly any contract has."""
    for status in _UNUSUAL:
        yield str(status), base.with_status(status)


content_type = _of_header(
    "Content-Type",
    {
        "html": "text/html; charset=utf-8",
        "plain-text": "text/plain",
        "xml": "application/xml",
        "text-json": "text/json",
        "unknown": "application/octet-stream",
        "empty": "",
        "absent": None,
    },
)
challenge_missing = _of_header("WWW-Authenticate", {"absent": None, "empty": ""})


def challenge_other(base: Base) -> Iterator[Variant]:
    """Send the challenges of other schemes, and the scheme of the contract alone."""
    yield "bearer", base.with_header("WWW-Authenticate", 'Bearer error="invalid_token"')
    yield "basic", base.with_header("WWW-Authenticate", 'Basic realm="service"')
    yield "scheme-only", base.with_header("WWW-Authenticate", (base.contract.challenge or "").partition(" ")[0])


retry_after = _of_header(
    "Retry-After",
    {
        "absent": None,
        "empty": "",
        "word": "soon",
        "unit": "57s",
        "negative": "-1",
        "fraction": "0.5",
        "timestamp": "2026-01-05T08:00:00Z",
    },
)
body_empty = body_empty_unauthorized = _of_body({"absent": b"", "space": b" ", "line-breaks": b"\r\n\r\n"})


def byte_order_mark(base: Base) -> Iterator[Variant]:
    """Send a byte order mark first."""
    yield "", base.with_text(f"\N{ZERO WIDTH NO-BREAK SPACE}{base.text}")


def body_encoding(base: Base) -> Iterator[Variant]:
    """Send the same text in other encodings; those that have ASCII in them get a letter that shows."""
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield encoding, base.with_body(base.text.encode(encoding))
    text = json.dumps(_with_text(base, "\xe9"), ensure_ascii=False)
    yield "latin-1", base.with_body(text.encode("latin-1", "replace"))
    text = json.dumps(_with_text(base, "\N{RIGHT SINGLE QUOTATION MARK}"), ensure_ascii=False)
    yield "windows-1252", base.with_body(text.encode("cp1252", "replace"))


def body_plain_text(base: Base) -> Iterator[Variant]:
    """Send a text instead of an object."""
    yield "sentence", base.with_text("The request failed.")
    yield "reason", base.with_text(base.contract.phrase(base.exchange.status))
    yield "pairs", base.with_text(f"code={base.member('code')}")


def body_not_json(base: Base) -> Iterator[Variant]:
    """Send what is nearly JSON, and markup."""
    text, reason = base.text, base.contract.reason(base.exchange.status)
    yield "truncated", base.with_text(text[:-1])
    yield "half", base.with_text(text[: len(text) // 2 or 1])
    yield "trailing-text", base.with_text(f"{text} OK")
    yield "twice", base.with_text(f"{text}\n{text}")
    yield "trailing-comma", base.with_text(f"{text[:-1]},}}")
    yield "single-quotes", base.with_text(text.replace('"', "'"))
    yield "comment", base.with_text(f"{text[:-1]} /* more */}}")
    for constant in ("NaN", "Infinity"):
        yield constant.lower(), base.with_text(_with_value(base, constant))
    yield "long-number", base.with_text(_with_value(base, "1" * _DIGITS))
    yield "too-deep", base.with_text(_with_value(base, "[" * _DEPTH + "]" * _DEPTH))
    yield "line-break", base.with_text(_with_value(base, '"a\nb"'))
    yield "html", base.with_text(f"<html><head><title>{reason}</title></head><body><h1>{reason}</h1></body></html>")
    yield "xml", base.with_text(f'<?xml version="1.0"?><Error><Message>{reason}</Message></Error>')


def duplicate_key(base: Base) -> Iterator[Variant]:
    """Write each name of the body twice, first with another value."""
    for path, names in _objects(base.document, ()):
        for name, value in names.items():
            members = {f"{name}{_ANOTHER}": None if value else "other", **names}
            text = json.dumps(replaced(base.document, path, members))
            once = json.dumps(f"{name}{_ANOTHER}")
            yield "-".join((*path, name)), base.with_text(text.replace(once, json.dumps(name)))


def body_not_object(base: Base) -> Iterator[Variant]:
    """Send JSON that is not an object."""
    yield "array", base.with_document([base.document])
    yield "empty-array", base.with_document([])
    yield "string", base.with_document(base.text)
    yield "text", base.with_document("The request failed.")
    yield "number", base.with_document(base.exchange.status)
    yield "boolean", base.with_document(document=False)
    yield "null", base.with_document(None)


def gateway_envelope(base: Base) -> Iterator[Variant]:
    """Send the envelope of the gateway: with a number and with a text as its status."""
    status = base.exchange.status
    yield "number", base.with_document({"statusCode": status, "message": "The request failed."})
    yield "text", base.with_document({"statusCode": str(status), "message": "The request failed."})


message_only = _of_body({"text": b'{"message": "The request failed."}', "null": b'{"message": null}'})


def _with_text(base: Base, letters: str) -> Any:
    """Return the document with these letters at the end of its first text."""
    for path, members in _objects(base.document, ()):
        for name, value in members.items():
            if isinstance(value, str):
                return replaced(base.document, (*path, name), f"{value}{letters}")
    return base.document


def _objects(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield the path and the members of a value that is an object, and of the objects in it, down to a maximum depth."""
    if isinstance(value, dict) and len(path) < _DEEPEST:
        yield path, value
        for name, inner in value.items():
            yield from _objects(inner, (*path, name))


def _with_value(base: Base, text: str) -> str:
    """Return the body with one more member, whose value is a text that is not JSON."""
    comma = ", " if base.document else ""
    return f'{base.text[:-1]}{comma}"more": {text}}}'
