"""The matrix of a client, as text, in Markdown, and in reports."""

import json

import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from report_of import report_of

from pytest_pcerrors import Contract, UsageError
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting.formats import FORMATS
from pytest_pcerrors.reporting.matrix import as_markdown, as_text, headline
from pytest_pcerrors.reporting.report import merged, saved_of


def row(case, wrong=0, cases=1, **facts):
    """Return a row; facts that are not given do not apply."""
    absent = {fact: {"-": cases} for fact in ("outcome", "code", "id", "waited")}
    return {"case": case, "status": 404, "cases": cases, "wrong": wrong, **absent, **facts}


MATRIX = {
    "rows": [
        row("404 documented", 2, 16, outcome={"returned None": 2, "raised NotFoundError": 14}, code={"lost": 16}),
        row("gateway-404", outcome={"raised NotFoundError": 1}, code={"kept": 1}),
        row("byte-order-mark-404", outcome={"raised NotFoundError": 1}, code={"kept": 1}),
    ],
    "test": "test_it.py::test_surface",
}


def report(*matrices):
    """Return a report with nothing but matrices."""
    made = report_of(iter(()), Policy(Contract.default()))
    made.matrices = list(matrices)
    return made


def test_the_text_has_a_row_for_each_combination_of_facts():
    """It lists the cases, and marks what the client does wrong."""
    outcome = "raised NotFoundError 14, returned None 2"
    assert as_text(MATRIX) == (
        f"{'outcome':{len(outcome)}}  code  id  waited      cases\n"
        f"{outcome}  lost  -   -       <-  404 documented (16)\n"
        f"{'raised NotFoundError':{len(outcome)}}  kept  -   -           gateway-404, byte-order-mark-404"
    )
    assert headline(MATRIX) == "test_it.py::test_surface: 18 responses, 2 of them misread"


def test_long_lists_are_wrapped_and_names_are_not():
    """A name with a space stays on its line; of many values the first are shown."""
    text = as_text({"rows": [row(f"{status} documented", 0, 2) for status in range(400, 420)]})
    assert all(len(line) < 100 for line in text.splitlines())
    assert text.count(" documented (2)") == 20
    many = row("gateway-404", outcome={f"raised E{number}": 1 for number in range(9)})
    assert "raised E3 1, and 5 more" in as_text({"rows": [many]})
    assert headline({"rows": [many]}) == "a client: 1 response, none of them misread"


def test_markdown_has_a_row_for_each_case():
    """With the wrong ones in bold type; a class of the client cannot break the table."""
    hostile = {"rows": [row("<b>|x", 1, outcome={"raised `|<script>": 1})], "test": "t|<i>"}
    for matrix, rows in ((MATRIX, 3), (hostile, 1)):
        found = BeautifulSoup(MarkdownIt("commonmark").enable("table").render(as_markdown(matrix)), "html.parser")
        assert len(found.select("tbody tr")) == rows
        assert {len(each.select("td")) for each in found.select("tbody tr")} == {5}
        assert found.select("tbody tr")[0].strong is not None
        assert found.script is None


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_with_matrices_is_the_same_from_its_document(form):
    """In every format, and without one it has no trace of them."""
    document = "".join(FORMATS["json"](report(MATRIX))).encode()
    saved = saved_of(document, "run.json", Contract.default)
    assert "".join(FORMATS[form](saved)) == "".join(FORMATS[form](report(MATRIX)))
    assert ("NotFoundError" in "".join(FORMATS[form](report(MATRIX)))) is (form in {"text", "json", "markdown", "html"})
    assert "outcome" not in "".join(FORMATS[form](report())).lower()


def test_the_page_shows_each_case():
    """With the wrong ones marked; what a document has is text."""
    hostile = {"rows": [row("<script>", 1, outcome={"<img>": 1})], "test": "<b>"}
    page = BeautifulSoup("".join(FORMATS["html"](report(MATRIX, hostile))), "html.parser")
    first, second = page.select("section[aria-labelledby^=matrix] tbody")
    assert [each.text for each in first.select("th")] == ["404 documented (16)", "gateway-404", "byte-order-mark-404"]
    assert [each.text for each in first.select(".severity")] == ["raised NotFoundError 14, returned None 2"]
    assert [each.text for each in second.select("tr > *")] == ["<script>", "<img>", "-", "-", "-"]


def test_the_matrices_of_joined_reports_are_sorted_by_test():
    """Whatever the order of the shards."""
    one, two = ({"rows": MATRIX["rows"], "test": name} for name in ("a", "b"))
    for first, second in ((one, two), (two, one)):
        assert [each["test"] for each in merged([report(first), report(second)], "ab").matrices] == ["a", "b"]


@pytest.mark.parametrize("change", [{"case": ""}, {"outcome": {}}, {"cases": -1}, {"code": {"kept": "1"}}])
def test_an_invalid_matrix_is_misuse(change):
    """Anyone can have written the document."""
    document = json.loads("".join(FORMATS["json"](report({"rows": [row("x") | change]}))))
    with pytest.raises(UsageError, match=r"run\.json"):
        saved_of(json.dumps(document).encode(), "run.json", Contract.default)
