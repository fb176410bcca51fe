"""``pcerrors diff``: compare contracts."""

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pytest_pcerrors.cli._input import items_in, refuse_overwriting, sources_of
from pytest_pcerrors.cli._options import format_option, output_option
from pytest_pcerrors.cli._output import print_problem, write_report
from pytest_pcerrors.contract.changes import EFFECTS
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.contract.pages.sources import document_of
from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.items import Skipped
from pytest_pcerrors.reporting.changes import CHANGE_FORMATS
from pytest_pcerrors.secrets.display import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_pcerrors.cli._input import Source
    from pytest_pcerrors.exchange.model import Exchange


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--cassettes",
    "archives",
    multiple=True,
    metavar="PATH",
    help="List which of these recordings each change affects (repeatable).",
)
@format_option(CHANGE_FORMATS)
@output_option
@click.option(
    "--fail-on",
    type=click.Choice([*EFFECTS, "never"]),
    default="breaking",
    show_default=True,
    help="The effect that makes the exit code 1: this, or worse. An unreadable recording does so too.",
)
@click.option("--quiet", is_flag=True, help="Print changes and errors only: no correction of a page.")
def diff_contracts(  # noqa: PLR0913 - one parameter an option
    old: str, new: str, *, archives: tuple[str, ...], format_name: str, output: Path | None, fail_on: str, quiet: bool
) -> int:
    """Compare two contracts: each change, and its effect on clients.

    OLD and NEW are contract files (.json), pages (files or URLs), or the word shipped.
    """
    from pytest_pcerrors.policy.affected import touched

    sources = sources_of(archives)
    refuse_overwriting(output, [Path(old), Path(new), *sources])
    before, after = contract_of(old, quiet=quiet), contract_of(new, quiet=quiet)
    changes = before.diff(after)
    unreadable: list[str] = []
    report = CHANGE_FORMATS[format_name](changes, touched(changes, _recorded(sources, unreadable), before, after))
    write_report([report], output)
    failing = [effect for effect in EFFECTS if fail_on in EFFECTS[EFFECTS.index(effect) :]]
    return int(any(change.effect in failing for change in changes) or (bool(unreadable) and fail_on != "never"))


def contract_of(source: str, *, quiet: bool) -> Contract:
    """Return the contract of a source, and print the repairs of a page."""
    document, repairs = document_of(source)
    if not quiet:
        print_remarks(source, repairs)
    return Contract.of_document(document)


def print_remarks(source: str, remarks: "Iterable[object]") -> None:
    """Print what was repaired or recognised in a source, or left out of it."""
    for remark in remarks:
        print_problem(safe(f"{source}: {remark}"))


def _recorded(sources: "list[Source]", unreadable: list[str]) -> "Iterator[Exchange]":
    """Yield the recorded exchanges; report unreadable items and continue."""
    for item in chain.from_iterable(map(items_in, sources)):
        if isinstance(item, ArchiveError):
            unreadable.append(item.place)
            print_problem(str(item))
        elif not isinstance(item, Skipped):
            yield item
