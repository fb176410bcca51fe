"""The context of a check: one context variable, which the plugin sets for each test.

Outside of pytest, it holds the settings of the working directory.
"""

import os
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.policy.verdict import Verdict
    from pytest_pcerrors.rules.violation import Violation


@dataclass
class Context:
    """A policy, and the functions that checks call.

    `on_verdict` is called with every verdict, `on_warning` with every verdict whose warnings were raised, `on_failure` with the
    verdict of a failing assertion and all violations that the assertion reports, `on_asserted` with that of an assertion that passed and
    the codes of the response that it names, `on_simulated` with every response that a simulation gives to a client, in the thread of the client, `on_matrix` with what
    an assertion has found about a client, as plain data. `locate` adds the origin to a replayed response, and `place` completes the origin
    for a message. A run has one context, whose policy changes from test to test.
    """

    policy: "Policy"
    on_verdict: "Callable[[Verdict], object]" = field(default=lambda _: None)
    on_warning: "Callable[[Verdict], object]" = field(default=lambda _: None)
    on_failure: "Callable[[Verdict, Sequence[Violation]], object]" = field(default=lambda _, __: None)
    on_asserted: "Callable[[Verdict, Collection[str]], object]" = field(default=lambda _, __: None)
    on_simulated: "Callable[[Exchange], object]" = field(default=lambda _: None)
    on_matrix: "Callable[[Any], object]" = field(default=lambda _: None)
    locate: "Callable[[Exchange], Exchange]" = field(default=lambda exchange: exchange)
    place: "Callable[[Exchange], Exchange]" = field(default=lambda exchange: exchange)


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
