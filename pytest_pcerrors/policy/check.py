"""The function `check`: the violations of a response as data."""

from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.policy.context import current
from pytest_pcerrors.rules.violation import UNREADABLE, Violation

if TYPE_CHECKING:
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.policy.verdict import Verdict


def check(response: object, *, contract: "Contract | None" = None, profile: str | None = None) -> "list[Violation]":
    r"""Check a response and return its violations, errors and warnings; an empty list means that it conforms.

    `response` is any of: a response of requests, httpx, aiohttp, azure-core, urllib3, http.client, urllib, Flask, Django,
    Starlette, WebTest; a vcrpy interaction; a HAR entry; an `Exchange`; a mapping with ``status``, ``headers``, ``body``; a pair
    (status, body); an exception with a ``.response``. `contract` and `profile` override the settings.

    No response makes this raise, whatever its bytes; an argument that is not a response is a `UsageError`. An unknown
    body (see `Exchange`) is a violation of the rule ``unreadable``.

    >>> [violation.message for violation in check((429, b'{"statusCode": 429, "message": "Slow down"}'))]
    ['the gateway\'s envelope instead of an error object: "Slow down"']
    >>> check((429, b'{"statusCode": 429, "message": "Slow down"}'), profile="observed")[0].severity
    'warning'
    """
    verdict = judge(response, contract=contract, profile=profile)
    if verdict.parsed.exchange.body_problem is None:
        return list(verdict.violations)
    return [*verdict.violations, *unknown_body(verdict)]


def unknown_body(verdict: "Verdict") -> list[Violation]:
    """Return the violation of a given response whose body is unknown, so that it does not count as conforming."""
    problem = verdict.parsed.exchange.body_problem
    if problem is None:
        return []
    return [Violation(f"the body is unknown: {problem}", expected="a body to check", rule=UNREADABLE)]


def judge(response: object, *, contract: "Contract | None" = None, profile: str | None = None) -> "Verdict":
    """Return the verdict on a response under the current context, and notify the context."""
    if contract is not None and not isinstance(contract, Contract):
        raise UsageError(f"contract= takes a Contract, not {contract!r}; load a file with Contract.load(path)")
    if profile is not None and not isinstance(profile, str):
        raise UsageError(f"profile= takes the name of a profile, not {profile!r}")
    context = current()
    policy = context.policy if contract is None else _with_contract(context.policy, contract)
    exchange = response if isinstance(response, Exchange) else Exchange.of(response)
    verdict = policy.judge(context.locate(exchange), profile=profile)
    context.on_verdict(verdict)
    return verdict


@lru_cache(maxsize=32)
def _with_contract(policy: "Policy", contract: "Contract") -> "Policy":
    return policy.for_contract(contract)
