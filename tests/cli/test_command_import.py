"""``pcerrors import``: make a contract from a page."""

import io
import json
import sys

import pytest

from pytest_pcerrors import Contract

PAGE = "- 404 x\n\n| S | HTTP | Code | Text |\n|---|---|---|---|\n| Bad | 400 | 2001 | Wacht {0} |\n| N | 404 | 20.000 | Weg |\n"


@pytest.fixture
def page(tmp_path):
    """Write a page, and give its name."""
    (tmp_path / "page.md").write_text(PAGE)
    return "page.md"


def test_a_page_is_printed_as_a_contract(pcerrors, page):
    """The contract on standard output, the repairs on standard error."""
    ended = pcerrors("import", page)

    assert (ended.status, len(json.loads(ended.out)["entries"])) == (0, 2)
    assert 'pcerrors: page.md: line 6: code "20.000" read as 20000\n' in ended.err


def test_a_page_is_written_to_a_file(pcerrors, page):
    """With -o, what was read is counted."""
    ended = pcerrors("import", page, "-o", "contract.json")

    assert (ended.status, ended.out) == (0, "contract.json: 2 pairings, 2 codes, 2 statuses\n")
    assert Contract.load("contract.json").pairings == {(400, "2001"), (404, "20000")}


def test_quiet_leaves_the_contract_only(pcerrors, page):
    """Neither corrections nor counts; the contract is the same."""
    printed = pcerrors("import", page).out
    assert pcerrors("import", page, "--quiet", "--descriptions", page) == (0, printed, "")
    assert pcerrors("import", page, "--quiet", "-o", "contract.json") == (0, "", "")
    assert Contract.load("contract.json").pairings == {(400, "2001"), (404, "20000")}


def test_a_page_comes_from_standard_input(pcerrors, monkeypatch):
    """A dash is standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PAGE.encode())))

    assert pcerrors("import", "-").status == 0


def test_descriptions_are_kept_from_another_contract(pcerrors, page):
    """Only where the page has the entry."""
    entries = json.loads(pcerrors("import", page, "--descriptions", "shipped").out)["entries"]

    assert [each["descriptions"] for each in entries] == [
        [Contract.default().catalogue[code][0].description] for code in ("2001", "20000")
    ]


@pytest.mark.parametrize(
    "arguments", [["none.md"], ["page.md", "--descriptions", "none.json"], ["page.md", "-o", "no/x"]]
)
def test_misuse_is_status_2(pcerrors, page, arguments):
    """What is missing is named."""
    ended = pcerrors("import", *arguments)

    assert (ended.status, ended.out) == (2, "")
    assert arguments[-1] in ended.err


def test_a_closed_standard_input_is_misuse(pcerrors, monkeypatch):
    """As with `<&-` in a shell."""
    monkeypatch.setattr(sys, "stdin", None)

    assert pcerrors("import", "-") == (2, "", "pcerrors: standard input is closed\n")
