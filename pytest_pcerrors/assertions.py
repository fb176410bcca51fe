"""The verbs of a test: `assert_pc_error` and `assert_pc_success`."""

import re
import warnings
from collections.abc import Collection
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias

from pytest_pcerrors.checking.check import judge
from pytest_pcerrors.checking.pc_error import PcError
from pytest_pcerrors.checking.rules.catalogue import documented, nearest_entry
from pytest_pcerrors.checking.rules.members import place
from pytest_pcerrors.checking.showing import shown
from pytest_pcerrors.checking.violation import ContractViolation, Violation
from pytest_pcerrors.errors import PcErrorsWarning, UsageError
from pytest_pcerrors.reporting.failure import failure_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_pcerrors.checking.policy import Verdict
    from pytest_pcerrors.checking.reading import Reading
    from pytest_pcerrors.contract.model import Contract

    Code: TypeAlias = int | str
    Text: TypeAlias = str | re.Pattern[str]

__all__ = ["PcError", "assert_pc_error", "assert_pc_success"]


def assert_pc_error(  # noqa: PLR0913 - the expectations are keywords
    response: object,
    code: "Code | Collection[Code] | None" = None,
    *,
    status: int | Collection[int] | None = None,
    description: "Text | None" = None,
    source: "Text | None" = None,
    data: Any = None,
    contract: "Contract | None" = None,
    profile: str | None = None,
) -> PcError:
    """Assert that a response is an error, keeps the contract, and is the one expected; return it taken apart.

    `code` is one code or a collection of which any will do; `status` likewise. `description` and `source` are compared,
    or searched where they are compiled patterns. `data` is compared with ``==``. `response` is anything `check` takes.

    Raises `ContractViolation`, an `AssertionError`, with everything that is wrong at once. What is only a warning is
    warned of as `PcErrorsWarning`. Raises `UsageError` for what is no response, or no code.

    >>> from pytest_pcerrors import assert_pc_error
    >>> response = (409, b'{"code": "800064", "description": "Cart 7 is busy", "source": "PartnerFD"}')
    >>> assert_pc_error(response, 800064).entry.description
    'Another request is already processing cart {0}'
    """
    __tracebackhide__ = True
    verdict = judge(response, contract=contract, profile=profile)
    reading = verdict.reading
    codes = _codes(code, reading.contract)
    if reading.is_error:
        unexpected = [
            *_status_differs(reading, status),
            *_code_differs(reading, codes),
            *_text_differs("description", PcError.of(reading).description, description, reading),
            *_text_differs("source", reading.member("source"), source, reading),
            *_data_differs(reading, data),
        ]
    else:
        line = reading.contract.reason(reading.exchange.status)
        unexpected = [Violation(f"{line} is no error", expected="4xx or 5xx", actual=line, rule="not-an-error")]
    _raise_or_warn(verdict, unexpected)
    return PcError.of(reading)


def assert_pc_success(response: object) -> None:
    """Assert that a response is a 2xx and that no error object is hidden in it.

    >>> from pytest_pcerrors import assert_pc_success
    >>> assert_pc_success((201, b'{"id": "b4c8fdea", "lineItems": [{"id": 0}]}'))
    """
    __tracebackhide__ = True
    verdict = judge(response)
    status = verdict.exchange.status
    unexpected = list(verdict.violations)
    if verdict.reading.is_error or not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        line = verdict.reading.contract.reason(status)
        code = f" with code {shown(verdict.reading.code)}" if verdict.reading.code is not None else ""
        unexpected = [Violation(f"{line}{code} is no success", expected="2xx", actual=line, rule="not-a-success")]
    if unexpected:
        raise ContractViolation(failure_text(verdict.exchange, unexpected, verdict.reading.contract), unexpected)


def _raise_or_warn(verdict: "Verdict", unexpected: "Sequence[Violation]") -> None:
    __tracebackhide__ = True
    contract = verdict.reading.contract
    errors = [*verdict.errors, *unexpected]
    if errors:
        raise ContractViolation(failure_text(verdict.exchange, [*errors, *verdict.warnings], contract), errors)
    for violation in verdict.warnings:
        warnings.warn(f"{contract.reason(verdict.exchange.status)}: {violation}", PcErrorsWarning, stacklevel=3)


def _codes(code: "Code | Collection[Code] | None", contract: "Contract") -> frozenset[str]:
    """Return the expected codes as text; what can be no error code is a `UsageError`."""
    if code is None:
        return frozenset()
    several = [code] if isinstance(code, int | str) else code
    if not isinstance(several, Collection) or isinstance(several, bytes) or not several:
        raise UsageError(f"a code is an int, a str or a collection of them, not {code!r}")
    return frozenset(_one_code(each, contract) for each in several)


def _one_code(code: "Code", contract: "Contract") -> str:
    if isinstance(code, bool) or not isinstance(code, int | str) or code == "":
        raise UsageError(f"a code is an int or a str, not {code!r}")
    text = str(code)
    is_status = text in {str(each.value) for each in HTTPStatus} | {str(status) for status in contract.statuses}
    if is_status and text not in contract.catalogue:
        raise UsageError(f"{text} is an HTTP status and no error code; did you mean status={text}?")
    return text


def _status_differs(reading: "Reading", expected: int | Collection[int] | None) -> "Iterator[Violation]":
    if expected is None:
        return
    wanted = (expected,) if isinstance(expected, int) else tuple(expected)
    came = reading.exchange.status
    if came not in wanted:
        lines = " or ".join(reading.contract.reason(status) for status in wanted)
        message = f"{reading.contract.reason(came)} instead of {lines}"
        yield Violation(message, expected=lines, actual=str(came), rule="status-unexpected")


def _code_differs(reading: "Reading", wanted: frozenset[str]) -> "Iterator[Violation]":
    if not wanted or reading.code in wanted:
        return
    came = "no code" if reading.code is None else f"code {_with_entry(reading.code, reading.contract)}"
    expected = " or ".join(_with_entry(code, reading.contract) for code in sorted(wanted))
    hints = [nearest_entry(reading.contract, code) for code in sorted(wanted) if code not in reading.contract.catalogue]
    yield Violation(
        f"{came} instead of {expected}",
        place(reading, "code"),
        expected=" or ".join(sorted(wanted)),
        actual=reading.code or "",
        hint="; ".join(filter(None, hints)),
        rule="code-unexpected",
    )


def _with_entry(code: str, contract: "Contract") -> str:
    known = (
        f", {documented(contract, contract.catalogue[code])}"
        if code in contract.catalogue
        else ", not in the catalogue"
    )
    return f"{code if code.isalnum() else shown(code)}{known}"


def _text_differs(member: str, came: Any, expected: "Text | None", reading: "Reading") -> "Iterator[Violation]":
    if expected is None:
        return
    if isinstance(expected, str):
        fits, wanted = came == expected, shown(expected)
    elif isinstance(expected, re.Pattern):
        fits, wanted = (
            isinstance(came, str) and expected.search(came) is not None,
            f"a match of {shown(expected.pattern)}",
        )
    else:
        raise UsageError(f"a {member} is expected as a str or a compiled pattern, not {type(expected).__name__}")
    if not fits:
        message = f"{shown(came)} instead of {wanted}"
        yield Violation(message, place(reading, member), wanted, shown(came), rule=f"{member}-unexpected")


def _data_differs(reading: "Reading", expected: Any) -> "Iterator[Violation]":
    came = reading.member("data")
    if expected is not None and not came == expected:  # noqa: SIM201 - matcher objects define ==, not !=
        wanted = repr(expected)
        yield Violation(
            f"{shown(came)} instead of {wanted}", place(reading, "data"), wanted, shown(came), rule="data-unexpected"
        )
