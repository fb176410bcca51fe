"""Audits of NDJSON by chunks: they report what an audit item by item reports, whatever the lines are."""

import gzip
import json
import sys
from functools import cache, partial
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_of import report_of

from pytest_pcerrors import Contract
from pytest_pcerrors.exchange.archives import json_files, plain_lines
from pytest_pcerrors.policy import lines
from pytest_pcerrors.policy.audit import Conforming, Recording, audit
from pytest_pcerrors.policy.counting import audit_counted
from pytest_pcerrors.policy.lines import LineAudit
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.reporting.formats import FORMATS, FORMATS_OF_ALL
from pytest_pcerrors.reporting.totals import Totals, Wanted
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets._finder import Finder, _scanner

CONTRACT = Contract.default()
HOSTS = frozenset(CONTRACT.hosts)
ERROR = {"code": "800064", "description": "Busy", "source": "PartnerFD"}
URL = "https://api.partnercenter.microsoft.com/v1/carts/7"
HEADERS = {"Content-Type": "application/json; charset=utf-8", "MS-RequestId": "7"}
OWN = {"status": 409, "headers": HEADERS, "body": json.dumps(ERROR), "request": {"method": "GET", "url": URL}}
VCR = {
    "request": {"method": "GET", "uri": URL, "body": None, "headers": {"Accept": ["*/*"]}},
    "response": {
        "status": {"code": 409, "message": "Conflict"},
        "headers": {"content-type": ["application/json"]},
        "body": {"string": json.dumps(ERROR)},
    },
}
SECRET = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLXRoYXQtaXMtbG9uZw"


def tags(parsed):
    """Fault a response without tags, as a rule of a user, which may look at the whole request."""
    if parsed.is_object and "tags" not in parsed.document:
        request = parsed.exchange.request
        yield Violation(f"no tags: {request and [*request.headers, request.body]}")


POLICIES = {
    "documented": Policy(CONTRACT, hosts=HOSTS),
    "observed": Policy(CONTRACT, hosts=HOSTS, forced_profile="observed"),
    "any-host": Policy(CONTRACT, overrides={"secret-recorded": "off", "secret-suspected": "off"}),
    "own-rule": Policy(CONTRACT, user_rules=(tags,)),
    "names": Policy(CONTRACT, hosts=HOSTS, redaction=Redaction(names=("pin",))),
    "aged": Policy(CONTRACT, hosts=HOSTS, max_age=30),
}


def own(**changes):
    """Make a line in our own form; a change to ... leaves the key out."""
    return {key: value for key, value in {**OWN, **changes}.items() if value is not ...}


def body(text, **changes):
    """Make a line with a body."""
    return own(body=text if isinstance(text, str) else json.dumps(text), **changes)


def vcr(part="response", **changes):
    """Make a line in the form of vcrpy with some parts changed."""
    return {**VCR, part: {key: value for key, value in {**VCR[part], **changes}.items() if value is not ...}}


BODIES = [
    ERROR,
    {**ERROR, "data": []},
    {**ERROR, "data": [{"a": "b", "c": ["d", {}], "e": 1, "f": None}]},
    {**ERROR, "data": ["a"]},
    {**ERROR, "code": 800064},
    {**ERROR, "more": [1.5]},
    {**ERROR, "message": "Busy"},
    {**ERROR, "description": "for {0}"},
    {**ERROR, "description": 'a "quote" and a \\ in it\n'},
    {**ERROR, "description": 'a "quote"'},
    {**ERROR, "description": "Größe"},
    {**ERROR, "code": "1"},
    {"message": "Busy"},
    [ERROR],
    {},
]
TEXTS = [
    '{"code": "800064", "description": "Busy", "source": "PartnerFD", "source": "PartnerFD"}',
    '{"code": "800064", "description": "Busy", "source": "PartnerFD", "data": [{"a": 1, "a": 2}]}',
    '{"code": "800064", "description": "Busy", "source": "PartnerFD", "x": 1e999}',
    '{"code": "800064", "description": "Busy", "source": "PartnerFD", "x": NaN}',
    '{"code": "800064", "description": "Busy", "source": "PartnerFD"',
    '\ufeff{"code": "800064", "description": "Busy", "source": "PartnerFD"}',
    ' {"code": "800064", "description": "Busy", "source": "PartnerFD"}\n',
    '{"c\\u006fde": "800064", "description": "Busy", "source": "PartnerFD"}',
    '{"code": "800064", "description": "Busy \ud800", "source": "PartnerFD"}',
    '{"code": "800064", "description": "Busy", "source": "PartnerFD", "x": %s}' % ("9" * 5000),
    f'{{"code": "800064", "description": "Busy", "source": "PartnerFD", "x": {"[" * 90}{"]" * 90}}}',
    "\x1f\x8b",
    "<html>",
    "",
    " ",
]
SUCCESSES = [
    '{"id": 7}', '{"errors": [{"code": "1", "description": ""}]}', '{"c\\u006fde": 1}', "", "[]", "true", "plain",
]  # fmt: skip
FIELDS = [
    {"Content-Type": "text/html"},
    {"content-type": "text/html", **HEADERS},
    {"Content-Encoding": "gzip", **HEADERS},
    {"Content-Type": ["application/json", "text/html"]},
    {"Content-Type": []},
    {"Content-Type": None},
    {"Retry-After": 7, **HEADERS},
    {"X": {"a": "b"}, **HEADERS},
    {},
    None,
    [["Content-Type", "application/json"]],
    "text",
]
URLS = [
    "https://login.microsoftonline.com/x/oauth2/token", "http://api.partnercenter.microsoft.com:8080/v1",
    "https://API.partnercenter.microsoft.com/v1", "https://user@api.partnercenter.microsoft.com/v1",
    "https://api.partnercenter.microsoft.com", "https://contoso.example?x=/", "/v1/carts", "//contoso.example/v1",
    "/\t/contoso.example/v1", "ftp://contoso.example/a", "", 7,
]  # fmt: skip
REQUESTS = [
    None,
    "GET",
    {},
    {"url": URL, "uri": 7},
    {"url": None, "uri": URL},
    {"url": URL, "method": None},
    {"url": URL, "method": 7},
    {"url": URL, "headers": {"A": None}},
    {"url": URL, "postData": {"encoding": "x"}},
    {"url": URL, "body": {"base64_string": "!"}},
    {"method": "HEAD", "url": URL},
]
OTHERS = [
    own(ts="2026-11-17T09:12:44Z", trace={"id": [7]}),
    own(token=SECRET),
    own(body=...),
    own(body=..., ts=1),
    own(body=..., ts=1, status=200),
    own(body=..., request=...),
    own(body=..., request=..., ts=1),
    own(body=None),
    own(body=7),
    *(
        {"request": OWN["request"], **line}
        for wrapped in (
            {"string": json.dumps(ERROR)},
            {"base64_string": "e30="},
            {"string": None, "encoding": "utf-8"},
            {"string": ERROR},
        )
        for own_form in ({"status": 200, "body": wrapped}, {"status": 409, "body": wrapped})
        for line in (own_form, {"response": own_form})
    ),
    own(body_base64="e30="),
    own(content={}),
    own(reason="Conflict"),
    own(reason=7),
    own(status=404, request={"url": "", "uri": URL}),
    own(recorded_at="yesterday", origin="x:1"),
    own(response={}),
    own(request={"url": f"{URL}?sig={SECRET}"}),
    own(request={"url": URL, "headers": {"Authorization": f"Bearer {SECRET}"}}),
    own(request={"url": URL, "headers": {"Authorization": "Bearer ***"}}),
    own(more=[[]] * 600),
    own(more="x" * 5000),
    own(more=int("1" * 4200)),
    {"status": 409, "code": "800064", "description": "Busy"},
    {"code": "800064"},
    VCR,
    {**VCR, "status": 409},
    {**VCR, "request": None},
    {**VCR, "recorded_at": "2026-11-17T09:12:44Z", "id": 7},
    {"response": VCR["response"]},
    vcr(body=...),
    vcr(body={}),
    vcr(body=None),
    vcr(body=json.dumps(ERROR)),
    vcr(body={"string": None}),
    vcr(body={"string": 7}),
    vcr(body={"base64_string": "e30=", "string": "{}"}),
    vcr(body={"more": 1}),
    vcr(parsed_body=ERROR),
    vcr(headers=None),
    vcr(headers=...),
    vcr(status={"code": "409"}),
    vcr(status={"message": "Conflict"}),
    vcr(status={"code": 409, "message": 7}),
    vcr(status=409, body=json.dumps(ERROR)),
    vcr(status=409, body=ERROR, ms=7),
    vcr(status=409, body=..., ms=7),
    vcr(status=409, request={}),
    vcr("request", uri=...),
    {"startedDateTime": "2026", "request": {"url": URL}, "response": {"status": 0}},
    {"startedDateTime": "2026", "request": {"url": URL}, "response": {"status": 409, "content": {"text": "{}"}}},
    [],
    "text",
    7,
]
DATES = [
    "Tue, 02 May 2017 09:00:00 GMT",
    "Wed, 03 May 2017 23:59:00 -0700",
    "2017-05-04T09:00:00Z",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "yesterday",
    "",
    ["Tue, 02 May 2017 09:00:00 GMT", "Fri, 05 May 2017 09:00:00 GMT"],
    [],
]
LINES = [
    *(json.dumps(body(each)) for each in BODIES),
    *(json.dumps(own(body=each)) for each in BODIES),
    *(json.dumps(body(each)) for each in TEXTS),
    *(json.dumps(body(each, status=status)) for each in SUCCESSES for status in (200, 204, 302)),
    *(json.dumps(own(status=200, body=each)) for each in BODIES),
    *(json.dumps(own(headers=each)) for each in FIELDS),
    *(json.dumps(own(request={"method": "GET", "url": each})) for each in URLS),
    *(json.dumps(own(request=each)) for each in REQUESTS),
    *(json.dumps(own(status=each)) for each in (401, 404, 418, 429, 99, 1000, 0, -1, True, "409", 409.0, 1e3)),
    *map(json.dumps, OTHERS),
    *(json.dumps(own(headers={**HEADERS, name: each})) for name in ("Date", "date") for each in DATES),
    *(json.dumps(own(recorded_at=each, request={"url": URL, "n": None})) for each in DATES),
    json.dumps(own(recorded_at=DATES[0], headers={**HEADERS, "Date": DATES[1]})),
    json.dumps({**VCR, "recorded_at": DATES[0], "response": {**VCR["response"], "recorded_at": DATES[1]}}),
    json.dumps(own(recorded_at=DATES[0])).replace("recorded_at", "\\u0072ecorded_at"),
    *(json.dumps(own(body={**ERROR, "source": each})) for each in (7, None, "", "x" * 99, SECRET)),
    json.dumps(own(body=ERROR)).replace('"source"', '"x": 1e999, "source"'),
    json.dumps(own(body=ERROR)).replace('"source"', '"source": "a", "source"'),
    json.dumps(OWN).replace('"status"', '"status": 7, "status"'),
    json.dumps(OWN).replace('"Busy', '"\\u0042usy'),
    json.dumps(own(ts="Größe"), ensure_ascii=False),
    json.dumps(OWN)[:-1],
    json.dumps(OWN) + "}",
    f"{json.dumps(OWN)},{json.dumps(OWN)}",
    f'{{"access_token": "{SECRET}"',
    "",
    "  ",
]
LINES = [each.encode("utf-8", "surrogatepass") for each in LINES]
LINES += [
    json.dumps(OWN).encode().replace(b"Busy", b"Bu\xffsy"),
    json.dumps(own(ts="a")).encode().replace(b'"a"', b'"\xff"'),
    json.dumps(own(token=SECRET)).encode().replace(b"Busy", b"Bu\xffsy"),
    json.dumps(own(ts="a")).encode().replace(b'"a"', b'"\x01"'),
    b"\xef\xbb\xbf" + json.dumps(OWN).encode(),
    json.dumps(OWN).encode() + b"\r",
    json.dumps(own(password=SECRET)).encode().replace(b"password", b"pass\rword"),
    json.dumps(OWN).encode() + b"\\",
    b"\0",
]


DETAILED = Wanted(samples=10**6, excluded=frozenset())


def outcome(findings, policy, wanted=DETAILED):
    """Return what an audit reports of the places with violations, its counts, and its error coverage, if these are wanted."""
    totals = Totals.wanted(wanted, policy)
    places = [each for each in totals.counting(findings, policy, wanted) if each["violations"]]
    return places, totals.tally, totals.counts, totals.coverage and totals.coverage.document()


def assert_agreement(file, *policies):
    """Assert that the chunks of a file give what its items give, under policies."""
    for name in policies:
        assert_alike(lambda policy: [Recording.of_file(file, policy, file.name)], POLICIES[name])


def assert_alike(recordings, policy):
    """Assert that recordings, which are made by a function of a policy, give the same item by item and in chunks."""
    whole = outcome(audit(recordings(policy), policy), policy)
    assert outcome(audit_counted(recordings(policy), policy, is_detailed=True), policy) == whole
    assert outcome(audit_counted(recordings(policy), policy), policy, Wanted())[:2] == whole[:2]


@pytest.fixture(params=["hyperscan", "msgspec", "json"])
def reader(request, monkeypatch):
    """Set the reader of lines, and of bodies: with the extra `fast`, after much was read and before, and without it."""
    for policy in POLICIES.values():
        policy._rules_under.clear()
        policy.rules._under.clear()
    if request.param == "json":
        monkeypatch.setitem(sys.modules, "msgspec", None)
    if request.param == "hyperscan":
        monkeypatch.setattr(Finder, "hits", lambda self, data: scanner_of(self)(data))
    return request.param


@cache
def scanner_of(finder):
    """Return what a finder uses after it has read much."""
    return _scanner(finder._texts, finder._cased, finder._marks)


def test_each_line_alone(tmp_path):
    """As the first line of an archive."""
    for line in LINES:
        (tmp_path / "a.ndjson").write_bytes(line)
        assert_agreement(tmp_path / "a.ndjson", "documented")


def test_all_lines(tmp_path, reader, monkeypatch):
    """In short chunks, compressed, with other line ends, and under any policy."""
    data = b"\n".join([json.dumps(OWN).encode(), *LINES])
    (tmp_path / "a.ndjson").write_bytes(data)
    assert_agreement(tmp_path / "a.ndjson", *(POLICIES if reader == "msgspec" else ["documented", "own-rule"]))
    monkeypatch.setattr(plain_lines, "CHUNK", 100)
    for name, packed in (("b.ndjson.gz", gzip.compress(data)), ("c.jsonl", data.replace(b"\n", b"\r\n"))):
        (tmp_path / name).write_bytes(packed)
        assert_agreement(tmp_path / name, "documented")


ONE = json.dumps(OWN)
SPREAD = ONE.replace(": {", ":\n{", 1)


@pytest.mark.parametrize(
    "lines",
    [
        f"{ONE}{ONE}\n\n{ONE}", f"\n{ONE} {ONE}\n{ONE}", f"{ONE}\n{ONE}\r{ONE}\n\n", f"{SPREAD}\n{ONE}{ONE}",
        f"{ONE}{ONE}\n{SPREAD}", f"{SPREAD[:-1]}\n}}\n{ONE}{ONE}{ONE}", f" {ONE}\n{ONE} \n{ONE}",
    ],
)  # fmt: skip
def test_as_many_values_as_lines(tmp_path, reader, lines):
    """They are not always one on each line."""
    (tmp_path / "a.ndjson").write_text(lines)
    assert_agreement(tmp_path / "a.ndjson", "documented")


def test_lines_with_bodies_of_both_forms(tmp_path, reader):
    """Texts and documents, in turn and after many of one form."""
    mixed = {**VCR, "response": {**VCR["response"], "status": 409}}
    text, document, vcr, other = (json.dumps(each) for each in (OWN, own(body=ERROR), VCR, mixed))
    forms = [text, document, vcr, text, *[document] * 9, text, vcr, other, *[text] * 9, document, other]
    data = "\n".join([json.dumps(own(status=200, body=each)) for each in ("[7]", [7], "", {}, 7)] + forms)
    (tmp_path / "a.ndjson").write_text(data)
    assert_agreement(tmp_path / "a.ndjson", "documented")


def test_all_formats(tmp_path):
    """Formats that list only violations, and those that list conforming errors too, write the same."""
    (tmp_path / "a.ndjson").write_bytes(b"\n".join([json.dumps(OWN).encode(), *LINES]))
    policy = POLICIES["documented"]
    for form in FORMATS:
        in_chunks = partial(audit_counted, keeps_errors=form in FORMATS_OF_ALL)
        whole, counted = (
            "".join(FORMATS[form](report_of(way([Recording.of_file(tmp_path / "a.ndjson", policy)], policy), policy)))
            for way in (audit, in_chunks)
        )
        assert counted == whole, form


CONFORMING = [
    json.dumps(each).encode()
    for each in (OWN, VCR, own(status=200, body='{"id": 7}'), own(ts=1, body=ERROR), own(request=None))
]


def test_conforming_lines_are_counted(tmp_path, reader):
    """They become no findings, and are counted by status and code."""
    (tmp_path / "a.ndjson").write_bytes(b"\n".join(CONFORMING))
    other = json.dumps(own(request={"url": "https://contoso.example/a"})).encode()
    found = list(LineAudit("a.ndjson", POLICIES["documented"]).findings(b"\n".join([*CONFORMING, other])))
    assert found == [Conforming({(409, "800064", None, None): 4}, 1, {"contoso.example": 1})]


@pytest.mark.parametrize("policy", ["documented", "any-host"])
@pytest.mark.parametrize(
    "data",
    [
        b"\n".join([*CONFORMING, *LINES]),
        gzip.compress(b"\n".join(LINES)),
        b"<html>",
        b"\n",
        b"interactions: []",
        b"\x1f\x8b",
    ],
)
def test_standard_input(data, policy):
    """From a file, and from a pipe, which cannot be read twice."""
    for stream in (BytesIO, Pipe):
        assert_alike(lambda each: [Recording.of_stream(stream(data), "-", each)], POLICIES[policy])  # noqa: B023 - called at once


class Pipe(BytesIO):
    """A stream that cannot be read twice."""

    def seekable(self):
        """Return that it cannot."""
        return False


def test_an_undocumented_code_that_is_permitted(tmp_path):
    """It is a finding where the error coverage is wanted, which names its places."""
    rules = ("code-unknown", "pairing", "description-placeholder", "description-blank")
    policy = Policy(CONTRACT, overrides=dict.fromkeys(rules, "off"))
    (tmp_path / "a.ndjson").write_text(json.dumps(body({**ERROR, "code": "1"})) + "\n")
    assert_alike(lambda each: [Recording.of_file(tmp_path / "a.ndjson", each, "a.ndjson")], policy)


def test_few_hosts_are_kept(monkeypatch):
    """Further ones are looked at again."""
    monkeypatch.setattr(lines, "_MOST_HOSTS", 1)
    hosts = ["a.example", "b.example", "b.example"]
    data = b"\n".join(json.dumps(own(request={"url": f"https://{host}/v1"})).encode() for host in hosts)
    found = list(LineAudit("a.ndjson", POLICIES["documented"]).findings(data))
    assert found == [Conforming(other_hosts={"a.example": 1, "b.example": 2})]


def test_the_profile_of_a_file_is_chosen_once(tmp_path):
    """For all of its lines."""
    policy = Policy(CONTRACT, profile_by_path=((tmp_path, "observed"),))
    profiles = [policy.profile_for(f"{tmp_path}/a.ndjson:{line}") for line in (1, 2)]
    assert [*profiles, policy.profile_for("b.ndjson:1")] == ["observed", "observed", "documented"]


TRUNCATED = gzip.compress(b"\n".join(CONFORMING * 200))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.ndjson", b""),
        ("blank.ndjson", b"\n \n"),
        ("cut.ndjson.gz", TRUNCATED[:-500]),
        ("broken.ndjson.gz", TRUNCATED[:900] + b"\xff" * 20 + TRUNCATED[920:]),
        ("no.ndjson.gz", b"\x1f\x8b"),
        ("openapi.ndjson", b'{"openapi": "3.1.0"}\n' + CONFORMING[0]),
        ("nothing-after-it.ndjson", f'{{"openapi": "3.1.0", "token": "{SECRET}"}}'.encode()),
        ("unnamed", b"\n".join(CONFORMING)),
        ("cassette.yaml", b"interactions: []"),
        ("unnamed-page", b"<html>"),
        ("unnamed.gz", b"\x1f\x8b"),
        ("log.ndjson", b"HTTP/1.1 409 Conflict\r\n\r\n{}"),
    ],
)
def test_other_files(tmp_path, name, data):
    """Files that cannot be read, or only partly, or are not NDJSON."""
    (tmp_path / name).write_bytes(data)
    assert_agreement(tmp_path / name, "documented")


def test_a_file_that_is_missing(tmp_path):
    """It is reported by both."""
    assert_agreement(tmp_path / "missing.ndjson", "documented")


@pytest.mark.parametrize("ends", [b"", b"\n", b"\n" + CONFORMING[0]])
@pytest.mark.parametrize("size", [900, 1000, 1001, 5000])
def test_a_line_that_is_too_long(tmp_path, monkeypatch, size, ends):
    """It costs only that line."""
    for module in (json_files, plain_lines):
        monkeypatch.setattr(module, "MAX_LINE", 1000)
    monkeypatch.setattr(plain_lines, "CHUNK", 300)
    (tmp_path / "a.ndjson").write_bytes(CONFORMING[0] + b"\n" + b"x" * size + ends)
    assert_agreement(tmp_path / "a.ndjson", "documented")


KEYS = st.sampled_from(
    ["status", "headers", "body", "request", "response", "reason", "code", "method", "url", "uri", "string", "ts"]
)
LEAVES = (
    st.none()
    | st.integers(-1, 600)
    | st.sampled_from(["", "{}", json.dumps(ERROR), URL, "a", SECRET, "Bearer ***", "password"])
)
VALUES = st.recursive(
    LEAVES, lambda each: st.lists(each, max_size=2) | st.dictionaries(KEYS, each, max_size=3), max_leaves=4
)
BASES = st.sampled_from([OWN, VCR, own(body=ERROR), own(status=201, body="{}"), own(ts=1)])


@st.composite
def changed(draw):
    """Make a line with a value changed at any place."""
    line = json.loads(json.dumps(draw(BASES)))
    place = line
    while draw(st.booleans()) and (inside := [each for each in place.values() if isinstance(each, dict)]):
        place = draw(st.sampled_from(inside))
    place[draw(KEYS)] = draw(VALUES)
    return json.dumps(line).encode()


@pytest.mark.untraced
@given(st.lists(changed() | st.sampled_from(CONFORMING) | st.binary(max_size=9), max_size=5))
def test_any_lines(tmp_path_factory, some):
    """Usual lines with any value at any place."""
    file = tmp_path_factory.mktemp("any") / "a.ndjson"
    file.write_bytes(b"\n".join(some))
    assert_agreement(file, "documented")
