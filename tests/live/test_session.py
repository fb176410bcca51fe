"""The session for the live service: URLs, identifiers, timeouts, and where the token is sent."""

import copy
import pickle
from uuid import UUID

import pytest
import requests

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.live.session import CLOUDS, TIMEOUTS, ServiceSession, base_url_of

TOKEN = "abc.def"
BEARER = f"Bearer {TOKEN}"
IDS = ("MS-CorrelationId", "MS-RequestId")
API = CLOUDS["global"]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NETRC"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def bound(service):
    """Make a session with a token, bound to the service."""
    with ServiceSession(service.url, token=TOKEN, retries=False) as session:
        yield session


def prepared(base, url, **others):
    """Prepare a call of a session with a token."""
    session = ServiceSession(base, token=TOKEN, retries=False)
    return session.prepare_request(requests.Request("GET", url, **others))


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ((None, "global"), "https://api.partnercenter.microsoft.com"),
        ((None, "china"), "https://partner.partnercenterapi.microsoftonline.cn"),
        (("https://a", "china"), "https://a"),
        (("HTTPS://A:8443/Api/", "global"), "https://a:8443/Api"),
        (("http://[::1]:80/", "global"), "http://[::1]:80"),
    ],
)
def test_the_base_url_is_the_given_one_or_a_clouds(given, url):
    """In one form."""
    assert base_url_of(*given) == url


def test_an_unknown_cloud_is_told():
    """With the nearest known."""
    with pytest.raises(UsageError, match='cloud: "chine" is not known; did you mean "china"\\?'):
        base_url_of(None, "chine")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "is not an http or https URL with a host"),
        ("api.example.com", "is not an http or https URL with a host"),
        ("ftp://a", "is not an http or https URL with a host"),
        ("https://", "is not an http or https URL with a host"),
        ("https:/a", "is not an http or https URL with a host"),
        ("https://[::1", "is not an http or https URL with a host"),
        ("https://a:99999", "is not an http or https URL with a host"),
        ("https://a\ud800", "is not an http or https URL with a host"),
        ("https://user:hunter2@a", "contains a user name"),
        ("https://a?b", "contains white space, a backslash, a query or a fragment"),
        ("https://a/?", "contains white space, a backslash, a query or a fragment"),
        ("https://a#b", "contains white space, a backslash, a query or a fragment"),
        (" https://a", "contains white space, a backslash, a query or a fragment"),
        ("https://a/b c", "contains white space, a backslash, a query or a fragment"),
        ("https://a\\b", "contains white space, a backslash, a query or a fragment"),
    ],
)
@pytest.mark.parametrize(
    "use", [lambda url: base_url_of(url, "global"), lambda url: ServiceSession(url, retries=False)]
)
def test_a_base_url_that_cannot_be_one_is_told(url, problem, use):
    """With what it looks like, and no password."""
    with pytest.raises(UsageError) as caught:
        use(url)
    assert f'" {problem}; expected a URL such as https://api' in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("base", "url", "whole"),
    [
        (API, "/v1/customers", f"{API}/v1/customers"),
        (API, "v1/customers", f"{API}/v1/customers"),
        (f"{API}/api/", "/v1/customers", f"{API}/api/v1/customers"),
        (f"{API}/api", "v1/customers?size=3&filter=http://a", f"{API}/api/v1/customers?size=3&filter=http://a"),
        (API, b"/v1/customers", f"{API}/v1/customers"),
        (API, "v1/customers:batch", f"{API}/v1/customers:batch"),
        (API, "", f"{API}/"),
        (API, "@evil.example/v1", f"{API}/@evil.example/v1"),
        (API, "https://other.example/v1", "https://other.example/v1"),
        (API, " HTTPS://other.example/v1", "https://other.example/v1"),
    ],
)
def test_a_url_is_joined_to_the_base(base, url, whole):
    """Unless it has a scheme of its own."""
    assert prepared(base, url).url == whole


def test_parameters_join_the_query():
    """As in any session of requests."""
    assert prepared(API, "/v1?a=1", params={"b": 2}).url == f"{API}/v1?a=1&b=2"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("//other.example/v1", "begins with two slashes"),
        ("https://me:hunter2@other.example/", "contains a user name; use auth= instead"),
        (API.replace("//", "//me:hunter2@"), "contains a user name; use auth= instead"),
    ],
)
def test_a_url_that_misleads_is_refused(url, problem):
    """Before anything is sent, and without its password."""
    with pytest.raises(UsageError) as caught:
        prepared(API, url)
    assert f'" {problem}' in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["/v1", f"{API}/v1", f"{API}:443/v1", "HTTPS://API.PartnerCenter.Microsoft.com/v1", API, f"{API}\\@evil.example"],
)
def test_the_token_goes_to_its_origin(url):
    """Scheme, host and port are the same; over http if that is this machine."""
    assert prepared(API, url).headers["Authorization"] == BEARER
    for base in ("http://127.0.0.1:8080", "http://127.9.9.9", "http://localhost", "http://[::1]"):
        assert prepared(base, "/v1").headers["Authorization"] == BEARER


@pytest.mark.parametrize(
    "url",
    [
        API.replace("https", "http"),
        f"{API}:8443",
        f"{API}.evil.example",
        "https://evil.example/api.partnercenter.microsoft.com",
        "https://evil.example\\@api.partnercenter.microsoft.com",
        "https://evil.example#@api.partnercenter.microsoft.com",
    ],
)
def test_the_token_goes_nowhere_else(url):
    """Another scheme, host or port is another's, also as a new base URL."""
    assert "Authorization" not in prepared(API, url).headers
    session = ServiceSession(API, token=TOKEN, retries=False)
    session.base_url = url
    assert "Authorization" not in session.prepare_request(requests.Request("GET", "")).headers


@pytest.mark.parametrize("base", [API.replace("https", "http"), "http://127.0.0.1.evil.example", "http://10.0.0.1"])
def test_the_token_does_not_go_over_http_elsewhere(base):
    """The session is not even made; without a token it is."""
    with pytest.raises(UsageError, match="the token is not sent over http; write https, or use no token"):
        ServiceSession(base, token=TOKEN, retries=False)
    assert ServiceSession(base, retries=False).base_url == base


@pytest.mark.parametrize("token", ["", "a b", "a\nb", '"a"'])
def test_a_token_that_no_header_can_hold_is_refused(token):
    """Where it is given."""
    with pytest.raises(UsageError, match=r"^token: it "):
        ServiceSession(API, token=token, retries=False)


@pytest.mark.parametrize(
    ("headers", "sent"),
    [({"authorization": "Bearer wrong"}, "Bearer wrong"), ({"Authorization": None}, None)],
    ids=["another", "none"],
)
@pytest.mark.parametrize("place", ["call", "session"])
def test_a_caller_says_another_authorization(headers, sent, place):
    """To see what the service answers to it: for a call, or for all."""
    session = ServiceSession(API, token=TOKEN, retries=False)
    if place == "session":
        session.headers.update(headers)
    call = requests.Request("GET", "/v1", headers=headers if place == "call" else None)
    assert session.prepare_request(call).headers.get("Authorization") == sent


@pytest.mark.parametrize("place", ["call", "session"])
def test_a_caller_says_another_auth(place):
    """As in any session of requests."""
    session = ServiceSession(API, token=TOKEN, retries=False)
    auth = ("me", "x")
    if place == "session":
        session.auth = auth
    call = requests.Request("GET", "/v1", auth=auth if place == "call" else None)
    assert session.prepare_request(call).headers["Authorization"].startswith("Basic ")


def test_a_netrc_says_nothing(tmp_path, monkeypatch, service, other):
    """Neither for the service nor for where it redirects."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    service.answers = [(302, {"Location": "/b"}), (302, {"Location": other.url})]
    ServiceSession(service.url, token=TOKEN, retries=False).get("/a")
    ServiceSession(service.url, retries=False).get("/c")
    assert service.header("Authorization") == [BEARER, BEARER, None]
    assert other.header("Authorization") == [None]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_elsewhere_loses_the_token(bound, service, other, status):
    """And one back does not find it again."""
    service.answers = [(status, {"Location": f"{other.url}/b"})]
    other.answers = [(status, {"Location": f"{service.url}/c"})]
    assert bound.get("/a").status_code == 200
    assert (service.header("Authorization"), other.header("Authorization")) == ([BEARER, None], [None])
    assert (service.paths(), other.paths()) == (["/a", "/c"], ["/b"])


def test_a_redirect_that_is_not_followed_has_no_token(bound, service, other):
    """What requests prepares for the next step obeys too."""
    service.answers = [(302, {"Location": other.url})]
    assert "Authorization" not in bound.get("/a", allow_redirects=False).next.headers


def test_a_redirect_from_http_to_https_loses_the_token():
    """Where requests itself keeps it."""
    session = ServiceSession("http://localhost", token=TOKEN, retries=False)
    assert session.should_strip_auth("http://localhost/a", "https://localhost/a")


def test_no_proxy_sees_the_token(bound, service, other, monkeypatch):
    """Over http a proxy would read it, so that call takes none; a call without the token does."""
    monkeypatch.setenv("http_proxy", other.url)
    bound.get("/a")
    assert (len(service.asked), len(other.asked)) == (1, 0)
    bound.get("/b", headers={"Authorization": None})
    assert (len(service.asked), len(other.asked)) == (1, 1)


def test_every_call_has_ids_of_its_own(bound, service):
    """Two GUIDs, new for each call."""
    bound.get("/a")
    bound.get("/b")
    ids = [value for name in IDS for value in service.header(name)]
    assert len({UUID(value) for value in ids}) == 4


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("place", ["call", "session"])
@pytest.mark.parametrize("value", ["mine", None])
def test_a_caller_says_an_id(bound, service, name, place, value):
    """In whatever letter case, for a call or for all; None leaves it out."""
    headers = {name.lower(): value}
    if place == "session":
        bound.headers.update(headers)
    bound.get("/a", headers=headers if place == "call" else None)
    assert service.header(name) == [value]


def test_a_request_stays_as_it_is(bound, service):
    """So it can be prepared twice, with other ids."""
    request = requests.Request("GET", "/a")
    for _ in range(2):
        bound.send(bound.prepare_request(request))
    assert (request.url, request.headers, request.auth) == ("/a", {}, None)
    assert len(set(service.header("MS-RequestId"))) == 2


@pytest.mark.parametrize(("headers", "sent"), [(None, "application/json"), ({"Accept": "text/csv"}, "text/csv")])
def test_json_is_asked_for(bound, service, headers, sent):
    """Unless the caller wants something else."""
    bound.get("/a", headers=headers)
    assert service.header("Accept") == [sent]


@pytest.mark.parametrize(("given", "used"), [({}, TIMEOUTS), ({"timeout": None}, TIMEOUTS), ({"timeout": 3}, 3)])
def test_every_call_ends_in_time(bound, service, monkeypatch, given, used):
    """Nobody waits for ever: 10 seconds for a connection, 60 for an answer."""
    seen = []
    adapter = bound.get_adapter(service.url)
    send = adapter.send
    monkeypatch.setattr(
        adapter, "send", lambda *args, **others: seen.append(others["timeout"]) or send(*args, **others)
    )
    service.answers = [(302, {"Location": "/b"})]
    bound.get("/a", **given)
    assert seen == [used, used]


def test_nothing_shows_the_token():
    """A session is shown by its base URL."""
    session = ServiceSession(API, token=TOKEN, retries=False)
    assert repr(session) == f"ServiceSession('{API}')"
    assert TOKEN not in str(session)


@pytest.mark.parametrize("use", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_session_is_not_copied(use):
    """A file or another process would hold the token."""
    with pytest.raises(UsageError, match="cannot be copied or pickled; make a new one"):
        use(ServiceSession(API, token=TOKEN, retries=False))


def test_a_traceback_that_shows_the_headers_does_not_show_the_token():
    """They are printed as Python shows values; what is sent is the token."""
    session = ServiceSession("https://api.example", token="s3cr3t", retries=False)
    headers = session.prepare_request(requests.Request("GET", "/v1")).headers
    assert headers["Authorization"] == "Bearer s3cr3t"
    assert "'Authorization': 'Bearer ***'" in repr(headers)
    assert "s3cr3t" not in repr(headers)


@pytest.mark.parametrize(
    ("token", "call", "reported"),
    [
        (None, {}, 1),
        (None, {"stream": True}, 1),
        (TOKEN, {}, 0),
        (None, {"headers": {"Authorization": None}}, 0),
        (None, {"headers": {"Authorization": BEARER}}, 0),
        (None, {"auth": ("me", "hunter2")}, 0),
    ],
)
def test_a_401_without_a_token_is_reported(service, token, call, reported):
    """Not if the call says itself how it is authorized, or that it is not; a stream is not read."""
    service.answers = [(401, {}), (403, {})]
    missing = []
    with ServiceSession(
        service.url, token=token, retries=False, on_missing_token=lambda *args: missing.append(args)
    ) as session:
        assert session.get("/a", **call).content == b"{}"
        session.get("/b", **call)
    assert missing == [("GET", f"{service.url}/a")] * reported


def test_a_401_of_another_origin_is_not_reported(service, other):
    """It was never to get the token."""
    service.answers, other.answers = [(302, {"Location": f"{other.url}/a"})], [(401, {})] * 2
    missing = []
    with ServiceSession(service.url, retries=False, on_missing_token=lambda *args: missing.append(args)) as session:
        assert session.get("/a").status_code == 401
        assert session.get(f"{other.url}/a").status_code == 401
    assert missing == []
