"""Error coverage: what is counted, that parts of a run add up to the whole, and that each format holds what it must."""

import json
from importlib.resources import files
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from pytest_pcerrors import Contract, Exchange, UsageError
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting.coverage import WAYS, ErrorCoverage, Judged, excluded_by
from pytest_pcerrors.reporting.formats.coverage import COVERAGE_FORMATS, comparison, shortfall

CONTRACT = Contract.default()
PAIRINGS = sorted(CONTRACT.pairings)
SCHEMA = json.loads(files("pytest_pcerrors.reporting").joinpath("coverage.schema.json").read_text("utf-8"))
CODES = st.none() | st.sampled_from([code for _, code in PAIRINGS]) | st.text(max_size=12)
MET = st.tuples(
    st.sampled_from(WAYS),
    st.sampled_from([400, 403, 404, 409, 418, 429, 500]),
    CODES,
    st.sampled_from(["", *"abcdefgh"]),
)


def covered(*met, excluded=()):
    """Return a coverage of these errors."""
    coverage = ErrorCoverage(CONTRACT, excluded_by(excluded, CONTRACT))
    for way, status, code, *place in met:
        coverage.add(way, status, [] if code is None else [code], *place)
    return coverage


def judged(status, body, headers=None):
    """Return what is counted of a response."""
    policy = Policy(CONTRACT)
    headers = {"Content-Type": "application/json"} if headers is None else headers
    return Judged.of(policy.judge(Exchange(status, headers, body)), policy.rules_under("documented"))


@pytest.mark.untraced
@settings(max_examples=12)
@given(st.lists(MET, max_size=30), st.integers(0, 30))
def test_two_shards_are_the_whole(met, cut):
    """Whatever the order, through their documents; the text is the same byte for byte."""
    whole = covered(*met, excluded=["501/*"])
    shards = [covered(*part, excluded=["501/*"]) for part in (met[cut:], met[:cut])]
    merged = ErrorCoverage(CONTRACT, shards[0].excluded)
    for shard in shards:
        merged.plus(ErrorCoverage.of_document(json.loads(COVERAGE_FORMATS["json"](shard)), CONTRACT))
    for form in COVERAGE_FORMATS.values():
        assert form(merged) == form(whole)
    assert comparison(whole, merged).count("\n") == 1


@settings(max_examples=12)
@given(st.lists(MET, max_size=12))
def test_the_document_fits_its_schema(met):
    """Surrogates, control characters and secrets in codes do not get into it."""
    coverage = covered(*met)
    coverage.add_judged(judged(409, b'{"code": 1}'))
    document = json.loads(COVERAGE_FORMATS["json"](coverage))
    some = [row for row in document["pairings"] if any(row[way] for way in WAYS)] or document["pairings"][:1]
    Draft202012Validator(SCHEMA).validate({**document, "pairings": some})
    for form in COVERAGE_FORMATS.values():
        text = form(coverage)
        assert text.encode()
        assert text.replace("\n", "").isprintable()
    assert sum(any(row[way] for way in WAYS) for row in document["pairings"]) == document["summary"]["met"]


@pytest.mark.parametrize("way", WAYS)
def test_each_way_meets_an_error(way):
    """It is not missing any more."""
    coverage = covered((way, 409, "800064"))
    assert len(coverage.missing()) == len(PAIRINGS) - 1
    assert (409, "800064") not in {entry.pairing for entry in coverage.missing()}
    assert f"{way} 1" in COVERAGE_FORMATS["text"](coverage)


def test_only_all_errors_are_a_hundred_percent():
    """The percentage is rounded down; an excluded error is not wanted."""
    met = [("replayed", *pairing) for pairing in PAIRINGS]
    assert covered(*met).percent == 100
    assert covered(*met[1:]).percent == 99.3
    status, code = PAIRINGS[0]
    assert covered(*met[1:], excluded=[f"{status}/{code}"]).percent == 100
    assert covered(excluded=["*"]).percent == 100


@pytest.mark.parametrize(
    ("pattern", "pairings"),
    [
        ("800064", {(409, "800064")}),
        ("2006", {(400, "2006"), (403, "2006")}),
        ("403/2006", {(403, "2006")}),
        ("501/*", {(501, "0")}),
        ("400", {(401, "400")}),
        ("80006[45]", {(400, "800065"), (409, "800064"), (409, "800065")} & set(PAIRINGS)),
    ],
)
def test_patterns_exclude_codes_globs_and_statuses(pattern, pairings):
    """In any number."""
    assert excluded_by([pattern], CONTRACT) == pairings
    assert excluded_by([pattern, "2001"], CONTRACT) == pairings | {(400, "2001")}


@pytest.mark.parametrize("pattern", ["999", "501", "501/1", "", "\ud800"])
def test_a_pattern_that_fits_no_error_is_misuse(pattern):
    """It may be a slip."""
    with pytest.raises(UsageError, match="fits no error of the contract Partner Center") as caught:
        excluded_by(["2001", pattern], CONTRACT)
    assert str(caught.value).encode()


@pytest.mark.parametrize(
    ("status", "body", "broken", "shape"),
    [
        (409, b'{"code": "800064", "description": "Busy", "source": "PartnerFD"}', set(), None),
        (429, b'{"statusCode": 429, "message": "Wait 3 seconds"}', {"gateway-envelope", "retry-after"}, "gateway-429"),
        (403, b'{"message": "No"}', {"message-only"}, "message-only-403"),
        (403, b'"No."', {"body-not-object"}, "bare-string-403"),
        (404, b"", {"body-empty"}, None),
        (400, b'{"code": 1', {"body-not-json"}, None),
        (200, b"{}", set(), None),
    ],
)
def test_rules_and_shapes_of_a_response_are_counted(status, body, broken, shape):
    """Rules that ran; those of later stages did not."""
    coverage = ErrorCoverage(CONTRACT)
    coverage.add_judged(judged(status, body))
    rules = {row["rule"]: (row["conforming"], row["breaking"]) for row in coverage.document()["rules"]}
    assert {rule for rule, (_, breaking) in rules.items() if breaking} == broken
    assert all(sum(counts) == 1 for counts in rules.values())
    assert ("pairing" in rules) == (status >= 400 and body.endswith(b"}") and len(broken) == 0)
    assert shape is None or shape in coverage.shapes


def test_undocumented_codes_have_places_and_a_bound(monkeypatch):
    """The first places in their order; very many codes are counted together."""
    monkeypatch.setattr("pytest_pcerrors.reporting.coverage._MOST_UNDOCUMENTED", 3)
    coverage = covered(
        *(("replayed", 400, "77", f"b{n}") for n in range(9)), *(("served", 400, f"x{n}") for n in range(5))
    )
    rows = coverage.document()["undocumented"]
    assert rows[0] == {"status": 400, "code": "77", "count": 9, "places": ["b0", "b1", "b2", "b3", "b4"]}
    assert [(row["code"], row["count"]) for row in rows] == [("77", 9), ("x0", 1), ("x1", 1), ("and others", 3)]


def test_a_secret_in_a_code_is_hidden():
    """In every format."""
    token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl"
    coverage = covered(("replayed", 400, token, "a.yaml:3"))
    assert not any(token[30:50] in form(coverage) for form in COVERAGE_FORMATS.values())


def test_markdown_shows_a_code_as_text():
    """It can be anything, in a pull request too."""
    coverage = covered(("replayed", 400, "<b>@me|`x`", "a.yaml:3"))
    rendered = MarkdownIt("commonmark").render(COVERAGE_FORMATS["markdown"](coverage))
    assert "400 with code &lt;b&gt;@me|`x`, 1 time, such as a.yaml:3</li>" in rendered
    assert "@me" not in COVERAGE_FORMATS["markdown"](coverage)


def test_a_badge_is_an_image_that_can_be_read():
    """With the percentage as its label, for screen readers too."""
    for met, shown in (((), "0 %"), ([("served", *each) for each in PAIRINGS], "100 %")):
        root = ET.fromstring(COVERAGE_FORMATS["badge"](covered(*met)))
        assert root.get("aria-label") == f"error coverage: {shown}"
        assert "".join(root.itertext()).endswith(shown)


def test_a_comparison_says_what_was_lost_and_won():
    """A line for each error, with its text."""
    lines = comparison(covered(("replayed", 409, "800064")), covered(("asserted", 400, "2001"))).splitlines()
    assert lines[0] == "error coverage: 0.6 % before, 0.6 % now"
    assert [line.split("  ")[:2] for line in lines[1:]] == [["lost", "409 800064"], ["won", "400 2001"]]


@pytest.mark.parametrize(("least", "more"), [(0, None), (0.6, None), (1, "1 more error"), (100, "162 more errors")])
def test_the_shortfall_is_what_is_still_needed(least, more):
    """In errors, so that it can be acted upon."""
    said = shortfall(covered(("replayed", 409, "800064")), least)
    assert said.endswith(more) if more else said == ""
