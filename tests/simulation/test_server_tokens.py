"""The token endpoint, and requests that are refused because of their token."""

import time

import pytest
import requests

from pytest_pcerrors import UsageError
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.simulation.answers import tokens
from pytest_pcerrors.simulation.server import ErrorServer

V2, V1 = "/acme.example/oauth2/v2.0/token", "/acme.example/oauth2/token"
GRANTS = ["client_credentials", "refresh_token", "password", "authorization_code"]


def ask(server, path=V2, grant="client_credentials", headers=None, **form):
    """Ask for a token."""
    return requests.post(server.url + path, data={"grant_type": grant, **form}, headers=headers)


def bearer(token):
    """Return the headers with a token."""
    return {"Authorization": f"Bearer {token}"}


def status(server, token=None, path="/v1/customers"):
    """Return the status of a request with a token."""
    return requests.get(server.url + path, headers=bearer(token) if token else {}).status_code


@pytest.mark.parametrize("grant", GRANTS)
def test_version_2_issues_a_token(server, grant):
    """With numbers; a grant of a user also gets a refresh token."""
    came = ask(server, grant=grant)
    assert (came.status_code, came.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert came.headers["Cache-Control"] == "no-store, no-cache"
    value = came.json()
    assert ("refresh_token" in value) is (grant != "client_credentials")
    value.pop("refresh_token", None)
    token = value.pop("access_token")
    assert value == {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599}
    assert len(token) > 30
    assert server.requests[0].answer == "token"


@pytest.mark.parametrize("grant", GRANTS)
def test_version_1_issues_a_token_with_texts(server, grant):
    """And with the moment at which it expires, and the resource."""
    before = int(time.time())
    value = ask(server, V1, grant, resource="https://graph.windows.net").json()
    assert value["resource"] == "https://graph.windows.net"
    assert (value["token_type"], value["expires_in"], value["ext_expires_in"]) == ("Bearer", "3599", "3599")
    assert before <= int(value["not_before"]) == int(value["expires_on"]) - 3599
    assert ask(server, V1, grant).json()["resource"] == "https://api.partnercenter.microsoft.com"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"grant_type=magic", "unsupported_grant_type"),
        (b"grant_type=", "invalid_request"),
        (b"", "invalid_request"),
        (b"\xff\x00", "invalid_request"),
        (b'{"grant_type": "password"}', "invalid_request"),
    ],
)
@pytest.mark.parametrize("path", [V1, V2])
def test_another_grant_is_an_error(server, path, body, error):
    """In the form of the endpoint, with 400."""
    came = requests.post(server.url + path, data=body)
    assert came.status_code == 400
    assert (came.json()["error"], len(came.json()["error_codes"])) == (error, 1)
    assert came.json()["error_description"].startswith("AADSTS")
    assert server.requests[0].answer == f"400 {error}"


def test_errors_of_the_endpoint_are_asked_for_like_any_other(server):
    """By a rule, a header or a base path; then the token comes."""
    server.sequence("invalid_grant", 429, "token", method="POST", path="/*/oauth2/**")
    came = [ask(server) for _ in range(3)]
    assert [each.status_code for each in came] == [400, 429, 200]
    assert came[0].json()["error"] == "invalid_grant"
    assert "access_token" in came[2].json()
    server.clear()
    headers = {"X-PC-Error": "429,invalid_grant,ok", "X-PC-Retry-After": "1"}
    came = [ask(server, headers=headers) for _ in range(3)]
    assert [each.status_code for each in came] == [429, 400, 200]
    assert came[0].headers["Retry-After"] == "1"
    assert "access_token" in came[2].json()
    came = [ask(server, f"/as/invalid_grant,ok{V2}") for _ in range(2)]
    assert [each.status_code for each in came] == [400, 200]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", V2), ("POST", "/oauth2/token"), ("POST", "/acme/oauth2/v3/token")]
)
def test_other_requests_are_not_for_a_token(server, method, path):
    """They have no rule."""
    assert requests.request(method, server.url + path, data={"grant_type": "password"}).status_code == 404


def test_without_tokens_nothing_is_refused(server):
    """A client with a made-up token, or with none, is served as long as no token was issued."""
    server.respond("GET", "/v1/**", (200, b"{}"))
    assert [status(server), status(server, "made-up")] == [200, 200]


def test_a_foreign_token_is_refused_after_the_first_issue(server):
    """With the empty 401; a request without a token is still served."""
    server.respond("GET", "/v1/**", (200, b"{}"))
    token = ask(server).json()["access_token"]
    assert [status(server, token), status(server)] == [200, 200]
    came = requests.get(server.url + "/v1/customers", headers=bearer("foreign"))
    assert (came.status_code, came.reason, came.content) == (401, "Unauthorized - MFA required", b"")
    assert came.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert server.requests[-1].answer == "empty-401, not a token of this server"
    for scheme in ("Basic", "bearer"):
        headers = {"Authorization": f"{scheme} {token}"}
        assert requests.get(server.url + "/v1/a", headers=headers).status_code == (200 if scheme == "bearer" else 401)


def test_a_refused_request_uses_no_rule(server):
    """Its answer is there for the next try, with a new token."""
    server.issue_tokens(1)
    server.sequence(429, "ok", path="/v1/**")
    token = ask(server).json()["access_token"]
    assert [status(server, "foreign"), status(server, token), status(server, "foreign")] == [401, 429, 401]
    assert status(server, token) == 200


def test_a_token_expires(server, monkeypatch):
    """After its lifetime; a new one is valid."""
    server.issue_tokens(lifetime=1)
    server.respond("GET", "/v1/**", (200, b"{}"))
    came = ask(server).json()
    assert (came["expires_in"], status(server, came["access_token"])) == (1, 200)
    monkeypatch.setattr(tokens, "monotonic", lambda: time.monotonic() + 1)
    assert status(server, came["access_token"]) == 401
    assert server.requests[-1].answer == "empty-401, the token has expired"
    assert status(server, ask(server).json()["access_token"]) == 200


def test_a_token_can_be_required(server):
    """From the start, for all but the endpoint and the API."""
    server.issue_tokens(required=True)
    server.respond("GET", "/v1/**", (200, b"{}"))
    assert [status(server), status(server, "foreign")] == [401, 401]
    assert server.requests[0].answer == "empty-401, no token"
    token = ask(server).json()["access_token"]
    assert [status(server, token), status(server, token, "/errors/800064"), status(server, path="/v2")] == [
        200,
        409,
        401,
    ]
    assert status(server, path="/_pcerrors/rules") == 200
    assert [status(server, path=path) for path in ("/", "/favicon.ico")] == [200, 204]


@pytest.mark.parametrize("lifetime", [0, -1, 1.5, True, "60", None])
def test_a_lifetime_is_a_number_of_seconds(server, lifetime):
    """At least one."""
    with pytest.raises(UsageError) as caught:
        server.issue_tokens(lifetime)
    assert str(caught.value) == f"expected the lifetime of a token in whole seconds, from 1, got {lifetime!r}"


def test_the_oldest_token_is_forgotten(monkeypatch):
    """When there are very many."""
    monkeypatch.setattr("pytest_pcerrors.simulation.answers.tokens._MOST_TOKENS", 2)
    with ErrorServer() as server:
        server.respond("GET", "/v1/**", (200, b"{}"))
        tokens = [ask(server).json()["access_token"] for _ in range(3)]
        assert [status(server, token) for token in tokens] == [401, 200, 200]


@pytest.mark.covered
def test_tokens_are_random_and_hidden(server):
    """No two are equal, and a recording of the response has none of them."""
    came = [ask(server, grant="password") for _ in range(5)]
    tokens = {each.json()[name] for each in came for name in ("access_token", "refresh_token")}
    assert len(tokens) == 10
    assert not any(token in Redaction().body(each.content).decode() for each in came for token in tokens)
    assert Redaction().header("Authorization", f"Bearer {min(tokens)}") == "Bearer ***"


def test_a_token_can_be_asked_for_at_any_path(server):
    """By its name, as version 2 issues it."""
    server.fail("POST", "/v1/customers", status=503, times=1)
    form = {"grant_type": "client_credentials"}
    headers = {"X-PC-Error": "token"}
    came = [requests.post(f"{server.url}/v1/customers", data=form, headers=headers) for _ in range(2)]
    assert (came[0].status_code, came[1].json()["expires_in"]) == (503, 3599)
