"""``pcerrors synth``: write conforming cassettes made from a contract."""

from pathlib import Path

import click

from pytest_pcerrors.cli._input import from_here, refuse_overwriting
from pytest_pcerrors.cli._options import contract_option, files_of_policy, policy_for
from pytest_pcerrors.cli._output import print_output
from pytest_pcerrors.documents import write_atomically
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.reporting.formats import make_folder
from pytest_pcerrors.text import counted


@click.command()
@click.option(
    "--output",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to; default: `cassettes` of the settings.",
)
@click.option("--status", type=int, help="Only errors with this HTTP status.")
@click.option("--code", help="Only this error code.")
@click.option("--seed", type=int, default=0, show_default=True, help="The seed for identifiers and dates.")
@click.option("--quiet", is_flag=True, help="Do not list the files.")
@contract_option
def synth(  # noqa: PLR0913 - one parameter an option
    output: Path | None, status: int | None, code: str | None, seed: int, *, quiet: bool, contract_file: str | None
) -> int:
    """Write cassettes of conforming responses, for vcrpy.

    It writes one file for each status, with a request and a response for every documented error. A file with the same name is replaced.
    """
    from pytest_pcerrors.interception.cassette_files import cassette_text
    from pytest_pcerrors.simulation.synthesis import receivable, synthesize_entries, unknown_code

    policy, settings = policy_for(contract_file)
    if code is not None and code not in policy.contract.catalogue and not policy.others:
        raise unknown_code(code, policy.contract)
    entries = policy.contract.catalogue.select(status=status, code=code)
    if not entries:
        whose, fix = (f" of {policy.contract.name}", ", or give --contract FILE") if policy.others else ("", "")
        raise UsageError(f"no documented error{whose} has this status and code; see `pcerrors list`{fix}")
    folder = output or from_here(settings.cassettes)
    by_file = {
        folder / f"{each}.yaml": made
        for each, made in synthesize_entries(receivable(entries) or entries, policy.contract, seed).items()
    }
    for file in by_file:
        refuse_overwriting(file, files_of_policy(settings, contract_file))
    for file, exchanges in by_file.items():
        make_folder(file)
        write_atomically(file, cassette_text(exchanges))
        if not quiet:
            print_output(f"{file}: {counted(len(exchanges), 'exchange')}")
    return 0
