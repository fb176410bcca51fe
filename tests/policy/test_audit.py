"""Audits of archives: the kind of each recorded exchange, and the findings."""

import json
import sys
from base64 import b64encode
from itertools import product

import pytest

from pytest_pcerrors import Contract, Exchange, Request
from pytest_pcerrors.policy.allowances import Allowance
from pytest_pcerrors.policy.audit import Recording, audit, finding
from pytest_pcerrors.policy.policy import Policy

HOST = "api.partnercenter.microsoft.com"
ERROR = {"code": "800064", "description": "Busy", "source": "PartnerFD"}

SECRET = "kX7pQz19vLmW"
DATES = ["Tue, 02 May 2017 09:00:00 GMT", "Thu, 13 Apr 2017 21:29:11 GMT"]


def line(status, body, host=HOST):
    """Make one line of an archive."""
    return json.dumps({"status": status, "body": body, "request": {"method": "GET", "url": f"https://{host}/v1"}})


def found(folder, *paths):
    """Audit paths of a folder under the shipped contract and its hosts."""
    policy = Policy(Contract.default(), hosts=frozenset(Contract.default().hosts), root=folder)
    return list(audit((Recording.of_file(folder / path, policy) for path in paths), policy))


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
    """A truncated file gives the items before the problem, then the problem; the next file is read."""
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
    *_, last = audit([Recording.of_file(tmp_path / "all.ndjson", policy)], policy)
    [violation] = last.violations
    assert (last.kind, last.origin.rpartition(":")[2]) == ("stale", "2")
    assert (violation.rule, violation.severity, violation.pointer) == ("stale", "warning", "Date")
    assert violation.message.startswith("oldest response of 2017-04-13, ")
    assert [each.kind for each in found(tmp_path, "all.ndjson")] == ["error", "error", "unreadable"]


UNDATED = line(409, ERROR)
OTHER = line(409, ERROR, "login.contoso.com")


def dated(text, **more):
    """Add members to a line."""
    return json.dumps(json.loads(text) | more)


def allowed(rule):
    """Return settings with an allowance."""
    return {"allowances": (Allowance(rule, "made by hand"),)}


@pytest.mark.parametrize(
    ("lines", "settings", "is_undated"),
    [
        ([UNDATED], {}, True),
        ([UNDATED, dated(UNDATED, headers={"Date": "yesterday"}, recorded_at="x"), "{"], {}, True),
        ([line(201, {}), OTHER], {}, True),
        ([UNDATED, dated(UNDATED, headers={"Date": DATES[0]})], {}, False),
        ([UNDATED, dated(UNDATED, recorded_at=DATES[0])], {}, False),
        ([UNDATED, dated(OTHER, recorded_at=DATES[0])], {}, False),
        ([OTHER], {}, False),
        (["{"], {}, False),
        ([dated(OTHER, status=0, content={})], {}, False),
        ([""], {}, False),
        ([UNDATED], {"max_age": None}, False),
        ([UNDATED], {"overrides": {"stale": "off"}}, False),
        ([UNDATED], {"overrides": {"stale": "error"}}, True),
        ([UNDATED], allowed("stale"), False),
        ([UNDATED], allowed("code-number"), True),
    ],
)
def test_a_recording_without_a_date_is_reported_without_a_violation(tmp_path, lines, settings, is_undated):
    """If it has a judged response, and its age is to be known."""
    (tmp_path / "all.ndjson").write_text("\n".join(lines), "utf-8")
    given = {"max_age": 99_999, "hosts": frozenset({HOST}), "root": tmp_path, **settings}
    policy = Policy(Contract.default(), **given)
    findings = list(audit([Recording.of_file(tmp_path / "all.ndjson", policy, "all.ndjson")], policy))
    undated = [each for each in findings if each.kind == "undated"]
    assert [(each.origin, each.violations) for each in undated] == [("all.ndjson", ())] * is_undated


@pytest.mark.parametrize(("key", "moment"), [("recorded_at", DATES[1]), ("startedDateTime", "2017-04-13T21:29:11Z")])
def test_a_recording_may_be_stale_by_its_own_date(tmp_path, key, moment):
    """Then the violation names no header."""
    entry = {"request": {"url": "/v1"}, "response": {"status": 404, "headers": [], "content": {"text": "{}"}}}
    (tmp_path / "a.har").write_text(json.dumps({"log": {"entries": [{**entry, key: moment}]}}), "utf-8")
    policy = Policy(Contract.default(), root=tmp_path, max_age=30)
    *_, last = audit([Recording.of_file(tmp_path / "a.har", policy)], policy)
    [violation] = last.violations
    assert (last.kind, violation.rule, violation.pointer) == ("stale", "stale", "")
    assert violation.message.startswith("oldest response of 2017-04-13, ")


def test_a_secret_is_found_whatever_host_and_status(tmp_path):
    """The recording of a token endpoint is not judged, but must not contain the token."""
    (tmp_path / "all.ndjson").write_text(line(200, {"access_token": SECRET}, "login.contoso.com"), "utf-8")
    [finding] = found(tmp_path, "all.ndjson")
    [violation] = finding.violations
    assert (finding.kind, finding.verdict) == ("other-host", None)
    assert (violation.rule, violation.pointer, violation.severity) == (
        "secret-recorded",
        "response body /access_token",
        "error",
    )
    assert violation.hint == f"pcerrors redact {tmp_path / 'all.ndjson'}"


def test_what_may_be_a_secret_is_a_warning(tmp_path):
    """A password that is a plain word need not be one."""
    (tmp_path / "all.ndjson").write_text(line(409, ERROR | {"password": "summer"}), "utf-8")
    [finding] = found(tmp_path, "all.ndjson")
    assert [(each.rule, each.severity) for each in finding.violations] == [("secret-suspected", "warning")]


def test_secrets_beside_the_items_are_found_too(tmp_path):
    """In an entry that cannot be read, in a request that was never answered, and outside of all of them."""
    entry = {"request": {"method": "GET", "url": f"https://a/?sig={SECRET}"}, "response": {"status": 0, "content": {}}}
    har = {
        "log": {
            "entries": [
                entry,
                {"request": {"url": 7}, "response": {"status": 200, "headers": 7, "content": {}}, "token": SECRET},
            ],
            "comment": f"api_key={SECRET}",
        }
    }
    (tmp_path / "a.har").write_text(json.dumps(har), "utf-8")
    findings = found(tmp_path, "a.har")
    assert [each.kind for each in findings] == ["skipped", "unreadable", "recording"]
    places = [[each.pointer for each in finding.violations if each.rule == "secret-recorded"] for finding in findings]
    assert places == [["request URL, parameter sig"], ["member /token"], ["member /comment"]]


def test_a_body_that_cannot_be_searched_is_reported(tmp_path, monkeypatch):
    """It is not treated as free of secrets."""
    monkeypatch.setitem(sys.modules, "brotli", None)
    monkeypatch.setitem(sys.modules, "brotlicffi", None)
    packed = b64encode(b"\x8b\x03\x80abc\x01\x02\x03").decode()
    exchange = {"status": 200, "headers": {"Content-Encoding": "br"}, "body_base64": packed, "request": {"url": "/"}}
    (tmp_path / "all.ndjson").write_text(json.dumps(exchange), "utf-8")
    [finding] = found(tmp_path, "all.ndjson")
    [violation] = finding.violations
    assert (violation.rule, violation.pointer) == ("secret-suspected", "response body")
    assert violation.message.startswith("not searched for secrets: compressed with br, which needs the package brotli")


def test_equal_error_responses_share_their_violations(tmp_path):
    """The verdict on a recorded exchange is that of the policy, also where more than the body decides: headers, the request, the origin."""
    changes = [{}, {"code": 800064}, {"source": 1, "code": "7"}, {"description": "x" * 1000}]
    bodies = [json.dumps({**ERROR, **each}).encode() for each in changes]
    bodies += [b"", b"{", b"{\xff", b"[]", b'{"code": 1, "code": 2}']
    types = [{"Content-Type": each} for each in ("application/json", "text/html")]
    fields = [None, {}, *types, {"Content-Encoding": "other"}, {"Retry-After": "soon"}, {"WWW-Authenticate": "Bearer"}]
    requests = [None, Request("HEAD", "/v1/a"), Request("GET", "/v1/b")]
    allowance = Allowance("code-number", "the service sends numbers", url="/v1/a")
    paths = ((tmp_path / "observed", "observed"),)
    policies = [
        Policy(Contract.default(), root=tmp_path, **each)
        for each in ({}, {"allowances": (allowance,)}, {"profile_by_path": paths})
    ]
    for status, headers, body, request, origin in product(
        (200, 401, 409, 429), fields, bodies, requests, ("a.ndjson:1", "observed/a.ndjson:1")
    ):
        exchange = Exchange(status, headers, body, request, origin=origin)
        assert all(finding(exchange, policy).verdict == policy.judge(exchange) for policy in policies), exchange
    recorded = [Exchange(409, None, bodies[1], origin=each) for each in ("a.har#/1", "a.har#/2")]
    twice = [finding(each, policies[0]).verdict for each in recorded]
    assert twice[0].violations[0] is twice[1].violations[0]
    assert [each.exchange.origin for each in twice] == ["a.har#/1", "a.har#/2"]
