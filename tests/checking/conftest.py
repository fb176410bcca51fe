"""Policies that the tests of this room judge by."""

import pytest

from pytest_pcerrors import Contract
from pytest_pcerrors.checking.policy import Policy
from pytest_pcerrors.checking.walk import rule_set


@pytest.fixture(scope="session")
def strict():
    """Make every rule an error, so that what a profile says plays no part."""
    contract = Contract.default()
    return Policy(contract, overrides=dict.fromkeys(rule_set(contract).rules, "error"))


@pytest.fixture
def contract_of():
    """Make a custom contract of its error schema, and of whatever else differs from a plain one."""

    def make(schema, **others):
        document = {"name": "Orders", "statuses": {400: "Bad Request"}, "members": {"code": ("code",)}, **others}
        return Contract(**{"catalogue": Contract.default().catalogue, **document}, error_schema=schema)

    return make
