"""``pcerrors list`` and ``pcerrors explain``: the catalogue and the rules, told."""

import json
import sys
from typing import TYPE_CHECKING

import click

from pytest_pcerrors.checking.describing import Description, descriptions
from pytest_pcerrors.cli.options import contract_option, policy_for
from pytest_pcerrors.errors import UsageError, nearest
from pytest_pcerrors.reporting.reference import as_markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_pcerrors.checking.policy import Policy
    from pytest_pcerrors.contract.model import Contract, Entry


@click.command("list")
@click.option("--status", type=int, help="Only entries with this HTTP status.")
@click.option("--search", metavar="TEXT", help="Only entries whose code or description holds this text.")
@click.option("--format", "format_name", type=click.Choice(["table", "json"]), default="table", show_default=True)
@contract_option
def list_entries(status: int | None, search: str | None, format_name: str, contract_file: str | None) -> int:
    """List the documented errors. Exit status 1 if none fits."""
    contract = policy_for(contract_file)[0].contract
    found = set(contract.catalogue.find(search)) if search else set(contract.catalogue)
    entries = [entry for entry in contract.catalogue.select(status=status) if entry in found]
    if format_name == "json":
        rows = [{"status": each.status, "code": each.code, "descriptions": each.templates} for each in entries]
        click.echo(json.dumps(rows, indent=2))
    elif sys.stdout.isatty():
        _print_table(entries, contract)
    else:
        for entry in entries:
            click.echo(f"{entry.status}  {entry.code:>7}  {entry.description}")
    return int(not entries)


@click.command()
@click.argument("what", required=False, metavar="[CODE|RULE]")
@contract_option
def explain(what: str | None, contract_file: str | None) -> int:
    """Tell what an error code or a rule means; without an argument, all rules as Markdown."""
    policy = policy_for(contract_file)[0]
    rules = {each.name: each for each in descriptions(policy.contract, policy.rules)}
    if what is None:
        click.echo(as_markdown(list(rules.values())), nl=False)
    elif what in rules:
        click.echo(_rule_text(rules[what], policy))
    elif what in policy.contract.catalogue:
        click.echo(_code_text(what, policy.contract))
    else:
        raise UsageError(
            f'"{what}" is neither a code nor a rule; {nearest(what, [*policy.contract.catalogue.codes, *rules])}'
        )
    return 0


def _print_table(entries: "Sequence[Entry]", contract: "Contract") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Status", "Code", "Description", box=None)
    for entry in entries:
        table.add_row(contract.reason(entry.status), entry.code, entry.description)
    Console().print(table, markup=False)


def _rule_text(rule: Description, policy: "Policy") -> str:
    lines = [f"{rule.name} (stage: {rule.stage})", f"  breaks   {rule.breaks}"]
    lines += [
        f"  {label:8} {text}"
        for label, text in (("page", rule.page), ("example", rule.example), ("mend", rule.mend))
        if text
    ]
    for profile, severity in (rule.severities or {}).items():
        here = policy.profiled(profile).severities[rule.name]
        changed = f", {here} by your settings" if here != severity else ""
        lines.append(f"  {profile}: {severity}{changed}")
    return "\n".join(lines)


def _code_text(code: str, contract: "Contract") -> str:
    lines = []
    for entry in contract.catalogue[code]:
        lines.append(f"{code} with {contract.reason(entry.status)}")
        lines += [f"  {template}" for template in entry.templates]
    statuses = " or ".join(str(entry.status) for entry in contract.catalogue[code])
    lines.append(f"  documented with {statuses} only; another status breaks the rule pairing")
    lines.append(f"  in a test: assert_pc_error(response, {code})")
    return "\n".join(lines)
