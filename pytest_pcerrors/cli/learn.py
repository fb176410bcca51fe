"""``pcerrors learn``: propose settings from recordings, as TOML for pyproject.toml."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import click

from pytest_pcerrors.cli._input import recording_of, sources_of
from pytest_pcerrors.cli._options import contract_option, policy_for, profile_option
from pytest_pcerrors.cli._output import print_output, print_problem
from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.items import joined
from pytest_pcerrors.policy.audit import audit
from pytest_pcerrors.policy.learning import Proposal, learn
from pytest_pcerrors.reporting.summary import Tally
from pytest_pcerrors.rules.violation import SECRET_RECORDED, STALE
from pytest_pcerrors.text import counted, readable

_ALLOWED = timedelta(days=180)
_FIXES = {SECRET_RECORDED: "remove the secrets with pcerrors redact", STALE: "record again"}
"""What to do about recordings that are not fit to be kept."""


@click.command("learn")
@click.argument("archives", nargs=-1, required=True, metavar="ARCHIVE...")
@contract_option
@profile_option
def learn_settings(archives: tuple[str, ...], contract_file: str | None, profile: str | None) -> int:
    """Propose settings under which these recordings pass.

    It prints TOML for pyproject.toml: an entry for every undocumented code or pairing, with the number of occurrences and a sample text, and an allowance
    of half a year for every other broken rule. Review it before you use it. Exit code 1 if a file cannot be read.
    """
    policy, _ = policy_for(contract_file, profile)
    tally = Tally()
    findings = audit((recording_of(source, policy) for source in sources_of(archives)), policy)
    proposal = learn(tally.counting(findings), policy.contract)
    if proposal.is_empty and not proposal.unreadable and not proposal.expired:
        print_problem(tally.unchecked() or f"nothing to learn{'' if tally.broken else ': all recordings pass'}")
    else:
        print_output(as_toml(proposal, policy.today + _ALLOWED), newline=False)
    for rule, fix in _FIXES.items():
        if count := tally.broken[rule]:
            print_problem(f"{counted(count, 'violation')} of {rule}, for which no setting is proposed: {fix}")
    return int(bool(proposal.unreadable))


def as_toml(proposal: Proposal, until: date) -> str:
    """Return tables for ``[tool.pcerrors]``: an entry for each undocumented pairing, an allowance for each other rule.

    `until` is the last day of the allowances. Files that no setting can allow are listed in comments.
    """
    return "\n".join([*_entries(proposal), *_allowances(proposal, until), *_remarks(proposal)])


def _entries(proposal: Proposal) -> Iterator[str]:
    for (status, code), seen in sorted(proposal.entries.items()):
        description, note = seen.sample or "(no description)", _said(seen.count, seen.first)
        texts = {"code": _string(code), "description": _string(description), "note": _string(note)}
        yield from _table("entry", {"status": status, **texts})


def _allowances(proposal: Proposal, until: date) -> Iterator[str]:
    for rule, seen in sorted(proposal.rules.items()):
        reason = f"{_said(seen.count, seen.first)}; say why, or fix it"
        conditions = {"code": map(_string, sorted(seen.codes)), "status": map(str, sorted(seen.statuses))}
        for name, values in conditions.items():
            if any_of := ", ".join(values):
                limits = {name: f"[{any_of}]", "reason": _string(reason), "until": until.isoformat()}
                yield from _table("allow", {"rule": _string(rule), **limits})


def _table(name: str, values: Mapping[str, object]) -> Iterator[str]:
    yield f"[[tool.pcerrors.{name}]]"
    yield from (f"{key} = {value}" for key, value in values.items())
    yield ""


def _remarks(proposal: Proposal) -> Iterator[str]:
    problem = "cannot be read, and no setting allows that"
    for each in joined(ArchiveError(place, problem, fix) for place, fix in proposal.unreadable.items()):
        yield f"# {json.dumps(each.place)} {each.problem}: {each.fix}"
    if proposal.expired:
        yield "# an allowance has expired: fix the violation, or give the allowance a later day"


def _said(count: int, first: str) -> str:
    first = readable(first)
    return f"seen once, in {first}" if count == 1 else f"seen {count} times, first in {first}"


def _string(text: str) -> str:
    """Return a TOML basic string; its escapes are those of JSON, and DEL is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
