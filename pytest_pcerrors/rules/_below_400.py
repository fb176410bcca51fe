"""Bodies that a contract declares to be errors whatever their status."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract


def fits_below_400(contract: "Contract", document: Any) -> bool:
    """Return whether a JSON value is an object that fits the schema ``errors-below-400`` of a contract.

    >>> from dataclasses import replace
    >>> from pytest_pcerrors import Contract
    >>> schema = {"required": ["ok"], "properties": {"ok": {"const": False}}}
    >>> contract = replace(Contract.default(), errors_below_400=schema)
    >>> fits_below_400(contract, {"ok": False}), fits_below_400(contract, {"ok": True})
    (True, False)
    """
    try:
        return isinstance(document, dict) and bool(_validator(contract).is_valid(document))
    except RecursionError:
        return False  # nested too deeply to be what the schema means


@lru_cache(maxsize=32)
def _validator(contract: "Contract") -> Any:
    from pytest_pcerrors.rules._keywords import validator_for

    return validator_for(contract.errors_below_400 or {}, len)
