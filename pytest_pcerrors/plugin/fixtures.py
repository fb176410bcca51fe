"""The fixtures."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract


@pytest.fixture(scope="session")
def pc_contract(request: pytest.FixtureRequest) -> "Contract":
    """The contract of this run: the shipped one, or what ``--pc-contract`` or the settings name."""
    from pytest_pcerrors.plugin.run import Run

    return Run.of(request.config).policy.contract
