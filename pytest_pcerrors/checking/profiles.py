"""Profiles: a severity for every rule, and nothing else. What a table does not name is an error."""

from typing import TYPE_CHECKING

from pytest_pcerrors.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_pcerrors.checking.violation import Severity
    from pytest_pcerrors.contract.model import Contract

_DOCUMENTED: "dict[str, Severity]" = {
    "challenge-missing": "warning",
    "challenge-other": "warning",
    "retry-after": "warning",
    "unknown-property": "off",
    "description-template": "off",
    "error-in-success": "warning",
    "secret-suspected": "warning",
    "stale": "warning",
}

_OBSERVED: "dict[str, Severity]" = {
    **_DOCUMENTED,
    "status-undocumented": "warning",
    "content-type": "warning",
    "challenge-missing": "off",
    "challenge-other": "off",
    "body-empty-unauthorized": "warning",
    "byte-order-mark": "warning",
    "body-plain-text": "warning",
    "body-not-object": "warning",
    "gateway-envelope": "warning",
    "message-only": "warning",
    "source-missing": "warning",
    "code-unknown": "warning",
    "pairing": "warning",
    "description-placeholder": "warning",
}

PROFILES: "dict[str, dict[str, Severity]]" = {"documented": _DOCUMENTED, "observed": _OBSERVED}
"""The shipped profiles, each as what differs from ``error``; a contract's deviations are off under ``observed``."""


def severities(
    profile: str, rules: "Iterable[str]", contract: "Contract", overrides: "Mapping[str, Severity]"
) -> "dict[str, Severity]":
    """Return the severity of every rule under a profile; `overrides` replace it. Unknown names are a `UsageError`.

    >>> from pytest_pcerrors import Contract
    >>> severities("observed", ["code-number", "pairing", "code-type"], Contract.default(), {"pairing": "off"})
    {'code-number': 'off', 'pairing': 'off', 'code-type': 'error'}
    """
    if profile not in PROFILES:
        raise UsageError(f'there is no profile "{profile}"; {nearest(profile, PROFILES)}')
    table = dict(PROFILES[profile])
    if profile == "observed":
        table |= dict.fromkeys((deviation.rule for deviation in contract.deviations), "off")
    return {rule: overrides.get(rule, table.get(rule, "error")) for rule in rules}
