"""Read the tables and the samples of a page in Markdown or HTML."""

from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.contract.pages.reading import MAX_PAGE, parsed_page
from pytest_pcerrors.contract.sources._names import code_rank, is_status_name, text_rank
from pytest_pcerrors.contract.sources._samples import samples_in
from pytest_pcerrors.contract.sources.model import Grid, Line, Remark, Sample
from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from pytest_pcerrors.contract.pages.document import Table


class Page(NamedTuple):
    """What is read of a page: its tables, its samples, and the repairs made while it was parsed."""

    grids: list[Grid]
    samples: list[Sample]
    remarks: list[Remark]
    meta: dict[str, str]


def read_tables(text: str, *, is_html: bool = False) -> Page:
    r"""Return the tables and samples of a page.

    >>> page = read_tables('| Code |\n|---|\n| `A` |\n\n```json\n{"code": "A"}\n```\n')
    >>> page.grids[0].header, page.grids[0].rows[0].cells, page.samples[0].place
    (('Code',), ('A',), 'line 6')
    """
    if len(text) > MAX_PAGE:
        raise UsageError(f"the page has more than {MAX_PAGE} characters; it is not a page of error codes")
    page, meta = parsed_page(text, is_html=is_html)
    grids = [_grid(table) for table in page.tables]
    samples = [sample for block in page.code for sample in samples_in(block.text, block.first_line)]
    remarks = [Remark(f"line {line}", message) for line, message in page.repairs]
    return Page(grids, samples, remarks, meta)


def _grid(table: "Table") -> Grid:
    """Return a table as a grid; without a header, the first row is the header if it names a column."""
    header, rows = table.header, table.rows
    if not header and rows and any(_is_named(cell) for cell in rows[0].cells):
        header, rows = rows[0].cells, rows[1:]
    return Grid(header, tuple(Line(row.cells, f"line {row.line}") for row in rows), f"line {table.line}")


def _is_named(cell: str) -> bool:
    return is_status_name(cell) or code_rank(cell) is not None or text_rank(cell) is not None
