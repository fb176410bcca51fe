"""``pcerrors list``, ``explain`` and ``schema``: print what is documented, and the schemas of bodies and files."""

import json
import re
import sys
from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches
from itertools import groupby
from typing import Any

import click

from pytest_pcerrors.cli._options import contract_option, format_option, policy_for
from pytest_pcerrors.cli._output import is_terminal, print_output, print_problem
from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.registry import reference_rules
from pytest_pcerrors.rules.rule import PROFILES, Rule
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import suggestion

_ERRORS = range(400, 600)
_INTEGER = re.compile(r"0|[1-9][0-9]*")
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


@click.command("list")
@click.option("--status", type=int, help="Only entries with this HTTP status.")
@click.option("--search", metavar="TEXT", help="Only entries whose code or description contains this text.")
@format_option(ENTRY_FORMATS)
@contract_option
def list_entries(status: int | None, search: str | None, format_name: str, contract_file: str | None) -> int:
    """List the documented errors. Exit code 1 if there is no match."""
    contract = policy_for(contract_file)[0].documented
    found = set(contract.catalogue.find(search)) if search else set(contract.catalogue)
    entries = [entry for entry in contract.catalogue if entry in found and _may_have(entry, status, contract)]
    if format_name == "table" and not entries:
        print_problem("no documented error matches")
    elif format_name == "table" and is_terminal(sys.stdout):
        _print_table(entries, contract)
    else:
        print_output(ENTRY_FORMATS[format_name](entries), newline=False)
    return int(not entries)


@click.command()
@click.argument("what", required=False, metavar="[CODE|RULE]")
@contract_option
def explain(what: str | None, contract_file: str | None) -> int:
    """Explain an error code or a rule.

    Without an argument, print all rules as Markdown.
    """
    policy = policy_for(contract_file)[0]
    rules = {each.name: each for each in reference_rules(policy.documented_rules)}
    if what is None:
        print_output(as_markdown(list(rules.values())), newline=False)
    elif what in rules:
        own = next((each for each in policy.policies if what in each.rules.rules), policy)
        print_output(_rule_text(rules[what], own))
    elif what in policy.documented.catalogue:
        having = [each for each in policy.policies if what in each.contract.catalogue]
        print_output("\n".join(_code_text(what, each) for each in having))
    else:
        raise UsageError(_unknown(what, policy.documented, rules))
    return 0


@click.command()
@click.option("--openapi", is_flag=True, help="Print it as a component of an OpenAPI 3.1 document.")
@click.option("--report", "of_what", flag_value="report", help="Print the schema of JSON reports instead.")
@click.option(
    "--coverage", "of_what", flag_value="coverage", help="Print the schema of error coverages in JSON instead."
)
@click.option(
    "--rules", "of_what", flag_value="rules", help="Print the schema of the rules of `pcerrors serve` instead."
)
@contract_option
def schema(contract_file: str | None, of_what: str | None, *, openapi: bool) -> int:
    """Print the JSON Schema (2020-12) of an error response body."""
    if of_what is not None:
        if openapi or contract_file is not None:
            raise UsageError(
                f"--{of_what} prints the schema of {of_what.removesuffix('s')}s; leave out --openapi and --contract"
            )
        print_output(json.dumps(_schema_of(of_what), indent=2))
        return 0
    contract = policy_for(contract_file)[0].contract
    document = _as_component(contract.error_schema, contract.name) if openapi else contract.error_schema
    print_output(json.dumps(document, indent=2))
    return 0


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
            severities = ", ".join(f"`{profile}` {severity}" for profile, severity in rule.severities.items())
            parts = {
                "Breaks when": rule.breaks,
                "Documentation": rule.documentation,
                "Example": rule.example,
                "Fix": rule.fix,
                "Severity": severities,
            }
            lines += ["", f"### `{rule.name}`", "", *(f"- **{name}:** {text}" for name, text in parts.items() if text)]
    return "\n".join(lines) + "\n"


def _may_have(entry: Entry, status: int | None, contract: Contract) -> bool:
    """Return whether an error may have a status: its own, or, without one, any error status, and others if errors may have them."""
    is_any = entry.status is None and (status in _ERRORS or contract.errors_below_400 is not None)
    return status in (None, entry.status) or is_any


def _print_table(entries: Sequence[Entry], contract: Contract) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Status", "Code", "Description", box=None)
    for entry in entries:
        table.add_row(contract.status_of(entry), entry.code, safe(entry.description))
    Console(markup=False, highlight=False, emoji=False).print(table)


def _rule_text(rule: Rule, policy: Policy) -> str:
    """Return the documentation of a rule, and its severity in each profile, with that of the settings where they differ."""
    lines = [f"{rule.name} (stage: {rule.stage})"]
    texts = {name: getattr(rule, name) for name in ("breaks", "documentation", "example", "fix")}
    lines += [f"  {name:13}  {text}" for name, text in texts.items() if text]
    for profile, severity in rule.severities.items():
        here = policy.rules_under(profile).severities.get(rule.name, severity)
        lines.append(f"  {profile}: {severity}{f', {here} by your settings' if here != severity else ''}")
    return "\n".join(lines)


def _code_text(code: str, policy: Policy) -> str:
    entries = policy.contract.catalogue[code]
    lines = []
    for entry in entries:
        origin = f" (from {safe(entry.origin)})" if entry.origin else ""
        lines.append(f"{code} with {policy.contract.status_of(entry)}{origin}")
        lines += [f"  {safe(text)}" for text in (*entry.templates, entry.note) if text]
    weights = ", ".join(f"{profile}: {policy.rules_under(profile).severities['pairing']}" for profile in PROFILES)
    shown = code if _INTEGER.fullmatch(code) else json.dumps(code)
    status = entries[0].status
    if status is not None:
        lines.append(f"  with another status it breaks the rule pairing ({weights})")
    page = policy.contract.page
    if page.title and not policy.contract.is_partner_center:
        lines.append(f"  documented in {safe(page.title)}{f' of {page.date}' if page.date else ''}")
    lines.append(f"  in a test: assert_pc_error(response, {shown}{'' if status is None else f', status={status}'})")
    return "\n".join(lines)


def _unknown(what: str, contract: Contract, rules: Collection[str]) -> str:
    """Return the message for an argument that is neither a code nor a rule, with a suggestion."""
    if what in map(str, contract.statuses):
        return f"{what} is an HTTP status, not a code or a rule; see `pcerrors list --status {what}`"
    meant = contract.catalogue.nearest(what) or next(iter(get_close_matches(what, rules, n=1)), None)
    hint = suggestion(meant, ()) if meant else "see `pcerrors list` for codes, `pcerrors explain` for rules"
    return f"{json.dumps(what, ensure_ascii=False)} is neither a code nor a rule; {hint}"


def _schema_of(what: str) -> dict[str, Any]:
    """Return the schema of documents that the package writes or reads."""
    if what == "rules":
        from pytest_pcerrors.simulation.server import rules_schema

        return rules_schema()
    from pytest_pcerrors.reporting.report import coverage_schema, report_schema

    return report_schema() if what == "report" else coverage_schema()


def _as_component(error_schema: Any, contract_name: str) -> dict[str, Any]:
    """Return a schema as a component of an OpenAPI document, without ``$schema`` and with adjusted references."""
    name = "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", contract_name)) + "Error"
    # json.dumps writes a member in one way only, so a reference can be changed in the text
    text = json.dumps(error_schema).replace('"$ref": "#', f'"$ref": "#/components/schemas/{name}')
    component = json.loads(text)
    component.pop("$schema", None)
    return {"components": {"schemas": {name: component}}}
