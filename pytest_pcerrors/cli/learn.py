"""``pcerrors learn``: propose settings from recordings."""

from datetime import timedelta

import click

from pytest_pcerrors.cli._input import recording_of, sources_of
from pytest_pcerrors.cli._options import contract_option, policy_for, profile_option
from pytest_pcerrors.cli._output import print_output, print_problem
from pytest_pcerrors.policy.audit import audit
from pytest_pcerrors.policy.learning import learn
from pytest_pcerrors.reporting.learned import as_toml
from pytest_pcerrors.reporting.summary import Tally

_ALLOWED = timedelta(days=180)


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
        print_problem(tally.unchecked() or "nothing to learn: all recordings pass")
    else:
        print_output(as_toml(proposal, policy.today + _ALLOWED), newline=False)
    return int(bool(proposal.unreadable))
