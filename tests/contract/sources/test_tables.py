"""Tables of pages: which columns have codes, statuses and texts, and which tables and rows are left out."""

import pytest

from pytest_pcerrors import UsageError
from pytest_pcerrors.contract.sources import _catalogue
from pytest_pcerrors.contract.sources._cells import style_of

BOTH = {(404, "NO_SHELF"), (409, "SHELF_FULL")}


def table(header, *rows):
    """Return a Markdown table; cells are separated by a semicolon."""
    lines = [header, ";".join("---" for _ in header.split(";")), *rows]
    return "".join(f"| {' | '.join(each.split(';'))} |\n" for each in lines) + "\n"


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        ("Code;HTTP status;Message", ["NO_SHELF;404;No shelf", ";;", "SHELF_FULL;409;It is full"], BOTH),
        ("HTTP;When;Error code", ["`404`;No shelf;`NO_SHELF`", "`409`;It is full;**SHELF_FULL**"], BOTH),
        ("Error;Status code", ["NO_SHELF;Not Found (404)", "SHELF_FULL;409 Conflict"], BOTH),
        ("Type;Status;Meaning", ["NO_SHELF;404;No shelf", "SHELF_FULL;HTTP 409;It is full"], BOTH),
        ("Fehlercode;HTTP-Status;Bedeutung", ["NO_SHELF;404;Kein Regal", "SHELF_FULL;409;Es ist voll"], BOTH),
        ("错误码;HTTP状态码;说明", ["NO_SHELF;404;没有", "SHELF_FULL;409;已满"], BOTH),
        ("#;Code;Answered with", ["1;NO_SHELF;404 Not Found", "2;SHELF_FULL;409 Conflict"], BOTH),
        ("Code;Error;Description", ["404;NO_SHELF;No shelf", "409;SHELF_FULL;It is full"], BOTH),
        ("Code;Status;Text", ["A_B;400 / 422;One of two"], {(400, "A_B"), (422, "A_B")}),
        (
            "Code;Status;Text",
            ["A_B;any;One of two", "C_D;;Two of two", "E_F;4xx;Three of three"],
            {(None, "A_B"), (None, "C_D"), (None, "E_F")},
        ),
        (
            "Code;Status;Text",
            ["-32600;400;One", "urn:x:full;409;Two", "https://a.example/p#q;400;Three"],
            {(400, "-32600"), (409, "urn:x:full"), (400, "https://a.example/p#q")},
        ),
        ("Code;Status;Text", ["10001;200;A bad id", "10002;200;A bad name"], {(200, "10001"), (200, "10002")}),
        ("Code", ["NO_SHELF", "SHELF_FULL"], {(None, "NO_SHELF"), (None, "SHELF_FULL")}),
        ("Error code;Status;Text", ["NO_SHELF;Not Found;x y", "SHELF_FULL;Conflict;y z"], BOTH),
        ("Status;Code;Text", ["NotFound;NO_SHELF;x y", "CONFLICT;SHELF_FULL;y z"], BOTH),
        ("Code;Status;Text", ["NO_SHELF *;404;x y", "SHELF_FULL\u2020;409 Conflict<sup>1</sup>;y z"], BOTH),
        (
            "Code;Text",
            ["E11;one two", "E10;x y", "E10;y z", "E10;z a", "E10;p q", "E10;q r", "E20;a b", "E20;b c"],
            {(None, "E11"), (None, "E10"), (None, "E20")},
        ),
        ("Error code;Carrier code;Text", ["5001;J-1;x y", "5002;J-2;y z"], {(None, "5001"), (None, "5002")}),
    ],
)
def test_columns_are_known_by_names_and_cells(read, header, rows, expected):
    """The order of columns, the language and the form of a status do not matter."""
    assert read(table(header, *rows), envelope="odata").contract.pairings == expected


@pytest.mark.parametrize(
    ("header", "rows", "reason"),
    [
        ("Field;Type;Notes", ["code;string;A code", "error;string;A text"], "the parts of something"),
        ("Name;Description", ["limit;At most so many", "offset;The first one"], "has other cells"),
        ("EarnCode fields;Description", ["shelfId;The shelf", "bookCount;The books"], "no column named as codes are"),
        ("Country code;Name", ["DE;Germany", "NL;Netherlands"], "has other cells"),
        ("Code;Currency", ["EUR;Euro", "USD;Dollar"], "neither a column of statuses nor one of texts"),
        ("Code;Retry;Text", ["A_B;yes;x y", "A_B;no;y z", "A_B;no;z a", "A_B;no;z b"], "mostly distinct"),
        ("Code;Error code;Text", ["A_B;B_A;x y", "C_D;D_C;y z"], "name one with --code"),
        ("Permission code;Text", ["A_B;x y", "A_B;y z", "A_B;z a", "C_D;a b", "C_D;b c"], "mostly distinct"),
        ("Plan;Requests", ["free;400", "paid;404"], "no column named as codes are"),
        ("Code;Text", [], "has other cells"),
    ],
)
def test_a_table_without_codes_is_left_out(read, header, rows, reason):
    """It is named with its line and what it lacks."""
    with pytest.raises(UsageError) as caught:
        read(table(header, *rows), envelope="odata")
    assert f"line 1: a table without codes was left out ({' | '.join(header.split(';'))})" in str(caught.value)
    assert reason in str(caught.value)
    assert "CSV" in str(caught.value)


@pytest.mark.parametrize(
    "page",
    [
        table("Type;Status;Text", "a_b;400;x y", "a_b;401;y z", "c_d;402;z a"),
        table("Error;Status;Text", "NotFound;404;x y", "Conflict;409;y z"),
        table("Error;Status;Text", "404;404;x y", "409;409;y z"),
        table("Name;Status", "404;404", "409;409"),
        table("Error;Status;Text", "1;400;x y", "2;401;y z"),
        table("Status;HTTP code;Text", "ok;200 OK;x y", "rejected;201 Created;y z"),
        table("Code;Name;Text", "200;OK;x y", "404;Not Found;y z", "5xx;Error;z a"),
    ],
)
def test_columns_that_only_look_like_codes_are_not_read(read, page):
    """Few names that are repeated, reason phrases, statuses again, numbers of rows: the statuses are read."""
    with pytest.raises(UsageError, match="a table of statuses without codes"):
        read(page, envelope="odata")


@pytest.mark.parametrize(
    ("row", "remark"),
    [
        ("TIDE_*;409;One code a tide", '"TIDE_*" is a pattern of codes, left out'),
        ("SHELF-;400;Many", '"SHELF-" is a pattern of codes, left out'),
        ("40xx;400;Many", '"40xx" is a pattern of codes, left out'),
        ("1000-1999;400;Many", '"1000-1999" is a range of codes, left out'),
        ("OK;200;Fine", '"OK" with 200 is a success, left out'),
        ("0;200;Fine", '"0" with 200 is a success, left out'),
        ("0;;Success", '"0" is a success, left out'),
        ("two words;400;x", '"two words" is not a code, left out'),
        (";400;x", "no code, left out"),
        ('" ";400;x', "no code, left out"),
        ("ALSO_BAD;soon;x", '"soon" is not a status such as 409; ALSO_BAD has no status'),
    ],
)
def test_a_row_that_is_not_one_error_is_left_out(read, row, remark):
    """With its line; the other rows are read."""
    found = read(table("Code;Status;Text", "NO_SHELF;404;No shelf", "SHELF_FULL;409;It is full", row), envelope="odata")
    assert f"line 5: {remark}" in found.remarks
    assert found.contract.pairings - {(None, "ALSO_BAD")} == BOTH


def test_all_tables_are_read_together(read):
    """A text without a status belongs to each status of the code; a table of statuses adds to the statuses."""
    page = (
        table("Code;Status;Text", "NO_SHELF;404;No shelf", "OLD;410;It was")
        + table("Code;Text", "NO_SHELF;It may be hidden", "LATE;Too late")
        + table("Status;Meaning", "200;Fine", "429;Slow down")
        + table("Code;Meaning", "200;Fine", "503;Wait")
        + table("Status;Meaning", "200;Fine", "201;Made")
    )
    found = read(page, envelope="odata")
    assert found.contract.pairings == {(404, "NO_SHELF"), (410, "OLD"), (None, "LATE")}
    assert found.contract.catalogue["NO_SHELF"][0].templates == ("No shelf", "It may be hidden")
    assert sorted(found.contract.statuses) == [404, 410, 429, 503]
    assert "3 codes, 1 without a status" in found.remarks
    assert "none of an error" in found.remarks


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"code": "slug"}, {(None, "full"), (None, "gone")}),
        ({"code": "Slug", "status": "Sent with"}, {(409, "full"), (404, "gone")}),
        ({"code": "Slug", "status": "Phrase"}, {(409, "full"), (404, "gone")}),
        ({"code": "number", "status_from": r"^(\d{3})"}, {(409, "40901"), (404, "40401")}),
        ({"code": "number", "status_from": r"^\d{3}"}, {(409, "40901"), (404, "40401")}),
    ],
)
def test_columns_can_be_named(read, wanted, expected):
    """Letter case and separators are ignored; a status can be a part of the code."""
    page = table("Slug;Number;Sent with;Phrase;Info", "full;40901;409;Conflict;a b", "gone;40401;404;Not found;b c")
    assert read(page, envelope="odata", **wanted).contract.pairings == expected


def test_the_column_of_texts_can_be_named(read):
    """By default it is a column with a usual name."""
    page = table("Code;Message;Hint", "A_B;one two;three four")
    assert read(page, envelope="odata", text="hint").contract.catalogue["A_B"][0].description == "three four"


def test_the_code_is_in_the_column_whose_values_are_in_a_sample(read):
    """Of two columns that can be the code."""
    page = table("Code;Error;Status", "1001;full;409", "1002;gone;404") + '```json\n{"error": "full"}\n```\n'
    assert read(page).contract.pairings == {(409, "full"), (404, "gone")}


@pytest.mark.parametrize(
    ("sample", "left", "kind"),
    [("SHELF_FULL", {(409, "SHELF_FULL")}, "numbers"), ("4001", {(None, "4001"), (None, "4002")}, "words")],
)
def test_codes_of_another_kind_than_in_the_sample_are_left_out(read, sample, left, kind):
    """Such as the codes of a WebSocket on the page of an API whose codes are words."""
    page = (
        table("Code;Status;Text", "SHELF_FULL;409;It is full")
        + table("Code;Meaning", "4001;Gone away", "4002;Too slow")
        + f'```json\n{{"code": "{sample}"}}\n```\n'
    )
    found = read(page)
    assert found.contract.pairings == left
    assert f"a table of codes that are {kind}, unlike the code of the sample, was left out" in found.remarks


@pytest.mark.parametrize(
    ("header", "rows", "is_read"),
    [
        ("Code;Name", ("NL;The Netherlands", "BE;Belgium"), False),
        ("Reason code;Text", ("PAID_TWICE;It was paid", "LOST;It was lost"), False),
        ("Code;Event", ("shelf.made;A shelf was made", "shelf.sold;It was sold"), False),
        ("Error code;Text", ("SHELF_WET;It is wet", "SHELF_OLD;It is old"), True),
        ("Code;Text", ("SHELF_WET;It is wet", "SHELF_OLD;It is old"), True),
    ],
)
@pytest.mark.parametrize("sample", ["", '```json\n{"code": "SHELF_FULL"}\n```\n'])
def test_other_codes_than_those_of_errors_are_left_out(read, header, rows, is_read, sample):
    """Beside a table of errors, a table without statuses has the same names and the same kind of codes."""
    page = table("Code;Status;Text", "SHELF_FULL;409;It is full") + table(header, *rows) + sample
    found = read(page, envelope="odata")
    assert len(found.contract.pairings) == (3 if is_read else 1)
    assert ("line 5: a table of codes without statuses was left out" in found.remarks) is not is_read


@pytest.mark.parametrize(
    ("items", "is_read"),
    [
        (["`NO_SHELF` (`404`)", "`SHELF_FULL` (409 Conflict): It is full"], True),
        (["NO_SHELF\uff08404\uff09\uff1aIt is gone", "SHELF_FULL (409) \u2013 It is full"], True),
        (["NO_SHELF (404)", "SHELF_FULL"], False),
        (["NO_SHELF (404)", "SHELF_MADE (201)"], False),
        (["NO_SHELF (404)"], False),
        (["NO_SHELF (soon)", "two words (409)"], False),
    ],
)
@pytest.mark.parametrize("form", ["- {}\n", "<li>{}</li>"])
def test_a_list_of_codes_with_statuses_is_read(read, items, is_read, form):
    """If each item has a code and the status of an error."""
    page = "".join(map(form.format, items))
    page = page if form.startswith("-") else f"<html><ul>{page.replace('`', '')}</ul></html>"
    if is_read:
        found = read(page, envelope="odata")
        assert found.contract.pairings == BOTH
        assert "line 1, a list: codes in" in found.remarks
        assert found.contract.catalogue["SHELF_FULL"][0].description == "It is full"
    else:
        with pytest.raises(UsageError, match="no codes were found"):
            read(page, envelope="odata")


def test_numbers_below_400_are_not_statuses(read):
    """Though HTTP defines them."""
    page = table("Code;Text", "100;No name", "101;No shelf") + '```json\n{"code": 100}\n```\n'
    assert read(page).contract.pairings == {(None, "100"), (None, "101")}


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("`NO_BOOK`, `NO_PAGE`", ["NO_BOOK", "NO_PAGE"]),
        ("NO_BOOK<br>NO_PAGE", ["NO_BOOK", "NO_PAGE"]),
        ("noBook / E12 or 4001", ["noBook", "E12", "4001"]),
        ("NO_BOOK, NO_PAGE, or E12", ["NO_BOOK", "NO_PAGE", "E12"]),
        ("NO_BOOK OR NO_PAGE", ["NO_BOOK", "NO_PAGE"]),
        ("GONE, NO_BOOK", ["GONE", "NO_BOOK"]),
        ("no book, no page", []),
        ("Full, Empty", []),
    ],
)
def test_a_cell_may_have_several_codes(read, cell, codes):
    """If all of them are written as codes; without a status, the text beside them is not that of each."""
    rows = ["404;NO_SHELF;No shelf", "409;SHELF_FULL;It is full", f"400;{cell};Bad thing"]
    found = read(table("HTTP;Error codes;Text", *rows), envelope="odata")
    assert found.contract.pairings == BOTH | {(400, code) for code in codes}
    assert [found.contract.catalogue[code][0].description for code in codes] == ["Bad thing"] * len(codes)
    without = read(table("Error codes;Text", *(row.partition(";")[2] for row in rows)), envelope="odata").contract
    assert [without.catalogue[code][0].description for code in codes] == codes


@pytest.mark.parametrize(
    "header",
    [
        "HTTP mapping;Fout;Melding",
        "HTTP-\u043a\u043e\u0434;Code;Libell\u00e9",
        "HTTP durumu;Hata kodu;A\u00e7\u0131klama",
        "HTTP stav;K\u00f3d chyby;Popis",
        "M\u00e3 HTTP;M\u00e3 l\u1ed7i;M\u00f4 t\u1ea3",
        "HTTP;Virhekoodi;Kuvaus",
        "HTTP;\u0631\u0645\u0632 \u0627\u0644\u062e\u0637\u0623;\u0627\u0644\u0648\u0635\u0641",
    ],
)
def test_columns_have_names_in_other_languages(read, header):
    """And any name with HTTP, if its cells are statuses; a code may begin with a slash."""
    found = read(table(header, "404;/no-shelf;Il n'y en a pas", "409;/full;C'est plein"), envelope="odata")
    entry = next(iter(found.contract.catalogue))
    assert (entry.status, entry.code, entry.description) == (404, "/no-shelf", "Il n'y en a pas")


def test_a_fragment_of_html_is_read_by_its_suffix(read):
    """Its sample has an empty line, which would end a block of HTML in Markdown."""
    page = "<table><tr><th>Code<th>HTTP<tr><td>A_B<td>409</table>\n<pre>HTTP/1.1 409 Conflict\n\n{&quot;code&quot;: &quot;A_B&quot;}</pre>"
    assert read(page, "errors.html").document["members"]["code"] == "/code"


@pytest.mark.parametrize("head", ["<tr><th>Code<th>HTTP<th>Text", "<tr><td>Code<td>HTTP<td>Text"])
def test_a_page_in_html_has_the_same_columns(read, head):
    """With a header of ``th`` or of ``td``."""
    page = f"<html><table><tr><th>Errors</th></tr>{head}<tr><td>A_B<td rowspan=2>409<td>one two<tr><td>C_D<td>three</table>"
    assert read(page, "errors.html", envelope="odata").contract.pairings == {(409, "A_B"), (409, "C_D")}


def test_a_table_without_a_known_header_is_named_so(read):
    """Without ``th`` and without a known name in the first row."""
    with pytest.raises(UsageError, match=r"\(no header\)"):
        read("<html><table><tr><td>x</td><td>y</td></tr></table>", "errors.html")


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"code": "Nope"}, '--code: no column "Nope"; the columns are Code | Text'),
        ({"status_from": "("}, "--status-from: ( is not a regular expression: missing )"),
        ({"status_from": "x"}, "--status-from: x finds a status in none of the codes, such as A_B"),
    ],
)
def test_wrong_options_are_refused(read, wanted, message):
    """With the option and what is there."""
    with pytest.raises(UsageError) as caught:
        read(table("Code;Text", "A_B;one two"), envelope="odata", **wanted)
    assert message in str(caught.value)


def test_a_named_column_on_a_page_without_tables_is_refused(read):
    """There are no columns."""
    with pytest.raises(UsageError, match="there is no table"):
        read("# Errors\n", code="Code")


def test_a_table_without_the_named_column_is_left_out(read):
    """With a remark."""
    page = table("Slug;Text", "full;one two") + table("Code;Text", "A_B;one two")
    assert 'no column "Slug"' in read(page, envelope="odata", code="Slug").remarks


def test_too_many_rows_are_refused(read, monkeypatch):
    """A page of errors has fewer."""
    monkeypatch.setattr("pytest_pcerrors.contract.sources._catalogue.MAX_ROWS", 1)
    with pytest.raises(UsageError, match="more than 1 rows"):
        read(table("Code;Text", "A_B;one", "C_D;two"))


LONG = 20_000


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("---\ntitle: a" + " " * LONG + "b\n---\n", id="front-matter"),
        pytest.param(" " * LONG + "x\n\n", id="indent"),
        pytest.param("-" + " " * LONG + "x\n\n", id="delimiters"),
        pytest.param("|" + " " * LONG + "-" + " " * LONG + "x\n\n", id="cell"),
        pytest.param("```\nHTTP/" + "a" * LONG + "\n```\n\n", id="status-line"),
        pytest.param("```\n{" + '"\\' * LONG + "}\n```\n\n", id="quotes"),
        pytest.param("```\n{" + "/*" * LONG + "}\n```\n\n", id="comments"),
        pytest.param(("```\n{" + "a" * LONG + "}\n```\n\n") * 20, id="words"),
        pytest.param("|".join("`" * count + "a" for count in range(1, LONG // 50)) + "\n\n", id="code-spans"),
        pytest.param("<div " + "<a " * LONG + "\n\n", id="tags"),
        pytest.param(table("Code;Text", "1" * LONG + ";x y"), id="digits"),
        pytest.param(table("Code;Text", "^" * LONG + " x;x y"), id="footnotes"),
        pytest.param(table("Code;Text", "1" * LONG + "-" + "2" * LONG + ";x y"), id="range"),
        pytest.param(table(";".join(["Code"] * (LONG // 20)), ";".join(["A_B"] * (LONG // 20))), id="columns"),
    ],
)
def test_what_is_repeated_very_often_is_read(read, page):
    """In time in proportion to its length: a pattern that looks at it again from each place would take minutes."""
    rows = ["NO_SHELF;404;No shelf", "SHELF_FULL;409;It is full"]

    assert read(page + table("Code;Status;Text", *rows), envelope="odata").contract.pairings == BOTH


def test_many_tables_are_compared_with_the_proven_ones_at_once(read, monkeypatch):
    """Which takes time in proportion to their number."""
    asked = []
    monkeypatch.setattr(_catalogue, "style_of", lambda code: asked.append(code) or style_of(code))
    counts = []
    for count in (5, 50):
        asked.clear()
        pages = (table("Code;Status;Text", f"A_{n};404;x y") + table("Code;Text", f"B_{n};y z") for n in range(count))
        assert len(read("".join(pages), envelope="odata").contract.pairings) == 2 * count
        counts.append(len(asked))
    assert counts[1] == 10 * counts[0]
