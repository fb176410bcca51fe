"""The format ``junit``: XML in the form that Jenkins describes in junit-10.xsd, which most CI systems read.

A test case cannot have properties there, so each response is a test suite with properties and a single test case.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from pytest_pcerrors.reporting.failure import finding_text, place, test_of, title
from pytest_pcerrors.reporting.finding_data import FindingData, ViolationData
from pytest_pcerrors.reporting.report import Report


def as_junit(report: Report) -> Iterator[str]:
    """Yield a document with a test suite for each finding; an error fails its test case, a warning is in its output."""
    suites, outcomes = [], []
    for finding in report.findings:
        outcomes.append(_outcome(finding))
        suites.append(_suite(finding, report.contract, outcomes[-1]))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="pcerrors" tests="{len(suites)}" {_counts(outcomes)}>\n'
    yield from suites
    yield "</testsuites>\n"


def _outcome(finding: FindingData) -> str:
    """Return the name of the element for the errors of a finding, or an empty text without any."""
    if not any(violation["severity"] == "error" for violation in finding["violations"]):
        return ""
    return "error" if finding["kind"] == "unreadable" else "failure"


def _counts(outcomes: list[str]) -> str:
    return f'failures="{outcomes.count("failure")}" errors="{outcomes.count("error")}"'


def _suite(finding: FindingData, contract: str, outcome: str) -> str:
    path = finding["path"] or "responses"
    name = quoteattr(", ".join(filter(None, [title(finding), place(finding), test_of(finding)])))
    warnings = [each for each in finding["violations"] if each["severity"] != "error"]
    lines = [
        f'  <testsuite name={name} tests="1" {_counts([outcome])} file={quoteattr(path)}>',
        "    <properties>",
        *(f"      <property name={quoteattr(key)} value={quoteattr(text)}/>" for key, text in _properties(finding)),
        "    </properties>",
        f"    <testcase classname={quoteattr(path)} name={name}>",
        *(_problem(outcome, each, finding, contract) for each in finding["violations"] if each not in warnings),
        *(f"      <system-out>{escape(_line(each))}</system-out>" for each in warnings),
        "    </testcase>",
        "  </testsuite>\n",
    ]
    return "\n".join(lines)


def _properties(finding: FindingData) -> Iterator[tuple[str, str]]:
    """Yield the names and values of the properties: code, correlation id, and a rule for each violation."""
    values = {"code": finding["code"], "correlation_id": finding["correlation_id"], "test": finding.get("test")}
    yield from ((name, value) for name, value in values.items() if value is not None)
    yield from (("rule", violation["rule"]) for violation in finding["violations"])


def _problem(element: str, violation: ViolationData, finding: FindingData, contract: str) -> str:
    alone: FindingData = {**finding, "violations": [violation]}
    attributes = f"type={quoteattr(violation['rule'])} message={quoteattr(violation['message'])}"
    return f"      <{element} {attributes}>{escape(finding_text(alone, contract))}</{element}>"


def _line(violation: ViolationData) -> str:
    texts = (f"{violation['severity']}: {violation['rule']}", violation["pointer"], violation["message"])
    return ": ".join(filter(None, texts)) + (f"; {violation['hint']}" if violation["hint"] else "")
