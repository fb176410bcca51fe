"""``pcerrors import`` and ``pcerrors diff``: make contracts from pages, and compare contracts."""

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pytest_pcerrors.cli._input import STDIN, items_in, refuse_overwriting, sources_of, standard_input
from pytest_pcerrors.cli._options import format_option, output_option
from pytest_pcerrors.cli._output import print_output, print_problem, write_report
from pytest_pcerrors.contract.changes import EFFECTS
from pytest_pcerrors.contract.files import document_text
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.contract.pages.reading import read_page
from pytest_pcerrors.contract.pages.sources import decoded, document_of, page_of
from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.items import Skipped
from pytest_pcerrors.reporting.formats.registry import CHANGE_FORMATS
from pytest_pcerrors.secrets.display import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_pcerrors.cli._input import Source
    from pytest_pcerrors.contract.pages.document import Repair
    from pytest_pcerrors.exchange.model import Exchange


@click.command("import")
@click.argument("page")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The contract file to write; default: standard output.",
)
@click.option(
    "--descriptions",
    metavar="CONTRACT",
    help="Use the descriptions of this contract (a file, or shipped) for entries that it has.",
)
@click.option("--quiet", is_flag=True, help="Print the contract and errors only: no correction of the page, no counts.")
def import_page(page: str, output: Path | None, descriptions: str | None, *, quiet: bool) -> int:
    """Make a contract from a documentation page.

    PAGE is a Markdown or HTML file, an http(s) URL, or - for standard input. The page may be in any language. Corrections of the page are printed on standard error.
    """
    refuse_overwriting(output, [None if page == STDIN else Path(page)])
    document, repairs = read_page(decoded(standard_input().read())) if page == STDIN else page_of(page)
    contract = Contract.of_document(document)
    if not quiet:
        _print_repairs(page, repairs)
    if descriptions is not None:
        worded = _contract(descriptions, quiet=quiet).catalogue
        contract = contract.extended(entry for entry in worded if entry.pairing in contract.pairings)
    if output is None:
        print_output(document_text(contract.document()), newline=False)
    else:
        contract.save(output)
        counts = f"{len(contract.pairings)} pairings, {len(contract.catalogue.codes)} codes, {len(contract.statuses)} statuses"
        if not quiet:
            print_output(f"{output}: {counts}")
    return 0


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
    before, after = _contract(old, quiet=quiet), _contract(new, quiet=quiet)
    changes = before.diff(after)
    unreadable: list[str] = []
    report = CHANGE_FORMATS[format_name](changes, touched(changes, _recorded(sources, unreadable), before, after))
    write_report([report], output)
    failing = [effect for effect in EFFECTS if fail_on in EFFECTS[EFFECTS.index(effect) :]]
    return int(any(change.effect in failing for change in changes) or (bool(unreadable) and fail_on != "never"))


def _contract(source: str, *, quiet: bool) -> Contract:
    document, repairs = document_of(source)
    if not quiet:
        _print_repairs(source, repairs)
    return Contract.of_document(document)


def _print_repairs(source: str, repairs: "Sequence[Repair]") -> None:
    for repair in repairs:
        print_problem(safe(f"{source}: {repair}"))


def _recorded(sources: "list[Source]", unreadable: list[str]) -> "Iterator[Exchange]":
    """Yield the recorded exchanges; report unreadable items and continue."""
    for item in chain.from_iterable(map(items_in, sources)):
        if isinstance(item, ArchiveError):
            unreadable.append(item.place)
            print_problem(str(item))
        elif not isinstance(item, Skipped):
            yield item
