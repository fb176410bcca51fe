"""Rules of an error schema with documentation made from the schema."""

import json
from typing import TYPE_CHECKING

from pytest_pcerrors.rules.rule import Rule, severities_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules.schema_rules import SchemaRule
    from pytest_pcerrors.rules.violation import Severity

_OBSERVED: "Mapping[str, Severity]" = {"source-missing": "warning"}
"""Severities in the profile `observed` where the service differs from the schema, besides the deviations in the contract."""


def schema_rule(rule: "SchemaRule", contract: "Contract") -> Rule:
    """Return the documented rule of a schema rule. A deviation that the contract names is `off` in the profile `observed`."""
    path = (*rule.path, rule.limit) if rule.keyword == "required" else rule.path
    place = "/" + "/".join(path)
    limit = json.dumps(rule.limit)
    note = next((each.note for each in contract.deviations if each.rule == rule.name), "")
    deviation = next((each.type for each in contract.deviations if each.rule == rule.name), "")
    if deviation:
        breaks, example = f"`{place}` is a JSON {deviation}.", f"a JSON {deviation} at `{place}`"
    elif rule.keyword == "required":
        breaks, example = f"`{place}` is missing.", f"a body without `{place}`"
    elif rule.keyword == "type":
        breaks, example = f"`{place}` is not of type {limit}; null is not one.", f"`null` at `{place}`"
    else:
        breaks, example = f"`{place}` breaks `{rule.keyword}: {limit}` of the error schema.", _example(rule, place)
    fix = (
        f"{note} A client accepts both; a mock sends the documented type." if note else f"Send `{place}` as documented."
    )
    observed = "off" if deviation else _OBSERVED.get(rule.name)
    severities = severities_of(observed=observed)
    return Rule(rule.name, "", breaks, rule.documentation, example, fix, severities, rule)


def _example(rule: "SchemaRule", place: str) -> str:
    match rule.keyword:
        case "maxLength":
            return f"{rule.limit + 1} characters at `{place}`"
        case "minLength":
            return f'`""` at `{place}`'
        case _:
            return f"a value at `{place}` that does not fit"
