"""The Retry-After header that a test gives an answer."""

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import seconds_to_wait
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.simulation.server._answers import Answer
from pytest_pcerrors.simulation.server._faults import Faults


def check_retry_after(value: object) -> None:
    """Raise a `UsageError` for a value other than whole seconds, an HTTP date (RFC 9110, section 10.2.3), or None.

    >>> check_retry_after("soon")
    Traceback (most recent call last):
    pytest_pcerrors.errors.UsageError: retry_after: expected whole seconds from 0 or an HTTP date, got 'soon'; respond() sends any header
    """
    if value is not None and not _is_readable(value):
        raise UsageError(
            f"retry_after: expected whole seconds from 0 or an HTTP date, got {value!r}; respond() sends any header"
        )


def with_overrides(answer: Answer, retry_after: int | str | None, faults: Faults) -> Answer:
    """Return an answer with further faults and, if one is given, another Retry-After header."""
    check_retry_after(retry_after)
    exchange = answer.exchange if retry_after is None else _waiting(answer.exchange, str(retry_after))
    return Answer(exchange, answer.name, {**answer.faults, **faults})


def _is_readable(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return False
    text = str(value)
    return text.isprintable() and seconds_to_wait(Exchange(429, {"Retry-After": text}, b"")) is not None


def _waiting(exchange: Exchange, time: str) -> Exchange:
    """Return an exchange with this Retry-After header, and with the new seconds in its message."""
    kept = [(name, value) for name, value in exchange.headers or () if name.lower() != "retry-after"]
    body = exchange.body.replace(
        f"Wait {exchange.header('Retry-After')} seconds".encode(), f"Wait {time} seconds".encode()
    )
    headers = [*kept, ("Retry-After", time)]
    return Exchange(exchange.status, headers, body, exchange.request, exchange.reason)
