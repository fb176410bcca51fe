"""Mutators for the rules of the status and the headers."""

from collections.abc import Iterator

from pytest_pcerrors.simulation.mutation._base import Base, Variant

_UNUSUAL = (418, 451, 499, 511, 599)
_MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "plain-text": "text/plain",
    "xml": "application/xml",
    "text-json": "text/json",
    "unknown": "application/octet-stream",
    "empty": "",
    "absent": None,
}
_WAITS = {
    "absent": None,
    "empty": "",
    "word": "soon",
    "unit": "57s",
    "negative": "-1",
    "fraction": "0.5",
    "timestamp": "2026-01-05T08:00:00Z",
}


def status_undocumented(base: Base) -> Iterator[Variant]:
    """Send statuses that hardly any contract has."""
    for status in _UNUSUAL:
        yield str(status), base.with_status(status)


def content_type(base: Base) -> Iterator[Variant]:
    """Send the media types of other bodies, an empty one, and none."""
    for variant, value in _MEDIA_TYPES.items():
        yield variant, base.with_header("Content-Type", value)


def challenge_missing(base: Base) -> Iterator[Variant]:
    """Send no challenge, or an empty one."""
    yield "absent", base.with_header("WWW-Authenticate", None)
    yield "empty", base.with_header("WWW-Authenticate", "")


def challenge_other(base: Base) -> Iterator[Variant]:
    """Send the challenges of other schemes, and the scheme of the contract alone."""
    yield "bearer", base.with_header("WWW-Authenticate", 'Bearer error="invalid_token"')
    yield "basic", base.with_header("WWW-Authenticate", 'Basic realm="service"')
    yield "scheme-only", base.with_header("WWW-Authenticate", (base.contract.challenge or "").partition(" ")[0])


def retry_after(base: Base) -> Iterator[Variant]:
    """Send no delay, and delays that are neither seconds nor an HTTP date."""
    for variant, value in _WAITS.items():
        yield variant, base.with_header("Retry-After", value)
