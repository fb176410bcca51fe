"""The report formats: functions that turn a report into text, piece by piece."""

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt
from report_of import report_of

from pytest_pcerrors import Contract, Exchange, Request
from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.policy.audit import Finding, finding, unreadable
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting import finding_data
from pytest_pcerrors.reporting.failure import place
from pytest_pcerrors.reporting.formats import FORMATS, _text
from pytest_pcerrors.reporting.report import Report, report_schema, rules_of, saved_of
from pytest_pcerrors.reporting.summary import Tally
from pytest_pcerrors.secrets import Found

HERE = Path(__file__).parent
POLICY = Policy(Contract.default(), overrides={"secret-recorded": "off"})
REQUEST = Request("GET", "https://host/v1/orders/17?sig=abc")
HEADERS = {"Content-Type": "application/json", "MS-CorrelationId": "9240230a"}
NUMBER = b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}'
BROKEN = Exchange(404, None, b"gone", REQUEST, None, "a.yaml:2")
FINDINGS = [
    finding(BROKEN, POLICY),
    finding(Exchange(200, None, b"{}"), POLICY),
    finding(Exchange(409, HEADERS, NUMBER.replace(b"800064", b'"800064"'), REQUEST, None, "a.yaml:9"), POLICY),
    unreadable(ArchiveError("b\x1b.yaml:7", "not YAML")),
    finding(Exchange(429, HEADERS, NUMBER, REQUEST, None, "c d.har#/log/entries/3"), POLICY),
    Finding("other-host", "c.yaml:1", Exchange(500, None, b"")),
]


def report_in(data, path):
    """Return the report in a document."""
    return saved_of(data, path, Contract.default)


def written(form, findings=FINDINGS, **keywords):
    """Return what a format writes."""
    return "".join(FORMATS[form](report_of(iter(findings), POLICY, **keywords)))


def test_text_has_a_paragraph_for_each_response_with_violations():
    """Conforming and skipped responses are only counted."""
    assert written("text", FINDINGS[:4]) == (
        "404 Not Found breaks the Partner Center error contract in 1 place:\n"
        '  body-plain-text  plain text instead of JSON: "gone"\n'
        "in a.yaml:2, GET https://host/v1/orders/17?sig=***\n"
        "body: gone\n"
        "\n"
        "b\\x1b.yaml:7 cannot be read:\n"
        "  unreadable  not YAML\n"
        "              record it again, or remove it\n"
        "\n"
        "2 error responses checked, 1 other response searched, 1 violation (body-plain-text 1), 1 unreadable place\n"
    )


def unread(place, problem="not JSON", secret=None):
    """Return the finding for a place that cannot be read."""
    return unreadable(ArchiveError(place, problem), secret)


SECRET = POLICY.secrets_at([Found("/body", "suspected")], "a.ndjson:5")
JOINED = {
    "one place": ([unread("a.ndjson:1")], ["a.ndjson:1 not JSON"]),
    "several": (
        [unread(f"a.ndjson:{each}") for each in (1, 3, 4)],
        ["a.ndjson:1 not JSON; the same at 2 more places: 3, 4"],
    ),
    "many": (
        [unread(f"a.har#/{each}") for each in range(99)],
        [
            "a.har#/0 not JSON; the same at 98 more places: /1, /2, /3, /4, ..., /98",
        ],
    ),
    "two reasons and two files": (
        [unread("a:1"), unread("a:2", "empty"), unread("a:3"), unread("a:4", "empty"), unread("b:5")],
        ["a:1 not JSON; the same at 1 more place: 3", "a:2 empty; the same at 1 more place: 4", "b:5 not JSON"],
    ),
    "with a secret": (
        [unread("a:1"), unread("a:2", secret=SECRET), unread("a:3")],
        ["a:2 not JSON", "a:1 not JSON; the same at 1 more place: 3"],
    ),
    "more reasons than are joined": (
        [unread(f"a:{number}", f"problem {number % 3}") for number in range(1, 9)],
        [
            "a:3 problem 0",
            "a:6 problem 0",
            "a:1 problem 1; the same at 2 more places: 4, 7",
            "a:2 problem 2; the same at 2 more places: 5, 8",
        ],
    ),
}


@pytest.mark.parametrize("name", JOINED)
def test_equal_problems_of_a_file_are_one_finding(name, monkeypatch):
    """With their number and some of their places, in all formats; every other reason, and every secret, is reported as well."""
    monkeypatch.setattr(finding_data, "_MOST_REASONS", 2)
    findings, expected = JOINED[name]
    made = report_of(iter(findings), POLICY)
    made.findings = list(made.findings)
    assert [f"{place(each)} {each['violations'][0]['message']}" for each in made.findings] == expected
    assert made.tally.unreadable == len(findings)
    for form in FORMATS:
        text = "".join(FORMATS[form](made))
        assert all(each.partition("; ")[2] in text for each in expected)


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_a_report_comes_piece_by_piece(form):
    """The first finding is written before the second is requested."""
    asked = []
    report = FORMATS[form](report_of((asked.append(each) or each for each in FINDINGS), POLICY))
    while "gone" not in next(report):
        pass
    assert asked == FINDINGS[:1]


def test_quiet_text_has_no_summary():
    """Nothing is left where nothing is wrong."""
    assert written("text", FINDINGS[1:2], is_quiet=True) == ""


def test_json_has_every_judged_error_response_and_every_other_place_with_violations():
    """Other responses and hosts are only counted. A response that conforms has no body, because nobody has to look for a mistake."""
    findings = json.loads(written("json"))["findings"]
    assert [(each["path"], each["line"], each["entry"], each["kind"]) for each in findings] == [
        ("a.yaml", 2, None, "error"),
        ("a.yaml", 9, None, "error"),
        ("b\\x1b.yaml", 7, None, "unreadable"),
        ("c d.har", None, "/log/entries/3", "error"),
    ]
    assert [each["body"] for each in findings] == ["gone", None, None, NUMBER.decode()]


def test_json_reports_what_is_known_and_null_for_the_rest():
    """A file that cannot be read has no response, a plain text no code."""
    first, _, third, _ = json.loads(written("json"))["findings"]
    assert (first["url"], first["code"], first["correlation_id"]) == ("https://host/v1/orders/17?sig=***", None, None)
    names = ("status", "reason", "method", "url", "code", "correlation_id", "body")
    assert {name: third[name] for name in names} == dict.fromkeys(names)


def test_json_without_a_request_has_none():
    """Method and URL are null where only the response is known."""
    [found] = json.loads(written("json", [finding(Exchange(409, None, b'{"code": "\\ud800"}'), POLICY)]))["findings"]
    assert (found["method"], found["url"], found["code"]) == (None, None, "\\ud800")


def test_json_documents_the_rules_that_were_broken():
    """In the order of their stages, so that a reader without this package can explain them."""
    rules = json.loads(written("json"))["rules"]
    assert [rule["name"] for rule in rules] == ["retry-after", "body-plain-text", "code-number", "unreadable"]
    assert all(rule["breaks"] for rule in rules)


def test_a_long_body_is_cut_and_keeps_its_lines():
    """So that a reader can still see its structure; other control characters are escaped."""
    body = b'{"code": 1,\r\n\t"description": "\x1b"' + b" " * 5000
    [found] = json.loads(written("json", [finding(Exchange(409, None, body), POLICY)]))["findings"]
    assert found["body"].startswith('{"code": 1,\n\t"description": "\\x1b"   ')
    assert found["body"].endswith("   ...")
    assert len(found["body"]) < 4200


def test_junit_has_a_case_for_each_response_and_a_failure_for_each_error():
    """A warning is in the output of its case; what cannot be read is an error of the run, not a failure of a response."""
    root = ET.fromstring(written("junit"))
    assert root.attrib == {"name": "pcerrors", "tests": "4", "failures": "2", "errors": "1"}
    assert [(each.get("classname"), each.get("name")) for each in root.iter("testcase")] == [
        ("a.yaml", "GET /v1/orders/{id} 404, a.yaml:2"),
        ("a.yaml", "GET /v1/orders/{id} 409 800064, a.yaml:9"),
        ("b\\x1b.yaml", "unreadable, b\\x1b.yaml:7"),
        ("c d.har", "GET /v1/orders/{id} 429 800064, c d.har#/log/entries/3"),
    ]
    last = list(root)[-1]
    properties = [(each.get("name"), each.get("value")) for each in last.iter("property")]
    assert properties == [
        ("code", "800064"),
        ("correlation_id", "9240230a"),
        ("rule", "retry-after"),
        ("rule", "code-number"),
    ]
    [failure] = last.iter("failure")
    assert (failure.get("type"), failure.get("message")) == ("code-number", "the number 800064 instead of a string")
    assert "429 Too Many Requests breaks the Partner Center error contract in 1 place:\n" in failure.text
    assert last.find("testcase/system-out").text.startswith("warning: retry-after: Retry-After: no Retry-After header")


def test_sarif_names_places_and_documents_rules():
    """Line 1 where the file has no lines, and a URI for a path with a space."""
    [run] = json.loads(written("sarif"))["runs"]
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert [(each["artifactLocation"]["uri"], each["region"]["startLine"]) for each in places] == [
        ("a.yaml", 2),
        ("b%5Cx1b.yaml", 7),
        ("c%20d.har", 1),
        ("c%20d.har", 1),
    ]
    assert [each["level"] for each in run["results"]] == ["error", "error", "warning", "error"]
    assert [each["id"] for each in run["tool"]["driver"]["rules"]] == sorted(
        {each["ruleId"] for each in run["results"]}
    )
    assert "**Fix:**" in run["tool"]["driver"]["rules"][-1]["help"]["markdown"]


def test_sarif_of_an_absolute_path_and_of_no_path(tmp_path):
    """An absolute path is a URI by itself; a response without a place has no location."""
    found = [finding(Exchange(404, None, b"gone", origin=each), POLICY) for each in (f"{tmp_path}/a.yaml:3", None)]
    first, second = json.loads(written("sarif", found))["runs"][0]["results"]
    location = first["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": (tmp_path / "a.yaml").as_uri()}
    assert second["locations"] == []


def test_fingerprints_do_not_depend_on_lines_and_identifiers():
    """The same response at another line, with another id in its URL, is the same finding; a second one of the same kind is not."""

    def fingerprints(*exchanges):
        results = json.loads(written("sarif", [finding(each, POLICY) for each in exchanges]))["runs"][0]["results"]
        return [each["partialFingerprints"]["pcerrors/v1"] for each in results]

    moved = Exchange(404, None, b"lost", Request("GET", "https://host/v1/orders/18"), None, "a.yaml:55")
    others = [
        Exchange(404, None, b"gone", REQUEST, None, "b.yaml:2"),
        Exchange(403, None, b"gone", REQUEST, None, "a.yaml:2"),
        Exchange(404, None, b"gone", Request("GET", "https://host/v1/carts/17"), None, "a.yaml:2"),
    ]
    assert fingerprints(BROKEN) == fingerprints(moved)
    assert len(set(fingerprints(BROKEN, moved, *others))) == 5


def test_github_has_a_command_for_each_violation(tmp_path, monkeypatch):
    """With the place, and without a summary unless GitHub asks for one."""
    lines = written("github").splitlines()
    assert lines[0] == (
        "::error file=a.yaml,line=2,title=body-plain-text::404 Not Found: plain text instead of JSON: "
        '"gone"%0AGET https://host/v1/orders/17?sig=***'
    )
    assert lines[2].startswith("::warning file=c d.har,line=1,title=retry-after::429 Too Many Requests: Retry-After: ")
    assert lines[2].endswith("%0Ac d.har#/log/entries/3")
    assert lines[-1].startswith("3 error responses checked")
    assert len(lines) == 5
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert written("github", is_quiet=True).splitlines() == lines[:-1]
    assert summary.read_text() == f"before\n{written('markdown')}\n"


def test_github_has_no_file_for_standard_input():
    """There is nothing to annotate."""
    found = [finding(Exchange(404, None, b"gone", origin=each), POLICY) for each in ("-:1", None)]
    first, second, _ = written("github", found).splitlines()
    assert first == second == '::error title=body-plain-text::404 Not Found: plain text instead of JSON: "gone"'


def test_a_job_summary_is_cut_before_github_drops_it(tmp_path, monkeypatch):
    """And says so."""
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setattr(_text, "_LARGEST_SUMMARY", 700)
    monkeypatch.setattr(_text, "_MOST_SUMMARISED", 9)
    written("github", FINDINGS[:1] * 10)
    assert len(summary.read_bytes()) < 800
    assert summary.read_text().endswith("\nMore violations are in the log.\n\n")


def test_a_job_summary_that_cannot_be_written_is_misuse(tmp_path, monkeypatch):
    """The message names the variable."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "missing" / "summary.md"))
    with pytest.raises(UsageError, match="it is the value of GITHUB_STEP_SUMMARY"):
        written("github")


def test_markdown_is_a_summary_and_a_table():
    """Nothing but the summary where nothing is wrong."""
    assert written("markdown", FINDINGS[:1]) == (
        "## Partner Center error contract\n"
        "\n"
        "1 error response checked, 1 violation (body-plain-text 1)\n"
        "\n"
        "| severity | rule | response | place | violation |\n"
        "|---|---|---|---|---|\n"
        "| error | body-plain-text | 404 Not Found<br>GET https://host/v1/orders/17?sig=\\*\\*\\* | a.yaml:2 "
        '| plain text instead of JSON: "gone" |\n'
    )
    assert "|" not in written("markdown", FINDINGS[1:2])


HOSTILE = (
    "]]>&<a b='\">",
    "%0A::error::x",
    "a|b`c`\\|",
    "[x](https://evil.example)",
    "{0}{",
    "\x00\x1b\x85\u2028\ufffe\ud800\r\n\t",
    "<script>alert(1)</script>@me",
)
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(), min_size=1, max_size=20),
    st.lists(st.sampled_from(HOSTILE), min_size=1).map("".join),
)
VIOLATIONS = st.fixed_dictionaries(
    dict.fromkeys(("rule", "message", "pointer", "expected", "actual", "hint"), TEXTS)
    | {"severity": st.sampled_from(["error", "warning"])}
)
MAYBE = st.none() | TEXTS
PLACES = st.fixed_dictionaries(
    dict.fromkeys(("path", "entry", "reason", "url", "code", "correlation_id", "body"), MAYBE)
    | {
        "line": st.none() | st.integers(1),
        "kind": st.sampled_from(report_schema()["$defs"]["finding"]["properties"]["kind"]["enum"]),
        "status": st.none() | st.integers(100, 999),
        "method": MAYBE,
        "violations": st.lists(VIOLATIONS, min_size=1, max_size=2),
        "allowed": st.lists(TEXTS, max_size=1),
    },
    optional={"test": TEXTS, "contract": TEXTS},
)


def document_of(findings, contract="x"):
    """Return a saved report with these findings."""
    head = {"schema": 1, "tool": {"name": "pytest-pcerrors", "version": "0"}, "contract": contract, "rules": []}
    return head | {"findings": findings, "summary": Tally(errors=1).as_data()}


hostile = given(st.builds(document_of, st.lists(PLACES, min_size=1, max_size=2), TEXTS))


def rendered(document, form):
    """Return a saved report in a format, as a file holds it."""
    report = report_in(json.dumps(document).encode(), "run.json")
    return "".join(FORMATS[form](report)).encode().decode()


def shown_violations(document):
    """Return the number of violations of a document."""
    return sum(len(each["violations"]) for each in document["findings"])


@pytest.mark.untraced
@hostile
def test_nothing_breaks_json(document):
    """What is written is valid again, and is written the same again."""
    first = rendered(document, "json")
    Draft202012Validator(report_schema()).validate(json.loads(first))
    assert rendered(json.loads(first), "json") == first


@pytest.mark.untraced
@hostile
def test_nothing_breaks_junit(document):
    """It is XML, and valid."""
    text = rendered(document, "junit")
    junit_schema().validate(text)
    root = ET.fromstring(text)
    problems = sum(len(root.findall(f".//{name}")) for name in ("failure", "error", "system-out"))
    assert problems == shown_violations(document)


@cache
def junit_schema():
    """Read the schema where a test needs it: its library takes long to load, and each worker collects this module."""
    import xmlschema

    return xmlschema.XMLSchema(HERE / "junit.xsd")


SARIF = Draft202012Validator(json.loads((HERE / "sarif.schema.json").read_text("utf-8")))


@pytest.mark.untraced
@hostile
def test_nothing_breaks_sarif(document):
    """It is valid, and holds every violation."""
    log = json.loads(rendered(document, "sarif"))
    SARIF.validate(log)
    assert len(log["runs"][0]["results"]) == shown_violations(document)


@pytest.mark.untraced
@hostile
def test_nothing_breaks_github(document):
    """Each violation is one line, whose properties GitHub reads back as they were."""
    lines = rendered(document, "github").split("\n")
    assert len(lines) == shown_violations(document) + 2
    titles = [violation["rule"] for each in document["findings"] for violation in each["violations"]]
    for title, line in zip(titles, lines, strict=False):
        kind, properties, _ = re.fullmatch(r"::(error|warning) ([^:]*)::([^\r]*)", line).groups()
        read = dict(each.split("=", 1) for each in properties.split(","))
        assert kind in ("error", "warning")
        assert set(read) <= {"file", "line", "title"}
        assert unquote(read["title"]) == report_in(json.dumps(document_of([], title)).encode(), "x").contract


@pytest.mark.untraced
@hostile
def test_nothing_breaks_markdown(document):
    """Each violation is a row of five cells of plain text, without links, code and HTML."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(rendered(document, "markdown"))
    rows = [each for each in tokens if each.type == "tr_open"][1:]
    cells = [inline for cell, inline in pairwise(tokens) if cell.type == "td_open"]
    assert (len(rows), len(cells)) == (shown_violations(document), 5 * len(rows))
    parts = [part for inline in cells for part in inline.children or ()]
    assert {part.type for part in parts} <= {"text", "html_inline", "text_special"}
    assert {part.content for part in parts if part.type == "html_inline"} <= {"<br>"}
    assert "@" not in rendered(document, "markdown")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_of_real_findings_is_the_same_from_a_saved_report(form):
    """Whatever the response holds: what json writes is all that the others need."""
    found = [
        finding(
            Exchange(
                409,
                {"MS-CorrelationId": text.encode("latin-1", "replace").decode("latin-1")},
                text.encode("utf-8", "surrogatepass"),
                REQUEST,
                origin="a.yaml:1",
            ),
            POLICY,
        )
        for text in HOSTILE
    ]
    saved = report_in(written("json", [*FINDINGS, *found]).encode(), "run.json")
    assert "".join(FORMATS[form](saved)) == written(form, [*FINDINGS, *found])


def test_the_published_schema_is_valid_and_describes_the_document():
    """The members of the schema are those that are written, at every level."""
    Draft202012Validator.check_schema(report_schema())
    document = json.loads(written("json"))
    schema = report_schema()
    Draft202012Validator(schema).validate(document)
    assert set(document) == set(schema["required"]) == set(schema["properties"]) - {"counts", "coverage", "matrices"}
    for name, value in (
        ("finding", document["findings"][0]),
        ("violation", document["findings"][0]["violations"][0]),
        ("rule", document["rules"][0]),
        ("summary", document["summary"]),
    ):
        assert set(value) == set(schema["$defs"][name]["required"])


def test_a_rule_of_another_contract_has_its_name_alone():
    """A test may check a response by a contract that the run does not know."""
    report = Report.of_document(document_of([]))
    report.findings = json.loads(written("json", FINDINGS[:1]))["findings"]
    log = json.loads("".join(FORMATS["sarif"](report)))
    assert log["runs"][0]["tool"]["driver"]["rules"] == [{"id": "body-plain-text"}]


def test_the_rules_of_a_report_are_all_of_the_policy():
    """User rules and those of the contract's schema included."""

    def blue(parsed):
        """Break if the response is blue."""
        yield from ()

    assert (
        rules_of(Policy(Contract.default(), user_rules=(blue,)))["blue"]["breaks"] == "Break if the response is blue."
    )
