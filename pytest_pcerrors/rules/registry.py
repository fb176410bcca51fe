"""Every rule there is: those of a contract's stages, and those that no stage runs."""

from typing import TYPE_CHECKING

from pytest_pcerrors.rules.rule import Rule, severities_of

if TYPE_CHECKING:
    from pytest_pcerrors.rules.stages import RuleSet


def all_rules(rules: "RuleSet") -> list[Rule]:
    """Return every rule, those of the stages in their order first."""
    return [*rules.rules.values(), *ALWAYS_ERRORS, *RECORDING_RULES]


ALWAYS_ERRORS = (
    Rule("not-an-error", "assertion", "`assert_pc_error` was given a response that is not an error."),
    Rule("not-a-success", "assertion", "`assert_pc_success` was given a response that is not a 2xx."),
    Rule("status-unexpected", "assertion", "The status is not the one that the assertion names."),
    Rule("code-unexpected", "assertion", "The code is not the one, or none of those, that the assertion names."),
    Rule("description-unexpected", "assertion", "The description is not, or does not match, what the assertion names."),
    Rule("source-unexpected", "assertion", "The source is not, or does not match, what the assertion names."),
    Rule("data-unexpected", "assertion", "The data does not equal what the assertion names."),
    Rule(
        "allowance-expired",
        "settings",
        "An allowance excused a violation past its last day.",
        example="`until = 2026-06-30` in July 2026",
        fix="Fix what it excused, or give it a later day and say why in its reason.",
    ),
    Rule(
        "unreadable",
        "recordings",
        "A recording, or an entry of it, cannot be read; or the body of a response that was handed over is not known.",
        example="a cassette that was cut off, a header without a value, a HAR entry whose body was not kept given to `check`",
        fix="Record it again, or remove it. The message names the place.",
    ),
)
"""The rules of assertions, settings and unreadable recordings: always errors, without a profile or an allowance."""

RECORDING_RULES = (
    Rule(
        "secret-recorded",
        "recordings",
        "A recorded request or response holds a secret: a token, a password, a key, a cookie.",
        example="`Authorization: Bearer eyJ0eXAi...` in a cassette; any host, any status",
        fix="`pcerrors redact FILE` hides it, and whoever issued the secret withdraws it: it may have been seen.",
        severities=severities_of(),
    ),
    Rule(
        "secret-suspected",
        "recordings",
        "A recorded request or response holds what may be a secret: a password that is a plain word, a signature, or a body that cannot be searched.",
        example='`{"password": "summer"}` in a cassette; any host, any status',
        fix="`pcerrors redact FILE` hides it; where it is none, allow it with a reason.",
        severities=severities_of("warning"),
    ),
    Rule(
        "stale",
        "recordings",
        "The oldest response of a recording is older than `--pc-max-age` or `max-age`.",
        example='a cassette of January with `max-age = "90d"` in July',
        fix="Record it again.",
        severities=severities_of("warning"),
    ),
)
"""The rules that hold for every recorded exchange; they have severities, and allowances excuse them."""
