"""A page that cannot be read raises one error, with the line and what was expected."""

import pytest

from pytest_pcerrors import Contract, UsageError
from pytest_pcerrors.contract.sources._pages import parsed_page
from pytest_pcerrors.contract.sources.partner_center import read_page

HEAD = "# Errors\n\n| Status | HTTP | Code | Text |\n|---|---|---|---|\n"
GOOD = "| a | 400 | 2001 | x |\n| b | 404 | 1000 | y |\n| c | 404 | 1001 | y |\n| d | 404 | 1002 | y |\n| e | 404 | 1003 | y |\n"


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("", "no table of error codes"),
        ("# Errors\n\nNothing to see.", "no table of error codes"),
        ("| a | b |\n|---|---|\n| x | y |", "no table of error codes"),
        ("| HTTP | Code |\n|---|---|\n| 400 | 2001 |", "no table of error codes"),
        (HEAD + GOOD + "| f | 400 | none | z |\n", 'line 10: "none" is not an error code'),
        (HEAD + GOOD + "| f | none | 2002 | z |\n", 'line 10: "none" is not an HTTP status'),
        (HEAD + GOOD + "| f | 4000 | 2002 | z |\n", 'line 10: "4000" is not an HTTP status'),
        (HEAD + GOOD + "| f | 400 |\n", 'line 10: "" is not an error code'),
        (HEAD + GOOD + "| f | 400 | 2002 | |\n", "line 10: code 2002 has no description"),
        (
            HEAD + GOOD + "\n\n" + HEAD + GOOD,
            "could be the error codes: line 3, column 3 and line 14, column 3; leave one",
        ),
        (HEAD + GOOD + '\n```json\n{\n  "error": 1,\n  "text": 2\n}\n```\n', 'no member "code", but error, text'),
        ("<html><table><tr><td>x</table>", "no table of error codes"),
        ("x" * (2 * 1024 * 1024 + 1), "more than 2097152 characters"),
        (b"bytes", "expected the text of a page as a str, got bytes"),
        ("<div>" * 10_000, "no table of error codes"),
        ("> " * 5_000 + "x", "no table of error codes"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else None,
)
def test_a_page_that_lacks_something_is_refused(page, message):
    """The error reports what is missing, where, and what was expected."""
    with pytest.raises(UsageError) as caught:
        Contract.from_page(page)
    assert message in str(caught.value)


def test_an_empty_row_is_ignored():
    """A row without text is ignored."""
    assert len(Contract.from_page(HEAD + GOOD + "|   |   |   |   |\n").pairings) == 5


def test_a_page_with_the_table_alone_borrows_the_shipped_schema():
    """What the page does not define is copied from the shipped contract, and reported."""
    document, repairs = read_page(parsed_page(HEAD + GOOD))
    contract = Contract.of_document(document)
    assert contract.error_schema == Contract.default().error_schema
    assert [repair.message for repair in repairs] == [
        "no list of HTTP statuses; only those of the table of error codes are used",
        "no sample of an error body; the shipped error schema is used",
    ]


def test_a_sample_without_a_table_of_properties_has_no_limit():
    """Without the table, no maximum length is documented."""
    page = HEAD + GOOD + '\n    {\n      "code": <string>,\n      "region": <string>\n    }\n'
    schema = Contract.from_page(page).error_schema
    assert schema["properties"] == {
        "code": {**schema["properties"]["code"], "type": "string"},
        "region": {"type": "string"},
    }


def test_a_table_of_properties_has_limits():
    """It has one row for each property of the sample."""
    table = "\n| Property | Content |\n|---|---|\n| code | a number |\n| region | at most 1,024 characters |\n"
    page = HEAD + GOOD + '\n    {\n      "code": <string>,\n      "region": <string>\n    }\n' + table
    assert Contract.from_page(page).error_schema["properties"]["region"] == {
        "type": "string",
        "minLength": 1,
        "maxLength": 1024,
    }


def test_a_status_nobody_knows_has_no_phrase():
    """A listed status without a standard reason phrase is kept."""
    contract = Contract.from_page("* 499 - hm\n\n" + HEAD + GOOD)
    assert contract.statuses[499] == ""
