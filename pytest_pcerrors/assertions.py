"""The assertions of a test: `assert_pc_error` and `assert_pc_success`."""

import re
import warnings
from collections.abc import Collection
from dataclasses import replace
from http import HTTPStatus
from reprlib import Repr
from typing import TYPE_CHECKING, Any, TypeAlias

from pytest_pcerrors.errors import PcErrorsWarning, UsageError
from pytest_pcerrors.policy.check import current, judge, unknown_body
from pytest_pcerrors.policy.verdict import PcError
from pytest_pcerrors.reporting.failure import failure_text
from pytest_pcerrors.rules.members import documented, nearest_entry, shown_code
from pytest_pcerrors.rules.violation import ContractViolation, Violation
from pytest_pcerrors.secrets.display import shown
from pytest_pcerrors.text import cut, represented, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.policy.verdict import Verdict
    from pytest_pcerrors.rules.parsed_response import ParsedResponse

    Code: TypeAlias = int | str
    Text: TypeAlias = str | re.Pattern[str]

__all__ = ["PcError", "assert_pc_error", "assert_pc_success"]

__tracebackhide__ = True
"""Pytest leaves out the frames of this module, so a failing test shows its own line."""

_MAX_NAMED_CODES = 3
_MAX_DATA = 200
_STATUSES = range(100, 1000)


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
    """Assert that a response is the expected error and conforms to the contract; return the parsed error.

    `code` is one code, or a collection of accepted codes; `status` likewise. `description` and `source` must be equal to a str,
    or contain a match of a compiled pattern. `data` is compared with ``==``. `response` is anything that `check` accepts.

    Raises `ContractViolation`, an `AssertionError`, with every violation at once. A violation of severity ``warning`` is
    issued as a `PcErrorsWarning`. Raises `UsageError` if an argument is not a response, a code or a status.

    >>> assert_pc_error((409, b'{"code": "800064", "description": "Busy", "source": "PartnerFD"}'), 800064).entry.description
    'Another request is already processing cart {0}'
    """
    verdict = _judged(response, contract, profile)
    parsed = verdict.parsed
    codes, statuses = _codes(code, parsed.contract), _statuses(status)
    error = PcError.of(parsed)
    unexpected = [_not_an_error(parsed)]
    if parsed.is_error:
        unexpected = [
            *_status_differs(parsed, statuses),
            *unknown_body(verdict),
            *_code_differs(parsed, codes),
            *_text_differs("description", error.description, description, parsed),
            *_text_differs("source", parsed.member("source"), source, parsed),
            *_data_differs(parsed, data),
        ]
    _raise_or_warn(verdict, unexpected)
    for each in current().observers if codes else ():
        each.on_asserted(verdict, codes & parsed.codes)
    return error


def assert_pc_success(response: object) -> None:
    """Assert that a response has a 2xx status and that its body contains no error object.

    >>> from pytest_pcerrors import assert_pc_success
    >>> assert_pc_success((201, b'{"id": "b4c8fdea", "lineItems": [{"id": 0}]}'))
    """
    verdict = _judged(response)
    parsed, status = verdict.parsed, verdict.exchange.status
    unexpected = [*(replace(each, severity="error") for each in verdict.violations), *unknown_body(verdict)]
    if parsed.is_error or not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        line = parsed.contract.reason(status)
        code = "" if parsed.code is None else f": code {_with_entry(parsed.code, parsed.contract)}"
        unexpected = [
            Violation(f"{line} instead of a success (2xx){code}", expected="2xx", actual=line, rule="not-a-success")
        ]
    if unexpected:
        raise _failure(verdict, unexpected)


def _judged(response: object, contract: "Contract | None" = None, profile: str | None = None) -> "Verdict":
    """Judge a response; raise a `UsageError` without the frames of this package, so that it points at the test."""
    try:
        return judge(response, contract=contract, profile=profile)
    except UsageError as error:
        raise error.with_traceback(None)  # noqa: B904 - keeps its own cause, such as a failed rule


def _raise_or_warn(verdict: "Verdict", unexpected: "Sequence[Violation]") -> None:
    errors, warned = [*verdict.errors, *unexpected], verdict.warnings
    if errors:
        raise _failure(verdict, [*errors, *warned])
    for each in current().observers:
        each.on_warning(verdict)
    for violation in warned:
        line = verdict.parsed.contract.reason(verdict.exchange.status)
        warnings.warn(f"{line}: {violation}", PcErrorsWarning, stacklevel=3)


def _failure(verdict: "Verdict", violations: "Sequence[Violation]") -> ContractViolation:
    """Return the exception of a failing assertion, with the violations that it reports, and notify the observers."""
    context = current()
    for each in context.observers:
        each.on_failure(verdict, violations)
    text = failure_text(context.place(verdict.exchange), violations, verdict.parsed.contract)
    return ContractViolation(text, [each for each in violations if each.severity == "error"])


def _codes(code: "Code | Collection[Code] | None", contract: "Contract") -> frozenset[str]:
    """Return the expected codes as text; raise a `UsageError` for a value that cannot be an error code."""
    if code is None:
        return frozenset()
    several = [code] if isinstance(code, int | str) else code
    if not isinstance(several, Collection) or isinstance(several, bytes) or not several:
        raise UsageError(f"a code is an int, a str or a collection of them, not {represented(code)}")
    return frozenset(_one_code(each, contract) for each in several)


def _one_code(code: "Code", contract: "Contract") -> str:
    if isinstance(code, bool) or not isinstance(code, int | str) or code == "":
        raise UsageError(f"a code is an int or a str, not {represented(code)}")
    text = text_of(code)
    if text not in contract.catalogue and text in {str(int(each)) for each in (*HTTPStatus, *contract.statuses)}:
        raise UsageError(f"{text} is an HTTP status, not an error code; did you mean status={text}?")
    return text


def _statuses(status: int | Collection[int] | None) -> tuple[int, ...]:
    """Return the expected statuses; raise a `UsageError` for a value that cannot be a status."""
    if status is None:
        return ()
    several = (status,) if isinstance(status, int) else status
    is_plain = isinstance(several, Collection) and not isinstance(several, str | bytes) and several
    if not is_plain or not all(isinstance(each, int) and each in _STATUSES for each in several):
        raise UsageError(f"a status is an int from 100 to 999 or a collection of them, not {represented(status)}")
    return tuple(sorted(several))


def _not_an_error(parsed: "ParsedResponse") -> Violation:
    line = parsed.contract.reason(parsed.exchange.status)
    return Violation(
        f"{line} instead of an error (4xx or 5xx)", expected="4xx or 5xx", actual=line, rule="not-an-error"
    )


def _status_differs(parsed: "ParsedResponse", wanted: tuple[int, ...]) -> "Iterator[Violation]":
    actual = parsed.exchange.status
    if wanted and actual not in wanted:
        lines = " or ".join(parsed.contract.reason(status) for status in wanted)
        message = f"{parsed.contract.reason(actual)} instead of {lines}"
        yield Violation(message, expected=lines, actual=str(actual), rule="status-unexpected")


def _code_differs(parsed: "ParsedResponse", wanted: frozenset[str]) -> "Iterator[Violation]":
    if not wanted or wanted & parsed.codes or not parsed.is_body_known:
        return
    actual = "no code" if parsed.code is None else f"code {_with_entry(parsed.code, parsed.contract)}"
    codes = sorted(wanted)
    if len(codes) > _MAX_NAMED_CODES:
        expected = f"one of {', '.join(map(shown_code, codes))}"
    else:
        expected = " or ".join(_with_entry(code, parsed.contract) for code in codes)
    hints = [nearest_entry(parsed.contract, code) for code in codes if code not in parsed.contract.catalogue]
    yield Violation(
        f"{actual} instead of {expected}",
        _place(parsed, "code"),
        expected=" or ".join(codes),
        actual=parsed.code or "",
        hint="; ".join(filter(None, dict.fromkeys(hints))),
        rule="code-unexpected",
    )


def _with_entry(code: str, contract: "Contract") -> str:
    if code not in contract.catalogue:
        return f"{shown_code(code)} (not in the catalogue)"
    return f"{shown_code(code)}, {documented(contract, contract.catalogue[code])}"


def _text_differs(member: str, actual: Any, expected: "Text | None", parsed: "ParsedResponse") -> "Iterator[Violation]":
    if expected is None:
        return
    if isinstance(expected, str):
        fits, wanted = actual == expected, shown(expected)
    elif isinstance(expected, re.Pattern) and isinstance(expected.pattern, str):
        fits = isinstance(actual, str) and expected.search(actual) is not None
        wanted = f"a match of {shown(expected.pattern)}"
    else:
        raise UsageError(f"a {member} is expected as a str or a compiled pattern of one, not {represented(expected)}")
    if not fits and parsed.is_body_known:
        found = f"no {member}" if actual is None else shown(actual)
        is_part = isinstance(actual, str) and isinstance(expected, str) and expected in actual
        hint = "the whole text is compared; re.compile(...) searches for a part" if is_part else ""
        message, rule = f"{found} instead of {wanted}", f"{member}-unexpected"
        yield Violation(message, _place(parsed, member), wanted, found, hint, rule=rule)


def _data_differs(parsed: "ParsedResponse", expected: Any) -> "Iterator[Violation]":
    actual = parsed.member("data")
    if expected is not None and parsed.is_body_known and not actual == expected:  # noqa: SIM201 - matcher objects define ==, not !=
        found, wanted = "no data" if actual is None else _brief(actual), represented(expected, _MAX_DATA)
        yield Violation(f"{found} instead of {wanted}", _place(parsed, "data"), wanted, found, rule="data-unexpected")


def _brief(value: Any) -> str:
    """Return the repr of received data, shortened where it is long or deep."""
    brief = Repr()
    brief.maxstring = brief.maxother = 60
    return cut(brief.repr(value), _MAX_DATA)


def _place(parsed: "ParsedResponse", member: str) -> str:
    return parsed.pointer(member) if parsed.is_object else ""
