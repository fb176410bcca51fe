"""The rule reference as Markdown, made from the rules themselves."""

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_pcerrors.rules.rule import Rule

_STAGES = {
    "head": "Status and headers. These rules run on every error response.",
    "user": "Your own rules.",
    "text": "From bytes to text. Without readable text no later stage runs.",
    "value": "From text to one JSON value. Without one no later stage runs.",
    "object": "From a value to an object. Without one no later stage runs.",
    "envelope": "Envelopes other than the documented one. No later stage runs after them.",
    "properties": "The members of the error object: one rule for each keyword of the error schema, and two more.",
    "catalogue": "Code, status and description against the catalogue.",
    "success": "2xx responses.",
    "assertion": "What an assertion expects. These are not part of the contract, and always errors.",
    "settings": "The settings themselves. Always an error.",
    "recordings": "Files of recordings, whatever the host. `unreadable` is always an error.",
}


def as_markdown(rules: "Sequence[Rule]") -> str:
    """Return the reference: a section for each stage, and below it one for each rule."""
    lines = [
        "# Rules",
        "",
        "Made from the rules themselves with `pcerrors explain`; change a rule's docstring, not this page.",
        "",
        "A response is read in stages. A rule sees its own property and nothing else. Each rule has a severity in each",
        "profile: `error` fails, `warning` warns, `off` does not run.",
    ]
    for stage, group in groupby(rules, key=lambda rule: rule.stage):
        lines += ["", f"## Stage: {stage}", "", _STAGES[stage]]
        for rule in group:
            lines += ["", f"### `{rule.name}`", "", f"**Breaks when:** {rule.breaks}"]
            for label, text in (("Documentation", rule.documentation), ("Example", rule.example), ("Fix", rule.fix)):
                lines += ["", f"**{label}:** {text}"] if text else []
            if rule.severities:
                lines += ["", ", ".join(f"`{profile}`: {severity}" for profile, severity in rule.severities.items())]
    return "\n".join(lines) + "\n"
