"""The report formats: functions that turn findings into text, piece by piece."""

import json

import pytest

from pytest_pcerrors import Contract, Exchange, Request
from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.policy.audit import Finding, finding, unreadable
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting.formats import FORMATS
from pytest_pcerrors.reporting.summary import Tally

POLICY = Policy(Contract.default(), overrides={"secret-recorded": "off"})
BROKEN = Exchange(404, None, b"gone", Request("GET", "https://host/?sig=abc"), None, "a.yaml:2")
FINDINGS = [
    finding(BROKEN, POLICY),
    finding(Exchange(200, None, b"{}"), POLICY),
    unreadable(ArchiveError("b\x1b.yaml:7", "not YAML")),
    Finding("other-host", "c.yaml:1", Exchange(500, None, b"")),
]


def written(form, findings, **keywords):
    """Return what a format writes."""
    return "".join(FORMATS[form](iter(findings), Tally(errors=1), POLICY, **keywords))


def test_text_has_a_paragraph_for_each_response_with_violations():
    """Conforming and skipped responses are only counted."""
    assert written("text", FINDINGS) == (
        "404 Not Found breaks the Partner Center error contract in 1 place:\n"
        '  body-plain-text  plain text instead of JSON: "gone"\n'
        "in a.yaml:2, GET https://host/?sig=***\n"
        "body: gone\n"
        "\n"
        "b\\x1b.yaml:7 cannot be read:\n"
        "  unreadable  not YAML\n"
        "              record it again, or remove it\n"
        "\n"
        "1 error response checked, 0 violations\n"
    )


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_comes_piece_by_piece(form):
    """The first finding is written before the second is requested."""
    asked = []
    report = FORMATS[form]((asked.append(each) or each for each in FINDINGS), Tally(), POLICY)
    while "gone" not in next(report):
        pass
    assert asked == FINDINGS[:1]


def test_json_reports_what_is_known_and_null_for_the_rest():
    """A file that cannot be read has no exchange, a plain text no code."""
    first, second = json.loads(written("json", FINDINGS))["findings"]
    assert (first["url"], first["code"]) == ("https://host/?sig=***", None)
    assert second | {"violations": None} == {
        "origin": "b\\x1b.yaml:7",
        "kind": "unreadable",
        "status": None,
        "method": None,
        "url": None,
        "code": None,
        "violations": None,
    }


def test_json_without_a_request_has_none():
    """Method and URL are null where only the response is known."""
    [found] = json.loads(written("json", [finding(Exchange(409, None, b'{"code": "\\ud800"}'), POLICY)]))["findings"]
    assert (found["method"], found["url"], found["code"]) == (None, None, "\\ud800")


def test_quiet_text_has_no_summary():
    """Nothing is left where nothing is wrong."""
    assert written("text", FINDINGS[1:2], quiet=True) == ""
