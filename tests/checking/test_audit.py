"""Whole archives: what each recorded exchange is, and what was found in it."""

import json

from pytest_pcerrors import Contract
from pytest_pcerrors.checking.audit import audit
from pytest_pcerrors.checking.policy import Policy
from pytest_pcerrors.exchange.archives.files import read_file

HOST = "api.partnercenter.microsoft.com"
ERROR = {"code": "800064", "description": "Busy", "source": "PartnerFD"}

DATES = ["Tue, 02 May 2017 09:00:00 GMT", "Thu, 13 Apr 2017 21:29:11 GMT"]


def line(status, body, host=HOST):
    """Make one line of an archive."""
    return json.dumps({"status": status, "body": body, "request": {"method": "GET", "url": f"https://{host}/v1"}})


def found(folder, *paths):
    """Audit paths of a folder under the shipped contract and its hosts."""
    policy = Policy(Contract.default(), hosts=frozenset(Contract.default().hosts), root=folder)
    return list(audit((read_file(folder / path) for path in paths), policy))


def test_every_exchange_is_a_finding(tmp_path):
    """Errors and successes are judged; exchanges with other hosts are not."""
    lines = [line(409, ERROR), line(404, ERROR), line(201, {"errors": [ERROR]}), line(409, "", "contoso.com")]
    (tmp_path / "all.ndjson").write_text("\n".join(lines), "utf-8")
    findings = found(tmp_path, "all.ndjson")
    assert [each.kind for each in findings] == ["error", "error", "success", "other-host"]
    assert [[violation.rule for violation in each.violations] for each in findings] == [
        [],
        ["pairing"],
        ["error-in-success"],
        [],
    ]


def test_a_finding_says_where(tmp_path):
    """The origin of a finding is that of its exchange."""
    (tmp_path / "all.ndjson").write_text(f"{line(409, ERROR)}\n{line(404, ERROR)}", "utf-8")
    assert [each.origin.rpartition("/")[2] for each in found(tmp_path, "all.ndjson")] == [
        "all.ndjson:1",
        "all.ndjson:2",
    ]


def test_what_cannot_be_read_is_a_finding_and_the_rest_is_read(tmp_path):
    """A file that breaks off gives what stands before, then the problem; the next file is read."""
    (tmp_path / "a.ndjson").write_text(f'{line(409, ERROR)}\n{{"status": 4', "utf-8")
    (tmp_path / "b.ndjson").write_text(line(409, ERROR), "utf-8")
    findings = found(tmp_path, "a.ndjson", "b.ndjson")
    assert [each.kind for each in findings] == ["error", "unreadable", "error"]
    [violation] = findings[1].violations
    assert (violation.rule, violation.severity, findings[1].exchange) == ("unreadable", "error", None)


def test_a_recording_is_stale_by_its_oldest_response(tmp_path):
    """Once for the file, whatever was read of it; without an age nothing is."""
    dated = [json.dumps(json.loads(line(409, ERROR)) | {"headers": {"Date": each}}) for each in DATES]
    (tmp_path / "all.ndjson").write_text("\n".join([*dated, "{"]), "utf-8")
    policy = Policy(Contract.default(), root=tmp_path, max_age=30)
    *_, last = audit([read_file(tmp_path / "all.ndjson")], policy)
    [violation] = last.violations
    assert (last.kind, last.origin.rpartition(":")[2]) == ("stale", "2")
    assert (violation.rule, violation.severity, violation.pointer) == ("stale", "warning", "Date")
    assert violation.message.startswith("oldest response of 2017-04-13, ")
    assert [each.kind for each in found(tmp_path, "all.ndjson")] == ["error", "error", "unreadable"]


def test_a_secret_is_found_whatever_host_and_status(tmp_path):
    """A token endpoint's recording is not judged, and is not to hold the token either."""
    (tmp_path / "all.ndjson").write_text(line(200, {"access_token": "abc"}, "login.contoso.com"), "utf-8")
    [finding] = found(tmp_path, "all.ndjson")
    [violation] = finding.violations
    assert (finding.kind, finding.verdict) == ("other-host", None)
    assert (violation.rule, violation.pointer, violation.severity) == (
        "secret-recorded",
        "response body /access_token",
        "error",
    )
    assert violation.hint == f"pcerrors redact {tmp_path / 'all.ndjson'}"
