"""The Retry-After header of an answer (RFC 9110, section 10.2.3): whole seconds, or an HTTP date."""

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.headers import Headers
from pytest_pcerrors.exchange.http import seconds_to_wait
from pytest_pcerrors.exchange.model import Exchange

_RETRY_AFTER = "retry_after"


def check_retry_after(value: object, name: str = _RETRY_AFTER) -> None:
    """Raise a `UsageError` for a value other than whole seconds, an HTTP date (RFC 9110, section 10.2.3), or None.

    >>> check_retry_after("soon")
    Traceback (most recent call last):
    pytest_pcerrors.errors.UsageError: retry_after: expected whole seconds from 0 or an HTTP date, got 'soon'; set the header itself to send another value
    """
    if value is not None and not _is_readable(value):
        other = "; set the header itself to send another value" if name == _RETRY_AFTER else ""
        raise UsageError(f"{name}: expected whole seconds from 0 or an HTTP date, got {value!r}{other}")


def with_retry_after(exchange: Exchange, time: str) -> Exchange:
    """Return an exchange with this Retry-After header, and with the new seconds in its message.

    >>> with_retry_after(Exchange(429, {"Retry-After": "41"}, b"Wait 41 seconds"), "1").body
    b'Wait 1 seconds'
    """
    body = exchange.body.replace(
        f"Wait {exchange.header('Retry-After')} seconds".encode(), f"Wait {time} seconds".encode()
    )
    headers = Headers(exchange.headers or ()).changed({"Retry-After": time})
    return Exchange(exchange.status, headers, body, exchange.request, exchange.reason)


def _is_readable(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return False
    text = str(value)
    return text.isprintable() and seconds_to_wait(Exchange(429, {"Retry-After": text}, b"")) is not None
