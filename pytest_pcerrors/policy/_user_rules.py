"""The names of rules of the user."""

from typing import TYPE_CHECKING

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.rules.registry import ALWAYS_ERRORS, OF_RECORDINGS
from pytest_pcerrors.rules.rule import rule_name
from pytest_pcerrors.rules.stages import rule_set

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules.rule import RuleFunction


def refuse_taken_names(user_rules: "tuple[RuleFunction, ...]", contract: "Contract") -> None:
    """Raise a `UsageError` if a rule of the user has the name of another rule."""
    taken = {*rule_set(contract).rules, *(each.name for each in ALWAYS_ERRORS), *OF_RECORDINGS}
    for name in map(rule_name, user_rules):
        if name in taken:
            raise UsageError(f"there is already a rule {name}; give your rule another name")
        taken.add(name)
