"""What each rule means, from the rule itself: for ``pcerrors explain`` and the rule reference."""

import json
from dataclasses import dataclass, replace
from inspect import getdoc
from typing import TYPE_CHECKING

from pytest_pcerrors.checking.profiles import PROFILES, severities
from pytest_pcerrors.checking.schema_rules import SchemaRule
from pytest_pcerrors.checking.violation import OF_RECORDINGS
from pytest_pcerrors.checking.walk import rule_set

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_pcerrors.checking.violation import Severity
    from pytest_pcerrors.checking.walk import Rule, RuleSet
    from pytest_pcerrors.contract.model import Contract


@dataclass(frozen=True)
class Description:
    """What a rule means: when it breaks, what the page says, an example, the fix; and its severity in each profile."""

    name: str
    stage: str
    breaks: str
    page: str = ""
    example: str = ""
    fix: str = ""
    severities: "Mapping[str, Severity] | None" = None


def descriptions(contract: "Contract", rules: "RuleSet | None" = None) -> list[Description]:
    """Return what every rule means, in the order of the walk, and then the rules outside it."""
    rules = rules or rule_set(contract)
    names = (*rules.rules, *OF_RECORDINGS)
    by_profile = {profile: severities(profile, names, contract, {}) for profile in PROFILES}
    of_walk = [
        _of_rule(name, rule, stage.name, contract, {profile: table[name] for profile, table in by_profile.items()})
        for stage in (*rules.error_stages, *rules.success_stages)
        for name, rule in stage.rules
    ]
    of_recordings = [
        replace(each, severities={profile: table[each.name] for profile, table in by_profile.items()})
        for each in RECORDING_RULES
    ]
    return [*of_walk, *OUTSIDE_THE_WALK, *of_recordings]


def _of_rule(
    name: str, rule: "Rule", stage: str, contract: "Contract", by_profile: "Mapping[str, Severity]"
) -> Description:
    if isinstance(rule, SchemaRule):
        return _of_schema_rule(rule, stage, contract, by_profile)
    breaks, _, rest = (getdoc(rule) or "").partition("\n\n")
    parts = dict.fromkeys(("Page", "Example", "Fix"), "")
    for paragraph in rest.replace("\nExample: ", "\n\nExample: ").replace("\nFix: ", "\n\nFix: ").split("\n\n"):
        label, _, text = paragraph.partition(": ")
        if label in parts:
            parts[label] = " ".join(text.split())
    return Description(name, stage, " ".join(breaks.split()), parts["Page"], parts["Example"], parts["Fix"], by_profile)


def _of_schema_rule(
    rule: SchemaRule, stage: str, contract: "Contract", by_profile: "Mapping[str, Severity]"
) -> Description:
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
        f"{note} A client copes with both; a mock sends what the page says."
        if note
        else f"Send `{place}` as the page says."
    )
    return Description(rule.name, stage, breaks, rule.said, example, fix, by_profile)


def _example(rule: SchemaRule, place: str) -> str:
    match rule.keyword:
        case "maxLength":
            return f"{rule.limit + 1} characters at `{place}`"
        case "minLength":
            return f'`""` at `{place}`'
        case _:
            return f"a value at `{place}` that does not fit"


OUTSIDE_THE_WALK = (
    Description("not-an-error", "assertion", "`assert_pc_error` was given a response that is not an error."),
    Description("not-a-success", "assertion", "`assert_pc_success` was given a response that is not a 2xx."),
    Description("status-unexpected", "assertion", "The status is not the one that the assertion names."),
    Description("code-unexpected", "assertion", "The code is not the one, or none of those, that the assertion names."),
    Description(
        "description-unexpected", "assertion", "The description is not, or does not match, what the assertion names."
    ),
    Description("source-unexpected", "assertion", "The source is not, or does not match, what the assertion names."),
    Description("data-unexpected", "assertion", "The data does not equal what the assertion names."),
    Description(
        "allowance-expired",
        "settings",
        "An allowance excused a violation past its last day.",
        example="`until = 2026-06-30` in July 2026",
        fix="Fix what it excused, or give it a later day and say why in its reason.",
    ),
    Description(
        "unreadable",
        "recordings",
        "A recording, or an entry of it, cannot be read; or the body of a response that was handed over is not known.",
        example="a cassette that was cut off, a header without a value, a HAR entry whose body was not kept given to `check`",
        fix="Record it again, or remove it. The message names the place.",
    ),
)
"""The rules that the walk does not run: expectations of assertions, settings, recordings. All are errors."""

RECORDING_RULES = (
    Description(
        "secret-recorded",
        "recordings",
        "A recorded request or response holds a secret: a token, a password, a key, a cookie.",
        example="`Authorization: Bearer eyJ0eXAi...` in a cassette; any host, any status",
        fix="`pcerrors redact FILE` hides it, and whoever issued the secret withdraws it: it may have been seen.",
    ),
    Description(
        "secret-suspected",
        "recordings",
        "A recorded request or response holds what may be a secret: a password that is a plain word, a signature, or a body that cannot be searched.",
        example='`{"password": "summer"}` in a cassette; any host, any status',
        fix="`pcerrors redact FILE` hides it; where it is none, allow it with a reason.",
    ),
    Description(
        "stale",
        "recordings",
        "The oldest response of a recording is older than `--pc-max-age` or `max-age`.",
        example='a cassette of January with `max-age = "90d"` in July',
        fix="Record it again.",
    ),
)
"""The rules that hold for every recorded exchange; they have severities, and allowances excuse them."""
