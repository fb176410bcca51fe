"""The function `check`, and the context of checks: one context variable, which the plugin sets for each test.

Outside of pytest, the context holds the settings of the working directory.
"""

import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.rules.violation import UNREADABLE, Violation
from pytest_pcerrors.text import represented

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.policy.verdict import Verdict


class Observer:
    """What checks notify; each method does nothing, unless a subclass overrides it."""

    def on_verdict(self, verdict: "Verdict") -> None:
        """Receive every verdict."""

    def on_warning(self, verdict: "Verdict") -> None:
        """Receive a verdict whose warnings were raised."""

    def on_failure(self, verdict: "Verdict", violations: "Sequence[Violation]") -> None:
        """Receive the verdict of a failing assertion, and all violations that the assertion reports."""

    def on_asserted(self, verdict: "Verdict", codes: "Collection[str]") -> None:
        """Receive the verdict of an assertion that has passed, and the codes of the response that it names."""

    def on_served(self, exchange: Exchange) -> None:
        """Receive a response that a server of a test sends, in a thread of the server."""

    def on_simulated(self, exchange: Exchange) -> None:
        """Receive a response that a simulation gives to a client, in the thread of the client."""

    def on_late(self, test: str, request: str) -> None:
        """Receive a request that a thread of a test has sent after the end of the test, in this thread."""

    def on_matrix(self, matrix: Any) -> None:
        """Receive what an assertion has found about a client, as plain data."""


class Context:
    """The policy of checks, its observers, and where responses come from. A run has one context, whose policy changes from test to test."""

    def __init__(self, policy: "Policy") -> None:
        self.policy = policy
        self.observers: list[Observer] = []

    def locate(self, exchange: Exchange) -> Exchange:
        """Return a replayed response with its origin."""
        return exchange

    def place(self, exchange: Exchange) -> Exchange:
        """Return an exchange with its complete origin, for a message."""
        return exchange


_CURRENT: ContextVar[Context | None] = ContextVar("pcerrors", default=None)


def current() -> Context:
    """Return the context of the run, or one made from the settings of the working directory."""
    return _CURRENT.get() or _of_directory(os.getcwd())  # noqa: PTH109 - it runs at every check, and a Path takes longer


@contextmanager
def within(context: Context) -> "Iterator[None]":
    """Set the context for a block.

    >>> from pytest_pcerrors.policy.policy import Policy
    >>> from pytest_pcerrors import Contract
    >>> with within(Context(Policy(Contract.default(), forced_profile="observed"))):
    ...     current().policy.profile_for(None)
    'observed'
    """
    token = _CURRENT.set(context)
    try:
        yield
    finally:
        _CURRENT.reset(token)


@lru_cache(maxsize=8)
def _of_directory(directory: str) -> Context:
    from pytest_pcerrors.policy.from_settings import policy_of
    from pytest_pcerrors.settings import Settings

    return Context(policy_of(Settings.find(Path(directory))))


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
    context = current()
    if contract is None and profile is None and not context.observers:
        response = response if type(response) is Exchange else Exchange.of(response)
        if context.policy.recognizes(response):
            return []
    verdict = judge(response, contract=contract, profile=profile, context=context)
    if verdict.parsed.exchange.body_problem is None:
        return list(verdict.violations)
    return [*verdict.violations, *unknown_body(verdict)]


def unknown_body(verdict: "Verdict") -> list[Violation]:
    """Return the violation of a given response whose body is unknown, so that it does not count as conforming."""
    problem = verdict.parsed.exchange.body_problem
    if problem is None:
        return []
    return [Violation(f"the body is unknown: {problem}", expected="a body to check", rule=UNREADABLE)]


def judge(
    response: object, *, contract: "Contract | None" = None, profile: str | None = None, context: Context | None = None
) -> "Verdict":
    """Return the verdict on a response under a context, by default the current one, and notify its observers."""
    if contract is not None and not isinstance(contract, Contract):
        raise UsageError(
            f"contract= takes a Contract, not {represented(contract)}; load a file with Contract.load(path)"
        )
    if profile is not None and not isinstance(profile, str):
        raise UsageError(f"profile= takes the name of a profile, not {represented(profile)}")
    context = context or current()
    policy = context.policy if contract is None else _with_contract(context.policy, contract)
    verdict = policy.judge(context.locate(Exchange.of(response)), profile=profile)
    for each in context.observers:
        each.on_verdict(verdict)
    return verdict


@lru_cache(maxsize=32)
def _with_contract(policy: "Policy", contract: "Contract") -> "Policy":
    return policy.for_contract(contract)
