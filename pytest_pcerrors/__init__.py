"""Contract tests for the error responses of the Partner Center REST API.

Each public name is imported when it is first used, so importing this package loads almost nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_pcerrors.assertions import PcError, assert_pc_error, assert_pc_success
    from pytest_pcerrors.clients.preserved import assert_preserved
    from pytest_pcerrors.clients.retries import assert_retries
    from pytest_pcerrors.clients.surfacing import assert_errors_surface
    from pytest_pcerrors.contract.catalogue import Catalogue, Entry
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.errors import PcErrorsWarning, UsageError
    from pytest_pcerrors.exchange.archives.files import read_archive
    from pytest_pcerrors.exchange.model import Exchange, Request
    from pytest_pcerrors.policy.check import check
    from pytest_pcerrors.rules.violation import ContractViolation, Violation
else:
    _MODULES = {
        "Catalogue": "contract.catalogue",
        "Contract": "contract.model",
        "ContractViolation": "rules.violation",
        "Entry": "contract.catalogue",
        "Exchange": "exchange.model",
        "PcError": "assertions",
        "PcErrorsWarning": "errors",
        "Request": "exchange.model",
        "UsageError": "errors",
        "Violation": "rules.violation",
        "assert_errors_surface": "clients.surfacing",
        "assert_pc_error": "assertions",
        "assert_pc_success": "assertions",
        "assert_preserved": "clients.preserved",
        "assert_retries": "clients.retries",
        "check": "policy.check",
        "read_archive": "exchange.archives.files",
    }

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        return value

    def __dir__() -> list[str]:
        return sorted(__all__)


__all__ = [
    "Catalogue",
    "Contract",
    "ContractViolation",
    "Entry",
    "Exchange",
    "PcError",
    "PcErrorsWarning",
    "Request",
    "UsageError",
    "Violation",
    "assert_errors_surface",
    "assert_pc_error",
    "assert_pc_success",
    "assert_preserved",
    "assert_retries",
    "check",
    "read_archive",
]
