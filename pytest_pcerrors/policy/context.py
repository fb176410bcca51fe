"""What the run wants of an assertion: one context variable, set by the plugin for each test.

Outside pytest, and where nothing was set, it is what the settings of the working directory say.
"""

import os
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.policy.verdict import Verdict


@dataclass
class Context:
    """A policy, who is notified of every verdict and of those that were warned of, and who knows where a response was replayed from.

    A run has one, whose policy changes from test to test.
    """

    policy: "Policy"
    on_verdict: "Callable[[Verdict], object]" = field(default=lambda _: None)
    on_warning: "Callable[[Verdict], object]" = field(default=lambda _: None)
    locate: "Callable[[Exchange], Exchange]" = field(default=lambda exchange: exchange)


_CURRENT: ContextVar[Context | None] = ContextVar("pcerrors", default=None)


def current() -> Context:
    """Return what the run wants, or what the settings of the working directory say."""
    return _CURRENT.get() or _of_directory(os.getcwd())  # noqa: PTH109 - it runs at every check, and a Path takes longer


@contextmanager
def within(context: Context) -> "Iterator[None]":
    """Let a context hold for a block.

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
