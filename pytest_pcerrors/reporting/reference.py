"""What is documented, for reading: the errors as a table or JSON, and the rules as Markdown."""

import json
from collections.abc import Callable, Sequence
from itertools import groupby

from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.rules.rule import Rule
from pytest_pcerrors.secrets.display import safe

_CODE_WIDTH = 7
_STAGES = {
    "head": "Status and headers. These rules run for every error response.",
    "user": "Your own rules.",
    "text": "From bytes to text. Without valid text, no later stage runs.",
    "value": "From text to one JSON value. Without one, no later stage runs.",
    "object": "From a value to an object. Without one, no later stage runs.",
    "envelope": "Envelopes other than the documented one. No later stage runs after them.",
    "properties": "The members of the error object: one rule for each keyword of the error schema, and a few others.",
    "catalogue": "Code, status and description, compared with the catalogue.",
    "success": "2xx responses.",
    "assertion": "The expectations of an assertion. These rules are not part of the contract, and are always errors.",
    "settings": "The settings. Always an error.",
    "recordings": "Recordings, whatever the host. `unreadable` is always an error.",
}


def as_table(entries: Sequence[Entry]) -> str:
    """Return a line for each entry: status, code, description."""
    width = max([_CODE_WIDTH, *(len(entry.code) for entry in entries)])
    return "".join(f"{entry.status_text}  {entry.code:>{width}}  {safe(entry.description)}\n" for entry in entries)


def as_json(entries: Sequence[Entry]) -> str:
    """Return a JSON array: ``[{"status", "code", "descriptions"}]``."""
    rows = [{"status": each.status, "code": each.code, "descriptions": each.templates} for each in entries]
    return json.dumps(rows, indent=2) + "\n"


ENTRY_FORMATS: dict[str, Callable[[Sequence[Entry]], str]] = {"table": as_table, "json": as_json}
"""The formats of `pcerrors list`."""


def as_markdown(rules: Sequence[Rule]) -> str:
    """Return the reference: a section for each stage, with a section for each rule."""
    lines = [
        "# Rules",
        "",
        "A response is checked in stages. Each rule checks one property, independently of the others. It has a severity in each",
        "profile: `error` fails, `warning` warns, and with `off` the rule does not run.",
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
