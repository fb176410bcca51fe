"""Tables in other shapes: read if they are clear, otherwise an error."""

import pytest

from pytest_pcerrors import Contract, UsageError
from pytest_pcerrors.contract.sources._pages import parsed_page
from pytest_pcerrors.contract.sources.partner_center import read_page

HEAD = "| Status | HTTP | Code | Text |\n|---|---|---|---|\n"
ROWS = "| BadRequest | 400 | 2001 | On hold {0} |\n| NotFound | 404 | 20000 | Gone |\n"
TABLE = HEAD + ROWS
BOTH = {(400, "2001"), (404, "20000")}
FOUR = "<tr><td>B</td><td>400</td><td>2001</td><td>On hold</td></tr>"
MORE = "<tr><td>N</td><td>404</td><td>20000</td><td>Gone</td></tr>"


def html(rows):
    """Return a page in HTML with one table."""
    return f"<html><body><table>{rows}</table></body></html>"


def columns(header, *rows):
    """Return a page in Markdown with one table of these columns."""
    return "\n".join([header, "|".join("-" * (header.count("|") + 1)), *rows]) + "\n"


PAGES = {
    "in a blockquote": "".join(f"> {line}\n" for line in TABLE.splitlines()),
    "in a list": "1. item\n\n" + "".join(f"    {line}\n" for line in TABLE.splitlines()),
    "an indented row": TABLE.replace("| NotFound", "    | NotFound"),
    "entities and breaks": HEAD + "| a&nbsp;b | 400 | 2001 | x<br>y |\n| c | 404 | 20&nbsp;000 | \\{0\\} |\n",
    "an empty line in the table": TABLE.replace("| NotFound", "\n| NotFound"),
    "three empty lines in the table": TABLE.replace("| NotFound", "\n\n\n| NotFound"),
    "another table right after": TABLE + "\n| a | b | c | d |\n|---|---|---|---|\n| x | y | z | u |\n",
    "text after": TABLE + "\nEither | or.\n",
    "numbered rows": columns("#|HTTP|Code|Text", "1|400|2001|On hold", "2|404|20000|Gone"),
    "code first": columns("Code|HTTP|Text", "2001|400|On hold", "20000|404|Gone"),
    "dates": columns("HTTP|Since|Code|Text", "400|13.11.2020|2001|On hold", "404|14.11.2020|20000|Gone"),
    "dates after": columns("HTTP|Code|Text|Since", "400|2001|a|2020-11-13", "404|20000|b|2020-11-14"),
    "a column of few numbers": columns("HTTP|Tries|Code|Text", "400|3|2001|On hold", "404|3|20000|Gone"),
    "decimal statuses": columns("HTTP|Code|Text", "400.0|2001|On hold", "404.0|20000|Gone"),
    "HTTP before": columns("HTTP|Code|Text", "HTTP 400|2001|On hold", "HTTP 404|20000|Gone"),
    "name after": columns("HTTP|Code|Text", "400 BadRequest|2001|On hold", "404 NotFound|20000|Gone"),
    "name before": columns("HTTP|Code|Text", "BadRequest (400)|2001|On hold", "NotFound（404）|20000|Gone"),
    "table of statuses": columns("Status|Text", "400|Bad Request", "404|Not Found") + "\n" + TABLE,
    "table of contents": "1. [x](#x)\n\n" + columns("No|Title", "1|Intro", "2|Codes") + "\n" + TABLE,
    "no front matter's end": "---\ntitle: x\n\n" + TABLE,
    "front matter with CRLF": "\ufeff---\r\ntitle: x\r\n---\r\n" + TABLE.replace("\n", "\r\n"),
    "a comment before": "<!-- a\n\ncomment -->\n\n# T\n\n" + TABLE,
    "a div around": "<div class=x>\n\n# T\n\n" + TABLE + "\n</div>\n",
    "meta elements": "<html lang=de><meta charset=utf-8><meta name=x content=y><h1>T</h1>" + html(FOUR + MORE),
    "rowspan": html(
        "<tr><td>B</td><td rowspan=2>400</td><td>2001</td><td>x</td></tr><tr><td>C</td><td>2002</td><td>y</td></tr>"
    ),
    "colspan": html(
        FOUR.replace("<td>B</td><td>", "<td colspan=2>") + MORE.replace("<td>N</td><td>", "<td colspan=2>")
    ),
    "no end of rows": html(FOUR.replace("</tr>", "") + MORE.replace("</tr>", "")),
    "no end tags": html((FOUR + MORE).replace("</tr>", "").replace("</td>", "")),
    "no end of a list": html((FOUR + MORE).replace("On hold</td></tr>", "On hold<ul><li>x")),
    "a heading in the table": html("<tr><td colspan=4>Bad things</td></tr>" + FOUR + MORE),
    "a row without cells": html("<td>x</td><tr></tr>" + FOUR + MORE),
    "a table in a table": html(f"<tr><td><table>{FOUR}{MORE}</table></td></tr>"),
    "a table in a cell": html(FOUR.replace("On hold", "<table><tr><td>q</td></tr></table>") + MORE),
    "comments and scripts": html(FOUR.replace("400", "400<!-- 5 --><script>6</script>") + f"<!--{FOUR}-->" + MORE),
    "a conditional section": html(FOUR.replace("On hold", "<![if !x]>On hold<![endif]>") + "<![x[y]]>" + MORE),
    "annotated characters": html(FOUR.replace("400", "<ruby>400<rp>(</rp><rt>5</rt></ruby>") + MORE),
    "raw HTML with empty lines": f"# T\n\n<table>\n{FOUR}\n\n{MORE}\n\n</table>\n",
    "a piece of HTML": f"<p>x</p>\n    <table>\n{FOUR}\n\n{MORE}</table>",
    "a piece of HTML on one line": f"<p>x</p><table>{FOUR}\n\n{MORE}</table>",
    "an indented piece of HTML": f"<section>\n\n    <table>\n\n    {FOUR}\n\n    {MORE}</table></section>",
    "a comment before HTML": f"<!-- saved -->\n<html><table>{FOUR}\n\n{MORE}</table>",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_clear_table_is_read(name):
    """No pairing is lost, and none is invented."""
    expected = {(400, "2001"), (400, "2002")} if name == "rowspan" else BOTH
    assert Contract.from_page(PAGES[name]).pairings == expected


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (TABLE + ROWS + "| N | 404 | 2012, 2013 | x |\n", '"2012, 2013" is not an error code'),
        (TABLE + ROWS + "| N | 404 | 1.5 | x |\n", 'line 7: "1.5" is not an error code'),
        (TABLE + ROWS + "| N | 404 | 2001<sup>1</sup> | x |\n", '"2001^1" is not an error code'),
        (html(FOUR + MORE + FOUR + MORE.replace("20000", "2<sup>1</sup>")), '"2^1" is not an error code'),
        (TABLE + ROWS + "| N | 404 | -7 | x |\n", '"-7" is not an error code'),
        (TABLE + ROWS + f"| N | 404 | {'1' * 5000} | x |\n", f'"{"1" * 60}" is not an error code'),
        (TABLE + ROWS + "| N | 404 | \x1bred | x |\n", r'"\x1bred" is not an error code'),
        (TABLE + ROWS + "| N | 400, 404 | 7 | x |\n", '"400, 404" is not an HTTP status'),
        (columns("HTTP|Id|Code|Text", "400|17|2001|a", "404|94|20000|b"), "line 1, column 2 and line 1, column 3"),
        (columns("HTTP|Code", "400|2001", "404|20000"), "no table of error codes"),
    ],
)
def test_an_unclear_table_is_refused(page, message):
    """Two numbers in a cell, or two columns that fit, are not guessed."""
    with pytest.raises(UsageError) as caught:
        Contract.from_page(page)
    assert message in str(caught.value)


def test_the_column_with_placeholders_is_the_description():
    """A longer column of advice is not used instead."""
    page = columns(
        "HTTP|Code|Text|Mend", "400|2001|On hold {0}|try again in some days", "404|20000|Gone|give up for good"
    )
    assert [each.description for each in Contract.from_page(page).catalogue] == ["On hold {0}", "Gone"]


def test_a_cell_that_no_column_has_is_reported():
    """A pipe that is not escaped splits a cell."""
    repairs = read_page(parsed_page(TABLE + "| Bad | 400 | 2002 | either|or |\n")).remarks
    assert str(repairs[-1]) == "line 5: cells after column 4 were ignored; should a pipe be written \\|?"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("11/13/2020", "2020-11-13"),
        ("13/11/2020", "2020-11-13"),
        ("2020-11-13T00:00:00Z", "2020-11-13"),
        ("1/2/2020 10:13 AM", "2020-01-02"),
        ("13.11.2020", "2020-11-13"),
        ("02/31/2020", ""),
        ("November 13", ""),
    ],
)
def test_the_date_of_a_page(text, date):
    """An invalid date is omitted, so that the contract can be saved and loaded."""
    assert Contract.from_page(f"---\nms.date: {text}\n---\n{TABLE}").page.date == date


def test_what_is_read_can_be_saved_and_loaded(tmp_path):
    """A page's contract is a contract file."""
    sample = '```\n{\n "code": 1, "code": 2, "description": {"text": <string>},\n "data": [ ],\n "more": 1 }\n```\n'
    contract = Contract.from_page(sample + TABLE)
    contract.save(tmp_path / "contract.json")
    properties = Contract.load(tmp_path / "contract.json").error_schema["properties"]
    assert {name: each["type"] for name, each in properties.items()} == {
        "code": "string",
        "description": "object",
        "data": "array",
        "more": "string",
    }


def test_statuses_are_read_from_numbered_items_too():
    """An item number such as "400." is a status; a success status is ignored."""
    contract = Contract.from_page("- 200: fine\n- 418. teapot\n- 429 slow\n\n" + TABLE)
    assert set(contract.statuses) == {400, 404, 418, 429}


def test_the_sample_is_the_block_with_a_code():
    """Another code block before it is ignored; in HTML its lines may be separated by ``br``."""
    page = f'<html><pre>{{<br>\'a\': 1}}</pre><pre>{{<br>"code": 1,<br>"why": 2}}<pre>x</pre></pre><table>{FOUR}{MORE}</table>'
    assert list(Contract.from_page(page).error_schema["properties"]) == ["code", "why"]


def test_words_in_a_placeholder_are_moved_after_it():
    """Text that a machine translation put inside a placeholder is moved after it, and reported."""
    document, repairs = read_page(parsed_page(TABLE + "| Bad | 400 | 2002 | Order { 0 hebben} |\n"))
    contract = Contract.of_document(document)
    assert contract.catalogue["2002"][0].description == "Order {0} hebben"
    assert str(repairs[-1]) == "line 5: a placeholder of code 2002 was not written as {0}"


@pytest.mark.parametrize("text", ["in {1,5} steps", r"`[0-9]{7}`", "{name}"])
def test_a_pattern_is_not_a_placeholder(text):
    """Other text in braces is kept."""
    contract = Contract.from_page(TABLE + f"| Bad | 400 | 2002 | {text} |\n")
    assert contract.catalogue["2002"][0].description == text.strip("`")


def test_a_pipe_in_a_code_span_does_not_end_the_cell_of_a_long_row():
    """A row is repaired whatever its length."""
    contract = Contract.from_page(TABLE + f"| Bad | 400 | 2002 | {'very ' * 3000}`a|b` long |\n")
    assert contract.catalogue["2002"][0].description.endswith("very a|b long")


@pytest.mark.parametrize("spans", ['colspan="9999" rowspan="1000"', 'colspan="0" rowspan="x"'])
def test_hostile_spans_are_bounded(spans):
    """A huge span takes no time and loses nothing."""
    page = html((FOUR + MORE).replace("<td>On hold", f"<td {spans}>On hold"))
    assert Contract.from_page(page).pairings == BOTH
