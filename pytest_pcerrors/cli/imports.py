"""``pcerrors import``: make a contract from a documentation page, from rows of data, or from an OpenAPI document."""

from pathlib import Path
from typing import Any

import click

from pytest_pcerrors.cli._input import STDIN, refuse_overwriting, standard_input
from pytest_pcerrors.cli._output import print_output, write_report
from pytest_pcerrors.cli.contracts import contract_of, print_remarks
from pytest_pcerrors.contract.files import complete_document, document_text
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.contract.pages.reading import NAME_IT, read_partner_center
from pytest_pcerrors.contract.pages.sources import bytes_of
from pytest_pcerrors.contract.sources.importing import imported
from pytest_pcerrors.contract.sources.model import Wanted
from pytest_pcerrors.contract.sources.reading import PAGE, read_source, text_of
from pytest_pcerrors.errors import UsageError


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
@click.option("--quiet", is_flag=True, help="Print the contract and errors only: no remarks on the source, no counts.")
def import_source(source: str, output: Path | None, descriptions: str | None, *, quiet: bool, **options: Any) -> int:
    """Make a contract from the documentation of an API.

    SOURCE is a Markdown or HTML page, CSV, JSON or YAML, or an OpenAPI document: a file, an http(s) URL, or - for standard input. A page of
    Partner Center may be in any language; the page of another API needs --as. What was read is printed on standard error.
    """
    wanted = Wanted(**options)
    read = [None if source == STDIN else Path(source), *([Path(wanted.envelope)] if wanted.envelope else [])]
    refuse_overwriting(output, read)
    data = standard_input().read() if source == STDIN else bytes_of(source, is_data=True)
    try:
        document, remarks = _read(data, source, wanted, output)
    except UsageError as error:
        raise UsageError(str(error) if source == STDIN else f"{source}: {error}") from None
    if not quiet:
        print_remarks(source, remarks)
    where = output or Path("contract.json")
    contract = Contract.of_document(complete_document(document, where) if "extends" in document else document)
    if descriptions is not None:
        worded = contract_of(descriptions, quiet=quiet).catalogue
        contract = contract.extended(entry for entry in worded if entry.pairing in contract.pairings)
        document = {**document, "entries": contract.document()["entries"]}
    _write(contract, document, output, quiet=quiet)
    return 0


def _read(data: bytes, source: str, wanted: Wanted, output: Path | None) -> tuple[dict[str, Any], tuple[object, ...]]:
    """Return the contract document of a source and the remarks on it; without a name, of Partner Center or an OpenAPI document."""
    text, kind = text_of(data, source)
    if wanted == Wanted() and kind == PAGE:
        return read_partner_center(text)
    found = read_source(data, source)
    if wanted.name is None and found.openapi is None:
        raise UsageError(f"not a page, and not an OpenAPI document; {NAME_IT}")
    return imported(found, wanted, output or Path("contract.json"))


def _write(contract: Contract, document: dict[str, Any], output: Path | None, *, quiet: bool) -> None:
    write_report([document_text(document if "extends" in document else contract.document())], output)
    if output is not None and not quiet:
        counts = f"{len(contract.pairings)} pairings, {len(contract.catalogue.codes)} codes"
        print_output(f"{output}: {counts}, {len(contract.statuses)} statuses")
