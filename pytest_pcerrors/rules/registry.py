"""All rules: those of the stages, and those outside of them. Names, severities, documentation and order are derived from these."""

from typing import TYPE_CHECKING

from pytest_pcerrors.rules import body, head, members, success
from pytest_pcerrors.rules.rule import Rule, severities_of
from pytest_pcerrors.rules.violation import ALLOWANCE_EXPIRED, SECRET_RECORDED, SECRET_SUSPECTED, STALE, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RULES = (*head.RULES, *body.RULES, *members.RULES, *success.RULES)
"""The rules of the stages, besides those of the error schema and of users."""

ALWAYS_ERRORS = (
    Rule("not-an-error", "assertion", "`assert_pc_error` was given a response that is not an error."),
    Rule("not-a-success", "assertion", "`assert_pc_success` was given a response that is not a 2xx."),
    Rule("status-unexpected", "assertion", "The status is not the expected one."),
    Rule("code-unexpected", "assertion", "The code is not the expected one, or not one of the expected ones."),
    Rule(
        "description-unexpected",
        "assertion",
        "The description does not equal the expected text, or does not match the expected pattern.",
    ),
    Rule(
        "source-unexpected",
        "assertion",
        "The source does not equal the expected text, or does not match the expected pattern.",
    ),
    Rule("data-unexpected", "assertion", "The data does not equal the expected data."),
    Rule(
        ALLOWANCE_EXPIRED,
        "settings",
        "An allowance was used after its last day.",
        example="`until = 2026-06-30` in July 2026",
        fix="Fix the violation, or give the allowance a later day and explain it in the reason.",
    ),
    Rule(
        UNREADABLE,
        "recordings",
        "A recording or one of its entries cannot be read, or the body of a response given to `check` or an assertion is unknown.",
        example="a truncated cassette, a header without a value, a HAR entry without its body that is given to `check`",
        fix="Record it again, or remove it. The message names the place.",
    ),
)
"""The rules of assertions, settings and unreadable recordings. They are always errors; profiles and allowances do not apply."""

RECORDING_RULES = (
    Rule(
        SECRET_RECORDED,
        "recordings",
        "A recorded request or response contains a secret: a token, a password, a key, a cookie.",
        example="`Authorization: Bearer eyJ0eXAi...` in a cassette; any host, any status",
        fix="Run `pcerrors redact FILE`, and revoke the secret, because someone may have seen it.",
        severities=severities_of(),
    ),
    Rule(
        SECRET_SUSPECTED,
        "recordings",
        "A recorded request or response contains a possible secret: a password that is a plain word, a signature, or a body that cannot be searched.",
        example='`{"password": "summer"}` in a cassette; any host, any status',
        fix="Run `pcerrors redact FILE`. If the value is not a secret, allow the rule with a reason.",
        severities=severities_of("warning"),
    ),
    Rule(
        STALE,
        "recordings",
        "The oldest response of a recording is older than `--pc-max-age` or `max-age`, by its header `Date`, or else by "
        "`recorded_at` or `startedDateTime` (HAR) of the recorded exchange.",
        example='a cassette recorded in January with `max-age = "90d"` in July',
        fix="Record it again.",
        severities=severities_of("warning"),
    ),
)
"""The rules for recordings, whatever host and status. They have severities, and allowances apply to them."""

ALWAYS_ERROR_NAMES = frozenset(each.name for each in ALWAYS_ERRORS)
"""The names of the rules that are always errors."""

EXPECTATIONS = frozenset(each.name for each in ALWAYS_ERRORS if each.stage == "assertion")
"""The names of the rules for the expectations of assertions, which are not part of the contract."""

OF_RECORDINGS = tuple(each.name for each in RECORDING_RULES)
"""The names of the rules of recordings."""

_STAGES = ("head", "user", *dict.fromkeys(each.stage for each in RULES if each.stage != "head"))


def in_stages(rules: "Iterable[Rule]") -> list[Rule]:
    """Return rules of stages in the order of these."""
    return sorted(rules, key=lambda each: _STAGES.index(each.stage))


def all_rules(rules: "Mapping[str, Rule]") -> list[Rule]:
    """Return all rules: those of the stages in their order, then the others."""
    return [*rules.values(), *ALWAYS_ERRORS, *RECORDING_RULES]


def reference_rules(rules: "Mapping[str, Rule]") -> list[Rule]:
    """Return all rules, and in their place those that only some contracts have."""
    more = (each for each in RULES if each.name not in rules)
    return [*in_stages([*rules.values(), *more]), *ALWAYS_ERRORS, *RECORDING_RULES]
