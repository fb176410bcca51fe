"""``pcerrors import`` and ``pcerrors diff``: make a contract from documentation or data, and compare contracts."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from typing import Any

import click

from pytest_pcerrors.cli._input import STDIN, Source, items_in, refuse_overwriting, sources_of, standard_input
from pytest_pcerrors.cli._options import format_option, output_option
from pytest_pcerrors.cli._output import print_output, print_problem, write_report
from pytest_pcerrors.contract.changes import EFFECTS, Change
from pytest_pcerrors.contract.files import complete_document, document_text
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.contract.sources.fetching import bytes_of, document_of
from pytest_pcerrors.contract.sources.model import Wanted
from pytest_pcerrors.errors import ArchiveError, misuse_of
from pytest_pcerrors.exchange.archives.items import Skipped, joined
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted, cut, markdown_cell

_LONGEST_TEXT = 100
_MOST_TOUCHED = 5
_MEMBERS = ("kind", "what", "effect", "why", "before", "after")

Touched = Mapping[Change, Sequence[str]]
"""The recordings that each change affects."""


@click.command("import")
@click.argument("source")
@click.option("--as", "name", metavar="NAME", help="The name of the API, if it is not Partner Center.")
@click.option("--host", "hosts", metavar="HOST", multiple=True, help="A host of the API (repeatable).")
@click.option(
    "--envelope",
    metavar="NAME|FILE",
    help="The form of an error body: odata, problem, google, jsonapi, stripe, or a file with one error body or an OpenAPI document.",
)
@click.option("--code", metavar="COLUMN", help="The column of error codes; of an OpenAPI document, the member.")
@click.option("--status", metavar="COLUMN", help="The column of HTTP statuses.")
@click.option("--text", metavar="COLUMN", help="The column of texts.")
@click.option("--status-from", metavar="REGEX", help="Find the status of a code in the code, by the first group.")
@output_option
@click.option(
    "--descriptions",
    metavar="CONTRACT",
    help="Use the descriptions of this contract (a file, or shipped) for entries that it has.",
)
@click.option("--quiet", is_flag=True, help="Print the contract and errors only: no remarks on the source, no counts.")
def import_source(source: str, output: Path | None, descriptions: str | None, *, quiet: bool, **options: Any) -> int:
    """Make a contract from the documentation of an API.

    SOURCE is a Markdown or HTML page, CSV, JSON or YAML, or an OpenAPI document: a file, an http(s) URL, or - for standard input. A page of
    Partner Center may be in any language; the page of another API needs --as. What was read is printed on standard error.
    """
    from pytest_pcerrors.contract.sources.importing import contract_document

    wanted, where = Wanted(**options), output or Path("contract.json")
    read = [None if source == STDIN else Path(source), *([Path(wanted.envelope)] if wanted.envelope else [])]
    refuse_overwriting(output, read)
    data = standard_input().read() if source == STDIN else bytes_of(source)
    with nullcontext() if source == STDIN else misuse_of(source):
        document, remarks = contract_document(data, source, wanted, where)
    if not quiet:
        print_remarks(source, remarks)
    contract = Contract.of_document(complete_document(document, where) if "extends" in document else document)
    if descriptions is not None:
        worded = contract_of(descriptions, quiet=quiet).catalogue
        contract = contract.extended(entry for entry in worded if entry.pairing in contract.pairings)
        document = {**document, "entries": contract.document()["entries"]}
    _write(contract, document, output, quiet=quiet)
    return 0


def as_text(changes: Sequence[Change], touched: Touched) -> str:
    """Return a line or more for each change, ordered by effect, and the summary."""
    lines = []
    for change in sorted(changes, key=lambda each: EFFECTS.index(each.effect)):
        lines.append(f"{change.effect}: {_title(change)}: {change.why}")
        lines += [f"  {mark} {_short(text)}" for mark, text in (("-", change.before), ("+", change.after)) if text]
        lines += [f"  touches {place}" for place in _listed(touched.get(change, ()))]
    return "\n".join([*lines, summary(changes)]) + "\n"


def as_json(changes: Sequence[Change], touched: Touched) -> str:
    """Return a JSON document: ``{"changes": [{"kind", "what", "effect", "why", "before", "after", "touches"}]}``."""
    rows = [
        {**{name: getattr(change, name) for name in _MEMBERS}, "touches": list(touched.get(change, ()))}
        for change in changes
    ]
    return json.dumps({"changes": rows}, indent=2) + "\n"


def as_markdown(changes: Sequence[Change], touched: Touched) -> str:
    """Return a table for each effect, for the text of a pull request."""
    lines = [f"**{summary(changes)}**"]
    for effect in EFFECTS:
        rows = [change for change in changes if change.effect == effect]
        if rows:
            lines += ["", f"### {effect.capitalize()}", ""]
            lines += ["| change | before | after | why | recordings |", "|---|---|---|---|---|"]
        for change in rows:
            places = "<br>".join(map(markdown_cell, _listed(touched.get(change, ()))))
            cells = (_title(change), _short(change.before), _short(change.after), change.why)
            lines.append(f"| {' | '.join(map(markdown_cell, cells))} | {places} |")
    return "\n".join(lines) + "\n"


CHANGE_FORMATS: dict[str, Callable[[Sequence[Change], Touched], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}
"""The formats of `pcerrors diff`."""


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


def print_remarks(source: str, remarks: Iterable[object]) -> None:
    """Print what was repaired or recognised in a source, or left out of it."""
    for remark in remarks:
        print_problem(safe(f"{source}: {remark}"))


def _recorded(sources: list[Source], unreadable: list[str]) -> Iterator[Exchange]:
    """Yield the recorded exchanges; report unreadable items at the end."""
    errors = []
    for item in chain.from_iterable(map(items_in, sources)):
        if isinstance(item, ArchiveError):
            errors.append(item)
        elif not isinstance(item, Skipped):
            yield item
    unreadable += map(str, joined(errors))
    for problem in unreadable:
        print_problem(problem)


def _write(contract: Contract, document: dict[str, Any], output: Path | None, *, quiet: bool) -> None:
    write_report([document_text(document if "extends" in document else contract.document())], output)
    if output is not None and not quiet:
        counts = {"pairing": contract.pairings, "code": contract.catalogue.codes, "status": contract.statuses}
        print_output(f"{output}: {', '.join(counted(len(each), noun) for noun, each in counts.items())}")


def summary(changes: Sequence[Change]) -> str:
    """Return the number of changes by effect."""
    counts = Counter(change.effect for change in changes)
    listed = ", ".join(f"{counts[effect]} {effect}" for effect in EFFECTS if counts[effect])
    return f"{counted(len(changes), 'change')}: {listed}" if changes else "no changes"


def _title(change: Change) -> str:
    return f"{safe(change.what)} ({change.kind.replace('-', ' ')})"


def _listed(places: Sequence[str]) -> list[str]:
    more = [f"and {len(places) - _MOST_TOUCHED} more"] if len(places) > _MOST_TOUCHED else []
    return [*places[:_MOST_TOUCHED], *more]


def _short(text: str) -> str:
    return cut(safe(text), _LONGEST_TEXT)
