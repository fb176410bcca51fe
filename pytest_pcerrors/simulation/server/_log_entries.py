"""Requests of the log as JSON objects, without secrets; a secret in a header can be compared, but not read."""

from hashlib import blake2b
from secrets import token_bytes
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from pytest_pcerrors.exchange.headers import Headers
from pytest_pcerrors.redaction import Redaction

if TYPE_CHECKING:
    from pytest_pcerrors.simulation.server._request_log import Received

_BYTES_OF_FINGERPRINT = 4


class LogEntries:
    """Makes the entries of one log. Fingerprints depend on a random key, so that nobody can find a value by guessing.

    >>> from pytest_pcerrors.simulation.server import Received
    >>> request = Received("GET", "/v1?size=2", Headers({"Accept": "*/*"}), b"", monotonic(), 429, "gateway-429", 1)
    >>> LogEntries().entry(request)["headers"], LogEntries().entry(request)["query"]
    ({'Accept': '*/*'}, {'size': ['2']})
    """

    def __init__(self) -> None:
        self._start = monotonic()
        self._key = token_bytes()
        self._redaction = Redaction()

    def entry(self, received: "Received") -> dict[str, object]:
        """Return the entry of a request; `time` is in seconds since the start of the server."""
        target = self._redaction.url(received.target)
        encoding = received.headers.get("Content-Encoding")
        return {
            "number": received.number,
            "method": received.method,
            "path": urlsplit(target).path or "/",
            "query": parse_qs(urlsplit(target).query, keep_blank_values=True),
            "headers": self._headers(received.headers),
            "body": self._redaction.body(received.body, encoding).decode("utf-8", "backslashreplace"),
            "time": round(received.time - self._start, 3),
            "status": received.status,
            "answer": received.answer,
        }

    def _headers(self, headers: Headers) -> dict[str, str]:
        """Return the headers by name; the values of a repeated one are joined by commas (RFC 9110, section 5.3)."""
        names: dict[str, str] = {}
        for name, _ in headers:
            names.setdefault(name.lower(), name)
        return {name: ", ".join(self._value(name, each) for each in headers.all(name)) for name in names.values()}

    def _value(self, name: str, value: str) -> str:
        """Return a value; one with a secret is hidden, and has a fingerprint of the whole value."""
        hidden = self._redaction.header(name, value)
        if hidden == value:
            return value
        fingerprint = blake2b(value.encode("utf-8", "replace"), key=self._key, digest_size=_BYTES_OF_FINGERPRINT)
        return f"{hidden} #{fingerprint.hexdigest()}"
