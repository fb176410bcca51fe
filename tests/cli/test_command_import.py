"""``pcerrors import``: make a contract from a page."""

import errno
import io
import json
import os
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


def test_a_saved_page_is_read_by_any_suffix(pcerrors, tmp_path):
    """As a browser saves it, in HTML."""
    (tmp_path / "page.html").write_text(
        "<table><tr><td>B<td>400<td>2001<td>Wait<tr><td>N<td>404<td>20000<td>Gone</table>"
    )

    assert (
        pcerrors("import", "page.html", "-o", "contract.json").out == "contract.json: 2 pairings, 2 codes, 2 statuses\n"
    )


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
    "arguments", [["none.md"], ["page.md", "--descriptions", "none.json"], ["page.md", "-o", "page.md/x"]]
)
def test_misuse_is_status_2(pcerrors, page, arguments):
    """What is missing is named."""
    ended = pcerrors("import", *arguments)

    assert (ended.status, ended.out) == (2, "")
    assert arguments[-1].removesuffix("/x") in ended.err


OTHER = """# Errors

| Code | Status | Text |
|---|---|---|
| `SHELF_FULL` | 409 | It is full |

```json
{"code": "SHELF_FULL", "message": "It is full"}
```
"""
OPENAPI = """
openapi: 3.0.3
info: {title: Shelves}
paths: {/: {get: {responses: {200: {}, 409: {content: {application/json: {
  schema: {properties: {code: {type: string}}}, example: {code: SHELF_FULL}}}}}}}}
"""


@pytest.fixture
def other(tmp_path):
    """Write the page of another API, and give its name."""
    (tmp_path / "errors.md").write_text(OTHER)
    return "errors.md"


def test_the_page_of_another_api_needs_its_name(pcerrors, other):
    """With --as; what was recognised is on standard error."""
    ended = pcerrors("import", other, "--as", "Shelf", "--host", "api.shelf.example", "-o", "shelf.json")

    assert (ended.status, ended.out) == (0, "shelf.json: 1 pairing, 1 code, 1 status\n")
    assert ended.err == (
        'pcerrors: errors.md: line 3: codes in "Code", statuses in "Status", texts in "Text"\n'
        "pcerrors: errors.md: line 8: the sample of an error body\n"
        "pcerrors: errors.md: the code is at /code, the text at /message\n"
        "pcerrors: errors.md: 1 code, none without a status\n"
    )
    assert Contract.load("shelf.json").hosts == ("api.shelf.example",)


@pytest.mark.parametrize(
    ("name", "text", "arguments"),
    [
        ("errors.md", OTHER, []),
        ("errors.md", "# Errors\n", []),
        ("errors.md", "| Status |\n|---|\n| 400 |\n", []),  # a code of Partner Center, too
        ("errors.md", PAGE.replace("2001", "9001").replace("20.000", "9002"), []),
        ("errors.md", OTHER, ["--host", "api.shelf.example"]),
        ("errors.csv", "code,status,text\nA_B,409,one two\n", []),
        ("errors.json", "{}", []),
    ],
)
def test_without_a_name_a_page_is_partner_centers(pcerrors, tmp_path, name, text, arguments):
    """Any other source is refused, and nothing is written."""
    (tmp_path / name).write_text(text)
    ended = pcerrors("import", name, *arguments, "-o", "contract.json")

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"pcerrors: {name}: ")
    assert "--as NAME" in ended.err
    assert not (tmp_path / "contract.json").exists()


def test_a_broken_page_of_partner_center_is_reported_as_such(pcerrors, tmp_path):
    """Without a word of other APIs."""
    (tmp_path / "page.md").write_text(PAGE.replace("20.000", "many"))
    ended = pcerrors("import", "page.md")

    assert (ended.status, "--as" in ended.err) == (2, False)


def test_an_openapi_document_names_itself(pcerrors, tmp_path):
    """Without --as, it has its title."""
    (tmp_path / "api.yaml").write_text(OPENAPI)
    document = json.loads(pcerrors("import", "api.yaml", "--quiet").out)

    assert (document["name"], [each["code"] for each in document["entries"]]) == ("Shelves", ["SHELF_FULL"])


def test_a_usual_envelope_is_extended(pcerrors, other):
    """The file has its name, and no schema; descriptions can be kept."""
    pcerrors("import", other, "--as", "Shelf", "-o", "old.json")
    ended = pcerrors("import", other, "--as", "Shelf", "--envelope", "odata", "--descriptions", "old.json", "--quiet")

    assert list(json.loads(ended.out)) == ["format", "extends", "name", "page", "hosts", "statuses", "entries"]


def test_a_link_to_itself_cannot_be_written(pcerrors, other, tmp_path):
    """Also by a contract that extends an envelope."""
    (tmp_path / "loop").symlink_to("loop")
    ended = pcerrors("import", other, "--as", "Shelf", "--envelope", "odata", "--quiet", "-o", "loop")
    assert ended == (2, "", f"pcerrors: loop: cannot be written: {os.strerror(errno.ELOOP)}\n")


def test_refusals_begin_with_the_source(pcerrors, piped, other, tmp_path):
    """Except for standard input."""
    assert pcerrors("import", other, "--as", "Shelf", "--code", "x").err.startswith(
        "pcerrors: errors.md: --code: no column"
    )
    piped(b"swagger: '2.0'\n")
    assert "no codes were found" in pcerrors("import", "-").err
    piped(b"code,text\nA_B,one two\n")
    assert pcerrors("import", "-", "--as", "Shelf").err.startswith("pcerrors: no sample")
    assert "is an input" in pcerrors("import", other, "--as", "S", "--envelope", "errors.json", "-o", other).err
