"""Read the page of Partner Center, and refuse that of any other API, which would be misread."""

from pytest_pcerrors.contract.files import shipped_document
from pytest_pcerrors.contract.pages._numbers import number_of
from pytest_pcerrors.contract.pages.reading import MAX_PAGE, PageReading, parsed_page, read_page
from pytest_pcerrors.errors import UsageError

NAME_IT = "if it is of another API than Partner Center, use `pcerrors import --as NAME`, with the name of the API"
_MIN_DIGITS = 4


def read_partner_center(text: str) -> PageReading:
    """Return the contract of a page of which most codes are known; raise a `UsageError` that names ``--as`` for any other page."""
    try:
        reading = read_page(text)
    except UsageError as error:
        if len(text) > MAX_PAGE or _is_known(_numbers(text)):
            raise
        raise UsageError(f"{error}; {NAME_IT}") from None
    codes = [row["code"] for row in reading.document["entries"]]
    if not _is_known(codes):
        raise UsageError(f"most of the {len(codes)} codes are not those of Partner Center; {NAME_IT}")
    return reading


def _is_known(codes: list[str]) -> bool:
    known = {row["code"] for row in shipped_document()["entries"]}
    return 2 * sum(code in known for code in codes) >= len(codes) > 0


def _numbers(text: str) -> list[str]:
    """Return the numbers in the cells of all tables that are too long for statuses."""
    cells = (cell for table in parsed_page(text)[0].tables for row in table.rows for cell in row.cells)
    return [
        str(number) for cell in cells if (number := number_of(cell)) is not None and len(str(number)) >= _MIN_DIGITS
    ]
