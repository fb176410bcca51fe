"""The context of a check: one context variable, which the plugin sets for each test.

Outside of pytest, it holds the settings of the working directory.
"""

import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.policy.verdict import Verdict
    from pytest_pcerrors.rules.violation import Violation


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

    def on_simulated(self, exchange: "Exchange") -> None:
        """Receive a response that a simulation gives to a client, in the thread of the client."""

    def on_matrix(self, matrix: Any) -> None:
        """Receive what an assertion has found about a client, as plain data."""


class Context(Observer):
    """The policy of checks, and where responses come from. A run has one context, whose policy changes from test to test."""

    def __init__(self, policy: "Policy") -> None:
        self.policy = policy

    def locate(self, exchange: "Exchange") -> "Exchange":
        """Return a replayed response with its origin."""
        return exchange

    def place(self, exchange: "Exchange") -> "Exchange":
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
