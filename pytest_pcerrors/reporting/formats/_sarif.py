"""The format ``sarif``: SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; the numbers of sections below are of this document.
"""

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pytest_pcerrors.reporting.failure import generic_path, place, violation_line
from pytest_pcerrors.reporting.finding_data import FindingData, ViolationData
from pytest_pcerrors.reporting.report import Report, RuleData

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_SITE = "https://pytest-pcerrors.github.io/pytest-pcerrors/"
_FINGERPRINT = "pcerrors/v1"


def as_sarif(report: Report) -> Iterator[str]:
    """Yield a log with one run, which has a result for each violation, and the rules that were broken."""
    seen: Counter[str] = Counter()
    broken: set[str] = set()
    yield f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{{"results": ['
    separator = "\n"
    for finding in report.with_violations():
        for violation in finding["violations"]:
            broken.add(violation["rule"])
            yield separator + json.dumps(_result(finding, violation, seen))
            separator = ",\n"
    driver = {
        "name": "pytest-pcerrors",
        "version": report.tool_version,
        "informationUri": _SITE,
        "rules": [_descriptor(name, report.rules.get(name)) for name in sorted(broken)],
    }
    yield f'\n], "tool": {json.dumps({"driver": driver})}}}]}}\n'


def _result(finding: FindingData, violation: ViolationData, seen: Counter[str]) -> dict[str, Any]:
    """Return the result for a violation (3.27)."""
    properties = {
        "status": finding["status"],
        "code": finding["code"],
        "correlationId": finding["correlation_id"],
        "method": finding["method"],
        "url": finding["url"],
        "place": place(finding) or None,
    }
    return {
        "ruleId": violation["rule"],
        "level": "warning" if violation["severity"] == "warning" else "error",
        "message": _message("\n".join(filter(None, [violation_line(finding, violation), violation["hint"]]))),
        "locations": _locations(finding),
        "partialFingerprints": {_FINGERPRINT: _fingerprint(finding, violation, seen)},
        "properties": {name: value for name, value in properties.items() if value is not None},
    }


def _message(text: str) -> dict[str, str]:
    """Return a message (3.11): braces are doubled, since single ones are placeholders, and no text becomes a link."""
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "] (")}


def _locations(finding: FindingData) -> list[dict[str, Any]]:
    """Return the location (3.28): a line of a file, line 1 if it is not known, and the test as its logical location."""
    location: dict[str, Any] = {}
    if finding["path"] is not None:
        path = Path(finding["path"])
        relative = {"uri": quote(path.as_posix()), "uriBaseId": "%SRCROOT%"}  # the root of the repository
        artifact = {"uri": path.as_uri()} if path.is_absolute() else relative
        location["physicalLocation"] = {"artifactLocation": artifact, "region": {"startLine": finding["line"] or 1}}
    if "test" in finding:
        location["logicalLocations"] = [{"fullyQualifiedName": finding["test"], "kind": "function"}]
    return [location] if location else []


def _fingerprint(finding: FindingData, violation: ViolationData, seen: Counter[str]) -> str:
    """Return a fingerprint (3.27.17) that stays the same when a file gets other lines, or is recorded again.

    Equal ones of a run are numbered.
    """
    url = finding["url"]
    parts = [violation["rule"], violation["pointer"], finding["path"], finding["method"], url and generic_path(url)]
    text = json.dumps([*parts, finding["status"], finding["code"], finding.get("test")])
    digest = sha256(text.encode()).hexdigest()[:32]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"


def _descriptor(name: str, rule: RuleData | None) -> dict[str, Any]:
    """Return the documentation of a rule (3.49)."""
    if rule is None:
        return {"id": name}
    labelled = (("Documentation", rule["documentation"]), ("Example", rule["example"]), ("Fix", rule["fix"]))
    given = [(label, text) for label, text in labelled if text]
    text = "\n\n".join(filter(None, [rule["breaks"], *(f"{label}: {text}" for label, text in given)]))
    markdown = "\n\n".join(filter(None, [rule["breaks"], *(f"**{label}:** {text}" for label, text in given)]))
    brief = rule["breaks"] or name
    return {
        "id": name,
        "shortDescription": _message(brief),
        "fullDescription": _message(brief),
        "help": {**_message(text or name), "markdown": _message(markdown or name)["text"]},
    }
