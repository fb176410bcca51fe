"""The format ``html``, as far as it can be seen without a browser."""

import json
import re
import sys
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from report_of import report_of

from pytest_pcerrors import Contract, Exchange, Request
from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.policy.audit import finding, unreadable
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting.coverage import ErrorCoverage
from pytest_pcerrors.reporting.formats import _html as page
from pytest_pcerrors.reporting.formats import targets_of
from pytest_pcerrors.reporting.formats._html import as_html
from pytest_pcerrors.reporting.formats.coverage import COVERAGE_FORMATS

CONTRACT = Contract.default()
POLICY = Policy(CONTRACT)
REQUEST = Request("GET", "https://host/v1/orders/17")
JSON = {"Content-Type": "application/json"}
NUMBER = b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}'
FINDINGS = [
    finding(Exchange(409, None, NUMBER, REQUEST, None, "a.yaml:9"), POLICY),
    finding(Exchange(429, JSON, b'{"statusCode": 429, "message": "slow"}', REQUEST, None, "a.yaml:20"), POLICY),
    finding(Exchange(409, None, NUMBER.replace(b"800064", b'"800064"'), REQUEST, None, "a.yaml:31"), POLICY),
    unreadable(ArchiveError("b.yaml:7", "not YAML")),
]


def document(findings=FINDINGS, *coverages):
    """Return the page of these findings and coverages, as a browser without scripts understands it."""
    report = report_of(iter(findings), POLICY)
    report.coverage, report.base = (*coverages, None, None)[:2]
    return BeautifulSoup("".join(as_html(report)), "html.parser")


def covered(*met, excluded=()):
    """Return a coverage in which these (way, status, code) were met."""
    coverage = ErrorCoverage(CONTRACT, frozenset(excluded))
    for way, status, code, *place in met:
        coverage.add(way, status, [] if code is None else [code], *place)
    return coverage


def data_of(shown):
    """Return the findings that the script of a page reads."""
    return json.loads(shown.find(id="findings").string)


def cell_of(shown, number):
    """Return the cell with the code ``number``."""
    [cell] = [each for each in shown.select(".cell") if each.select_one(".code").text == number]
    return cell


def test_the_summary_and_the_rules_are_readable_without_scripts():
    """With the sentence of the other formats, and each rule with its counts and its fix, the rule with most errors first."""
    shown = document()
    assert shown.select_one(".sentence").text.startswith("3 error responses checked, 2 violations (code-number 1, ")
    assert [each.text for each in shown.select(".numbers dd")] == ["3", "2", "1"]
    rules = [(each["data-rule"], each.select_one(".severity").text) for each in shown.select(".rule")]
    assert rules == [
        ("code-number", "1 error"),
        ("gateway-envelope", "1 error"),
        ("unreadable", "1 error"),
        ("retry-after", "1 warning"),
    ]
    assert all(each.select_one(".fix span").text for each in shown.select(".rule"))
    assert shown.find("noscript").text


def test_the_data_has_what_the_page_shows_and_nothing_empty():
    """What conforms is only counted; a place without a response has its kind instead of a status."""
    first, _, last = data_of(document())
    [violation] = last.pop("violations")
    assert (first["response"], first["status"], first["code"], first["place"]) == (
        "409 Conflict",
        409,
        "800064",
        "a.yaml:9",
    )
    assert first["body"] == NUMBER.decode()
    assert first["violations"][0]["pointer"] == "/code"
    assert last == {"response": "unreadable", "place": "b.yaml:7"}
    assert set(violation) == {"rule", "severity", "message", "expected", "hint"}


def test_a_page_without_violations_says_so():
    """And has no filters for rules."""
    shown = document(FINDINGS[2:3])
    assert "conforms to the contract" in shown.find(id="violations").find_next("p").text
    assert shown.find(id="rule") is None
    assert data_of(shown) == []


def test_a_rule_without_documentation_is_shown_by_its_name():
    """The rules of another contract are not in the report."""
    report = report_of(iter(FINDINGS), POLICY)
    report.rules = {}
    shown = BeautifulSoup("".join(as_html(report)), "html.parser")
    assert len(shown.select(".rule h3")) == 4
    assert not shown.select(".about")


def test_more_findings_than_a_browser_can_show_are_counted(monkeypatch):
    """The page names the report that has all of them."""
    monkeypatch.setattr(page, "_MOST_FINDINGS", 2)
    shown = document()
    assert len(data_of(shown)) == 2
    assert "first 2 of 3 responses" in shown.select_one("#violations ~ .notice").text
    assert len(shown.select(".rule")) == 4


def test_the_policy_of_the_page_allows_its_own_style_and_script_only():
    """By their hashes: an injected script would not run, and nothing is loaded."""
    shown = document()
    policy = shown.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    [style], script = shown.find_all("style"), shown.find_all("script")[-1]
    for kind, element in (("style", style), ("script", script)):
        digest = b64encode(sha256(element.string.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not [each for each in shown.select("*") if each.get("src") or each.get("style") or each.get("onclick")]
    assert {each["href"] for each in shown.find_all("link")} == {"data:,"}
    assert "http" not in policy


def test_the_script_never_makes_markup_of_data():
    """Text becomes a text node, whatever it is."""
    script = files("pytest_pcerrors.reporting.formats").joinpath("report.js").read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function|setHTML", script)


@pytest.mark.parametrize(
    "text",
    [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "\u2028\u2029",
        "\ud800",
        "\"'&amp;<img src=x>",
        "{{ 7*7 }}",
    ],
)
def test_a_hostile_text_stays_text(text):
    """In the data of the script, in attributes and in the text of the page; the page can be encoded as UTF-8."""
    exchange = Exchange(
        404, None, text.encode("utf-8", "surrogatepass"), Request("GET", f"https://host/{text}"), None, f"{text}:2"
    )
    report = report_of([finding(exchange, POLICY)], POLICY)
    report.contract = text
    written = "".join(as_html(report))
    plain, shown = document(), BeautifulSoup(written.encode(), "html.parser")
    assert [each.name for each in shown.select("*")].count("script") == 2
    assert len(shown.find_all("img")) == len(plain.find_all("img")) == 0
    assert shown.h1.text.startswith(text if text.isprintable() else ascii(text)[1:-1])
    assert data_of(shown)[0]["body"]
    assert not set("\u2028\u2029") & set(written)


def test_each_documented_error_is_a_cell_that_shows_how_it_was_met():
    """By a class for its colour, by letters, and in words."""
    met = [("asserted", 409, "800064"), ("replayed", 409, "800064"), ("served", 400, "2001"), ("simulated", 501, "0")]
    shown = document([], covered(*met, excluded=[(501, "0"), (417, "800030")]))
    assert len(shown.select(".cell")) == 163
    assert [each.select_one("h3").text.split()[0] for each in shown.select(".group")][:3] == ["400", "401", "403"]
    for code, state, letters, label in [
        ("800064", "several", "AR", "409 800064: asserted 1, replayed 1"),
        ("2001", "served", "S", "400 2001: served 1"),
        ("2002", "missing", "–", "400 2002: not met"),  # noqa: RUF001 - the sign of the page
        ("0", "excluded", "×", "501 0: excluded by the settings"),  # noqa: RUF001 - the sign of the page
    ]:
        cell = cell_of(shown, code)
        assert (state in cell["class"], cell.select_one(".letters").text, cell["aria-label"]) == (True, letters, label)
    assert shown.select_one(".numbers .note").text.startswith("2 of 16")


@pytest.mark.untraced
def test_each_cell_leads_to_its_row_in_the_table():
    """So the description and the counts are there without scripts too."""
    shown = document([], covered(("replayed", 409, "800064")))
    rows = {f"#{row['id']}": row for row in shown.select("tr[id]")}
    cells = shown.select(".cell")
    assert [rows[cell["href"]].th.text for cell in cells] == [cell.select_one(".code").text for cell in cells]
    row = rows[cell_of(shown, "800064")["href"]]
    assert [each.text for each in row.find_all("td")][2:] == ["yes", "0", "1", "0", "0"]


@pytest.mark.covered
def test_the_trend_has_what_was_lost_and_won():
    """Excluded errors are neither; the cells are marked too."""
    base = covered(("replayed", 400, "2001"), ("replayed", 501, "0"))
    head = covered(("asserted", 409, "800064"), excluded=[(501, "0")])
    shown = document([], head, base)
    assert [each.text for each in shown.select(".trend h3")] == ["▼ 1 lost", "▲ 1 won"]
    assert [each.text for each in shown.select(".trend code")] == ["400 2001", "409 800064"]
    assert {each["aria-label"] for each in shown.select(".changed")} == {
        "400 2001: not met, lost since the base run",
        "409 800064: asserted 1, won since the base run",
    }
    assert document([], head).find(id="trend") is None
    assert "The same errors were met." in document([], head, head).find(id="trend").find_next("p").text


@pytest.mark.covered
def test_what_is_beyond_the_contract_is_listed(monkeypatch):
    """Undocumented codes with their places, the most frequent first; shapes; and the rules that ran."""
    coverage = covered(("replayed", 404, "<b>", "a.yaml:1"), ("replayed", 400, "77"), ("replayed", 400, "77"))
    coverage.shapes["gateway-429"] = 3
    coverage.rules["pairing", True] = 2
    shown = document([], coverage).find(id="beyond").parent
    assert [[cell.text for cell in row.find_all(["td", "th"])] for row in shown.select("tbody tr")] == [
        ["400", "77", "2", ""],
        ["404", "<b>", "1", "a.yaml:1"],
        ["pairing", "0", "2"],
    ]
    assert "gateway-429" in shown.text
    monkeypatch.setattr("pytest_pcerrors.reporting.formats._html._MOST_UNDOCUMENTED", 1)
    assert "And 1 more." in document([], coverage).text


def test_a_coverage_alone_is_a_page_without_findings():
    """As a format of coverage."""
    shown = BeautifulSoup(COVERAGE_FORMATS["html"](covered(("replayed", 409, "800064"))), "html.parser")
    assert shown.find(id="violations") is None
    assert shown.select_one(".sentence") is None
    assert shown.select_one(".numbers dd").text == "0.6 %"


def test_without_jinja2_the_format_names_the_extra(monkeypatch):
    """Before anything is read."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    page.template.cache_clear()
    with pytest.raises(UsageError, match=r"pip install 'pytest-pcerrors\[html\]'"):
        as_html(report_of([], POLICY))
    with pytest.raises(UsageError, match=r"pip install 'pytest-pcerrors\[html\]'"):
        targets_of(["html:report.html"], "--pc-report", ["html"], Path())
    page.template.cache_clear()
