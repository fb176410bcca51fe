"""The assertion `assert_preserved`: the error of a client has the facts of the response."""

from collections.abc import Callable, Mapping
from typing import Any

from pytest_pcerrors.clients import ClientViolation
from pytest_pcerrors.clients._facts import Fact, elsewhere, facts_of
from pytest_pcerrors.clients._texts import raised, repr_of
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.policy.check import current
from pytest_pcerrors.reporting.failure import context_lines, status_line, violation_lines
from pytest_pcerrors.reporting.finding_data import response_data
from pytest_pcerrors.rules.parsed_response import ParsedResponse, read
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import safe, shown
from pytest_pcerrors.text import counted, cut, nearest, represented

__tracebackhide__ = True  # pytest leaves out the frames of this module, so a failing test shows its own line
_LONGEST = 60
_OF_EXCEPTIONS = frozenset(dir(BaseException)) - {"args"}
Where = str | Callable[[Any], object]
"""A place of a value: an attribute path such as "error.code", "args.0", "body.code", or a function of the object."""


def assert_preserved(  # noqa: PLR0913 - one keyword a fact
    caught: object,
    response: object,
    *,
    code: Where | None = None,
    description: Where | None = None,
    correlation_id: Where | None = None,
    request_id: Where | None = None,
    retry_after: Where | None = None,
) -> None:
    """Assert that the error of a client has the facts of the response that caused it.

    `caught` is the exception of the client, the result of `pytest.raises`, or any object or mapping that the client returned. `response`
    is anything that `check` accepts, or a simulation, of which the last response is meant. Each keyword is the place of a fact in
    `caught`: an attribute path, whose steps are attributes, keys or indexes ("code", "error.code", "args.0"), or a function of `caught`.

    A code is compared as text, so the number 800064 equals "800064"; identifiers without letter case; `retry_after` as a number of
    seconds, which may be an int, a float, digits, a timedelta, or a datetime. A fact that the response does not have is not compared.

    Raises `ClientViolation`, an `AssertionError`, with every lost fact at once. Raises `UsageError` if no place is given, or if an
    argument is neither a response nor a place.

    >>> from pytest_pcerrors import assert_preserved
    >>> response = (409, b'{"code": "800064", "description": "Cart 7 is busy", "source": "PartnerFD"}')
    >>> class ApiError(Exception):
    ...     code, text = 800064, "Conflict"
    >>> assert_preserved(ApiError(), response, code="code", description="text")
    Traceback (most recent call last):
    pytest_pcerrors.clients.ClientViolation: ApiError lost 1 of 2 facts of 409 Conflict:
      description-lost  /description  "Cart 7 is busy", the client has "Conflict"
    body: {"code": "800064", "description": "Cart 7 is busy", "source": "PartnerFD"}
    """
    facts = {"code": code, "description": description, "correlation_id": correlation_id, "request_id": request_id}
    places = _given({**facts, "retry_after": retry_after})
    subject, exchange = _unwrapped(caught), current().locate(_exchange(response))
    parsed = read(exchange, current().policy.of(exchange).contract)
    compared = [fact for fact in facts_of(parsed) if fact.name in places]
    lost = [found for fact in compared if (found := _lost(fact, places[fact.name], subject))]
    if lost:
        raise ClientViolation(_message(type(subject).__name__, lost, len(compared), parsed), lost)


def _given(places: Mapping[str, Where | None]) -> dict[str, Where]:
    """Return the places that were given; a wrong one, or none at all, is a `UsageError`."""
    given = {name: where for name, where in places.items() if where is not None}
    if not given:
        raise UsageError(
            f'nothing to compare: give the place of a fact, such as code="code"; facts: {", ".join(places)}'
        )
    for name, where in given.items():
        is_path = isinstance(where, str) and all(where.split("."))
        if not is_path and not callable(where):
            raise UsageError(
                f'{name}: expected an attribute path such as "error.code", or a function, got {represented(where)}'
            )
    return given


def _exchange(response: object) -> Exchange:
    """Return the exchange of a response, or the last one of a simulation."""
    received = getattr(response, "exchanges", None)
    if not isinstance(received, list):
        return Exchange.of(response)
    if not received:
        raise UsageError("the simulation has answered no request yet, so there is no response to compare with")
    return Exchange.of(received[-1])


def _unwrapped(caught: Any) -> object:
    """Return the exception of a `pytest.ExceptionInfo`, and anything else as it is."""
    if isinstance(getattr(caught, "exchanges", None), list):
        raise UsageError("expected the exception first and then the response, got a simulation first")
    if type(caught).__name__ != "ExceptionInfo" or isinstance(caught, Mapping):
        return caught
    try:
        return caught.value
    except AssertionError:
        raise UsageError("pytest.raises has caught nothing yet; use it after its `with` block") from None


def _lost(fact: Fact, where: Where, subject: object) -> Violation | None:
    """Return the violation for a fact that the client does not have at its place."""
    try:
        value = value_at(subject, where)
    except LookupError as error:
        actual = str(error)
    else:
        if fact.equals(value):
            return None
        actual = f"the client has {object_text(value)}"
    rule = f"{fact.name.replace('_', '-')}-lost"
    wanted = f"{fact.text} s" if fact.name == "retry_after" else shown(fact.text)
    return Violation(f"{wanted}, {actual}", fact.place, wanted, actual, elsewhere(fact, subject), rule)


def _message(kind: str, lost: list[Violation], compared: int, parsed: ParsedResponse) -> str:
    exchange = current().place(parsed.exchange)
    finding = response_data(exchange, lost, parsed.contract, origin=exchange.origin or "")
    headline = f"{kind} lost {len(lost)} of {counted(compared, 'fact')} of {status_line(finding)}:"
    return "\n".join([headline, *violation_lines(finding["violations"]), *context_lines(finding)])


def value_at(subject: object, where: Where) -> Any:
    """Return the value at a place of an object; whatever the object raises is a `LookupError` that says what prevented it."""
    if callable(where):
        try:
            return where(subject)
        except Exception as error:  # noqa: BLE001 - the function is the user's, and reads what may not exist
            raise LookupError(f"the function raised {raised(error)}") from None
    value: Any = subject
    path = ""
    for step in where.split("."):
        value = _step(value, step, path or type(subject).__name__)
        path = f"{path}.{step}" if path else step
    return value


def object_text(value: object) -> str:
    """Return a short description of any object, on one line and without secrets."""
    if isinstance(value, str):
        return shown(str(value))
    return cut(safe(repr_of(value)), _LONGEST)


def _step(value: Any, step: str, path: str) -> Any:
    """Return the member of a mapping, the attribute of an object, or the item of a sequence; `path` is that of the value."""
    if isinstance(value, Mapping) and step in value:
        return value[step]
    try:
        return getattr(value, step)
    except AttributeError:
        pass
    except Exception as error:  # noqa: BLE001 - a property of the client's
        raise LookupError(f'{path} has an attribute "{step}" that raised {raised(error)}') from None
    if step.lstrip("-").isdecimal():
        try:
            return value[int(step)]
        except (LookupError, TypeError):
            raise LookupError(f"{path} has no item {step}") from None
    kind = "key" if isinstance(value, Mapping) else "attribute"
    known = _names(value)
    raise LookupError(f'{path} has no {kind} "{step}"' + (f"; {nearest(step, known)}" if known else ""))


def _names(value: object) -> list[str]:
    """Return the public names of an object, without those of all exceptions, or the keys of a mapping."""
    if isinstance(value, Mapping):
        return [key for key in value if isinstance(key, str)]
    return [name for name in dir(value) if not name.startswith("_") and name not in _OF_EXCEPTIONS]
