"""The policy by which rules are tested."""

import pytest

from pytest_pcerrors import Contract
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.stages import rule_set


@pytest.fixture(scope="session")
def strict():
    """Make every rule an error, whatever the profile."""
    contract = Contract.default()
    return Policy(contract, overrides=dict.fromkeys(rule_set(contract).rules, "error"))
