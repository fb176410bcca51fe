"""Codes in headings, defined terms and lists: which of them are codes, and where their statuses and texts come from."""

from contextlib import nullcontext

import pytest

from pytest_pcerrors import UsageError
from pytest_pcerrors.contract.sources.model import Reading

SAMPLE = '```json\n{"code": "NO_SHELF", "message": "No shelf"}\n```\n'
REFUSED = "no codes were found"


def headings(*titles, above="# Errors\n\n"):
    """Return a page with a heading for each title, and a text below it."""
    return above + "".join(f"### {title}\n\nA text.\n\n" for title in titles)


@pytest.mark.parametrize(
    ("titles", "codes"),
    [
        (["-1000 UNKNOWN", "-1001 DISCONNECTED"], ["-1000", "-1001"]),
        (["5000 - Unknown", "601: Other"], ["5000", "601"]),
        (["`no_shelf`", "`full`", "overview text"], ["no_shelf", "full"]),
        (["NO_SHELF", "FULL", "Overview"], ["NO_SHELF", "FULL"]),
        (["`shelf-not-found`", "`shelf-full`"], ["shelf-not-found", "shelf-full"]),
        (["NoShelf", "ShelfFull: it is full"], ["NoShelf", "ShelfFull"]),
        (["1. NO_SHELF", "\u26a0 E12 (soon)"], ["NO_SHELF", "E12"]),
        (["urn:shelf:1", "urn:shelf:2 (404)"], None),
        (["FULL (409)", "Full (409)"], ["FULL", "Full"]),
        (["Forbidden (403)", "Not Found (404)", "401 Unauthorized"], None),
        (["400 (400)", "404 (404)"], None),
        (["Overview", "Format", "Retry"], None),
        (["NO_SHELF", "How to retry", "Limits"], None),
        (["Short-circuit behavior", "Client-side errors"], None),
        (["NO_SHELF"], None),
        (["A_" + "B" * 200, "NO_SHELF " + "x" * 200], None),
    ],
)
def test_headings_that_are_written_as_codes_are_codes(read, titles, codes):
    """If most of those of one level are, and there are at least two."""
    page = headings(*titles)
    if codes is None:
        with pytest.raises(UsageError, match=REFUSED):
            read(page, envelope="odata")
    else:
        assert [entry.code for entry in read(page, envelope="odata").contract.catalogue] == codes


@pytest.mark.parametrize(
    ("above", "is_read"),
    [
        ("# Errors\n\n", True),
        ("# API\n\n## Failure codes\n\n", True),
        ("---\ntitle: Error codes\n---\n", True),
        ("# Webhooks\n\n", False),
        ("# The error object\n\n", False),
        ("# Errors\n\n## NO_NAME\n\n", False),
    ],
)
def test_headings_are_codes_below_a_title_of_errors(read, above, is_read):
    """And not below one of the parts of something."""
    page = headings("NO_SHELF", "SHELF_FULL", above=above)
    with nullcontext() if is_read else pytest.raises(UsageError, match=REFUSED):
        assert len(read(page, envelope="odata").contract.pairings) == 2


@pytest.mark.parametrize(
    ("title", "is_read"),
    [
        ("Error codes", True),
        ("API errors", True),
        ("Errors and limits", True),
        ("Exceptions", False),
        ("Tool error patterns", False),
    ],
)
def test_headings_that_may_be_anything_are_codes_below_a_title_of_error_codes(read, title, is_read):
    """Or if one has a status, or is in a sample; ``SHELF_FULL`` is a code below each of these titles."""
    page = headings("loggingReporter", "bookReporter", above=f"# {title}\n\n")
    with nullcontext() if is_read else pytest.raises(UsageError, match=REFUSED):
        read(page, envelope="odata")
    for proof in ('```json\n{"code": "bookReporter"}\n```\n', "HTTP 404\n"):
        assert len(read(page + proof, envelope="odata").contract.pairings) == 2
    assert read(headings("NO_SHELF", "SHELF_FULL", above=f"# {title}\n\n"), envelope="odata")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["**E1001** - It is gone", "**E1002** - It is full"], {(None, "It is gone"), (None, "It is full")}),
        (["<b>E1001</b>: It is gone (HTTP 404)", "**E1002** It is full"], {(404, "It is gone (HTTP 404)"), (None, "It is full")}),
        (["**E1001**\n\nIt is gone", "**`E1002`**\n**Status:** 409\n\n**Message:** It is full"], {(None, "It is gone"), (409, "It is full")}),
        (["**E1001** - It is gone", "**Note** that this is prose", "A **E1002** text"], None),
        (["- See **E1001**", "- See **E1002**"], None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_codes_are_in_bold_at_the_beginning_of_a_line(read, lines, expected, between):
    """As in headings."""
    page = "# Errors\n\n" + between.join(lines) + "\n"
    if expected is None:
        with pytest.raises(UsageError, match=REFUSED):
            read(page, envelope="odata")
    else:
        entries = read(page, envelope="odata").contract.catalogue
        assert {(entry.status, entry.description) for entry in entries} == expected


@pytest.mark.parametrize(
    ("below", "texts"),
    [
        ("Message: It is gone\n\nMessage: It was sold\n", ["It is gone", "It was sold"]),
        ("Some words.\n\nMessages:\n\n- \u201cIt is gone\u201d\n- It was sold\n\nNotes: none here\n", ["It is gone", "It was sold"]),
        ("Description: It is gone\n\nIt was sold\n", ["It is gone"]),
        ("It is gone\n\nIt was sold\n", ["It is gone"]),
        ("It is gone\n\nWhat to check:\n\nAsk those who sold it.\n", ["It is gone"]),
        ("This can have one of several causes, which are:\n\nIt is gone\n", ["It is gone"]),
    ],
)  # fmt: skip
def test_a_code_has_several_texts(read, below, texts):
    """After several labels, or below a label of several."""
    catalogue = read(f"# Errors\n\n### NO_SHELF\n\n{below}\n### SHELF_FULL\n", envelope="odata").contract.catalogue
    assert [*catalogue["NO_SHELF"][0].templates] == texts


def test_each_code_may_have_many_texts(read):
    """More than there are codes."""
    page = "# Errors\n\n" + "".join(
        f"### E100{n}\n\nMessages:\n\n- One text\n- Two texts\n- Three texts\n\n" for n in (1, 2)
    )
    assert [len(entry.templates) for entry in read(page, envelope="odata").contract.catalogue] == [3, 3]


def test_headings_that_are_members_of_the_samples_are_not_codes(read):
    """They describe the parts of the body."""
    page = headings("error_code", "error_text") + '```json\n{"error_code": "x", "error_text": "y"}\n```\n'
    with pytest.raises(UsageError, match=REFUSED):
        read(page, envelope="odata")


@pytest.mark.parametrize(
    ("section", "status", "text"),
    [
        ("### NO_SHELF (404)\n\nIt is gone.", 404, "It is gone."),
        ("### 404 NO_SHELF - It is gone", 404, "It is gone"),
        ("### NO_SHELF\n\n**HTTP status:** 404\n**Message:** \u201cIt is gone\u201d\n", 404, "It is gone"),
        ("### NO_SHELF\n\n- Status: 404 Not Found\n- Raised when: It is gone\n", 404, "It is gone"),
        ("### NO_SHELF\n\nHow to fix:\n\nIt is gone (HTTP 404).", 404, "It is gone (HTTP 404)."),
        ("### NO_SHELF\n\nIt is HTTP 404, or HTTP 410.", None, "It is HTTP 404, or HTTP 410."),
        ("## 2. Not found (404)\n\n### NO_SHELF\n\nIt is gone.", 404, "It is gone."),
        ("## 404 Not Found\n\n### NO_SHELF\n\nStatus: soon\n\nIt is gone.", 404, "It is gone."),
        ("## 400 series\n\n### NO_SHELF\n\nIt is gone.", None, "It is gone."),
        (f"## {'404, ' * 60}404\n\n### NO_SHELF\n\nIt is gone.", None, "It is gone."),
        ("### NO_SHELF\n\n```\nHTTP 404\n```\n| Status | Text |\n|---|---|\n| 404 | x y |\n", None, "NO_SHELF"),
    ],
)
def test_the_status_of_a_heading_is_in_it_below_it_or_above_it(read, section, status, text):
    """After a label, in the text if there is one only, or in the title of a chapter, unless it is very long."""
    entries = read(f"# Errors\n\n{section}\n\n### SHELF_FULL\n", envelope="odata").contract.catalogue
    assert [(entry.status, entry.description) for entry in entries["NO_SHELF"]] == [(status, text)]


def test_a_page_in_html_has_the_same_headings_and_defined_terms(read):
    """The latter have the lowest level."""
    page = (
        "<html><h1>Errors</h1><h2>A_B (404)</h2><p>one two<h2>C_D</h2>HTTP 409<dl><dt>Error_E<dd>x y<dt>F_G</dt></dl>"
    )
    assert read(page, "errors.html", envelope="odata").contract.pairings == {(404, "A_B"), (409, "C_D")}


def test_code_in_html_ends_before_the_next_block_of_markdown(read):
    """Even without its end tag."""
    page = "Text\n\n<div><pre>\n\n# Errors\n\n- NO_SHELF (404)\n- SHELF_FULL (409)\n\n" + SAMPLE
    assert read(page).document["members"] == {"code": "/code", "description": "/message"}


def test_the_sample_of_a_heading_has_the_envelope(read):
    """As that of a table."""
    found = read(headings("NO_SHELF", "SHELF_FULL", "Not a code") + SAMPLE)
    assert found.document["members"] == {"code": "/code", "description": "/message"}
    assert 'line 3, headings: codes in "error code"' in found.remarks
    assert '"the heading Not a code" is not a code, left out' in found.remarks


@pytest.mark.parametrize(
    ("above", "items", "is_read"),
    [
        ("# Errors", ["NO_SHELF: It is gone", "SHELF_FULL - It is full"], True),
        ("# Errors\n\n## Shelves", ["NO_SHELF: It is gone (HTTP 404)", "SHELF_FULL (409): It is full"], True),
        ("# Errors\n\n## Shelves", ["NO_SHELF: It is gone", "SHELF_FULL: It is full"], False),
        ("# Errors", ["no_shelf: It is gone", "shelf_full: It is full"], False),
        ("# Errors", ["NO_SHELF: It is gone", "and others"], False),
        ("# Shelves", ["no_shelf (404) (since 2)", "conflict (409)"], True),
        ("# Changes", ["fix (508): One", "fix (510): Two"], False),
    ],
)
def test_lists_of_codes_are_read_below_a_title_of_errors(read, above, items, is_read):
    """The nearest title if they are without statuses, and if they are not written as words and members are."""
    page = f"{above}\n\n" + "".join(f"- {item}\n" for item in items)
    with nullcontext() if is_read else pytest.raises(UsageError, match=REFUSED):
        assert len(read(page, envelope="odata").contract.pairings) == 2


def test_many_headings_and_samples_beside_a_table_are_compared_once(read, monkeypatch):
    """Which takes time in proportion to their number."""
    asked = []
    codes = Reading.codes.fget
    monkeypatch.setattr(Reading, "codes", property(lambda self: asked.append(1) or codes(self)))
    counts = []
    for count in (2, 200):
        asked.clear()
        page = "| Code | Text |\n|---|---|\n| A_B | one two |\n\n" + headings(*(f"E_{n}" for n in range(count)))
        read(page + count * '```json\n{"code": "E_0", "message": "one two"}\n```\n')
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_tables_have_priority(read):
    """Other codes are left out with a remark, the same codes without one."""
    table = "| Code | Text |\n|---|---|\n| NO_SHELF | one two |\n| SHELF_FULL | three four |\n\n"
    same, other = (read(table + headings(*codes), envelope="odata") for codes in (["NO_SHELF", "X_Y"], ["A_B", "C_D"]))
    assert "left out" not in same.remarks
    assert "line 8, headings: codes such as A_B were left out, beside tables of codes" in other.remarks
    assert same.contract.pairings == other.contract.pairings


@pytest.mark.parametrize(
    ("codes", "is_read"), [(["NO_SHELF", "A_B", "SHELF_FULL"], True), (["A_B", "C_D", "E_F"], False)]
)
def test_headings_are_read_beside_a_table_that_is_a_summary_of_them(read, codes, is_read):
    """They have most of its codes, and more."""
    page = "| Status | Codes |\n|---|---|\n| 404 | NO_SHELF |\n| 409 | FULL, SHELF_FULL |\n\n" + headings(
        "FULL", *codes
    )
    found = read(page, envelope="odata").contract
    assert found.pairings == {(404, "NO_SHELF"), (409, "FULL"), (409, "SHELF_FULL")} | (
        {(None, "A_B")} if is_read else set()
    )
    assert found.catalogue["SHELF_FULL"][0].description == ("A text." if is_read else "SHELF_FULL")


def test_a_table_without_statuses_has_that_of_the_heading_above(read):
    """If it has codes."""
    found = read("## 404 Not Found\n\n| Code | Text |\n|---|---|\n| NO_SHELF | one two |\n", envelope="odata")
    assert found.contract.pairings == {(404, "NO_SHELF")}
    assert 'texts in "Text", the status of "404 Not Found" above' in found.remarks
