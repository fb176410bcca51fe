"""The severities of rules under a profile."""

from typing import TYPE_CHECKING

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.rules.rule import PROFILES
from pytest_pcerrors.text import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_pcerrors.rules.rule import Rule
    from pytest_pcerrors.rules.violation import Severity


def severities(profile: str, rules: "Iterable[Rule]", overrides: "Mapping[str, Severity]") -> "dict[str, Severity]":
    """Return the severity of every rule under a profile, with `overrides` applied. An unknown profile is a `UsageError`.

    >>> from pytest_pcerrors.rules.registry import RECORDING_RULES
    >>> severities("observed", RECORDING_RULES, {"stale": "off"})
    {'secret-recorded': 'error', 'secret-suspected': 'warning', 'stale': 'off'}
    """
    if profile not in PROFILES:
        raise UsageError(f'there is no profile "{profile}"; {nearest(profile, PROFILES)}')
    return {rule.name: overrides.get(rule.name, rule.severities[profile]) for rule in rules}
