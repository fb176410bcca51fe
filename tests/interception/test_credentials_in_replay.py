"""Matching of requests that differ in their credentials: any credential matches another, and nothing else does."""

import pytest
import requests

from pytest_pcerrors.interception.unmatched import UnmatchedRequest

SECRETS = ("kX7pQz19vLmW04ab", "9fB2xTq81LmZr5Wd")


def ask(service, query, **arguments):
    """Send a request with this query, and return the code of the response, which the server numbers."""
    return requests.get(f"{service.url}/v1?{query}", timeout=5, **arguments).json()["code"]


@pytest.fixture
def recorded(tape, service):
    """Record requests with these queries."""

    def record(*queries):
        with tape("once"):
            for query in queries:
                ask(service, query)

    return record


@pytest.mark.parametrize("name", ["access_token", "password", "sig", "code", "key", "token"])
def test_a_credential_matches_any_other(tape, service, recorded, name):
    """CI has another one than the recording was made with."""
    recorded(f"{name}={SECRETS[0]}&size=3")
    with tape():
        assert ask(service, f"{name}={SECRETS[1]}&size=3") == "1"


@pytest.mark.parametrize("placeholder", ["DUMMY", "<TOKEN>", "fake-token", "xxxx", "***"])
@pytest.mark.parametrize("is_recorded", [True, False], ids=["recorded", "asked"])
def test_a_placeholder_is_as_good_as_a_credential(tape, service, recorded, placeholder, is_recorded):
    """Whether another tool wrote it into the recording, or CI has no token at all."""
    one, other = (placeholder, SECRETS[0]) if is_recorded else (SECRETS[0], placeholder)
    recorded(f"access_token={one}")
    with tape():
        assert ask(service, f"access_token={other}") == "1"


@pytest.mark.parametrize(
    ("one", "other", "never"),
    [
        ("code=EUR", "code=USD", "code=GBP"),
        ("key=name", "key=date", "key=size"),
        ("auth=none", "auth=basic", "auth=digest"),
        ("code=1000", "code=2000", "code=3000"),
    ],
)
def test_what_is_not_a_credential_is_compared_as_it_is(tape, service, recorded, one, other, never):
    """Each request gets its own answer, and one that was never recorded gets none."""
    recorded(one, other)
    with tape():
        assert [ask(service, other), ask(service, one)] == ["2", "1"]
        with pytest.raises(UnmatchedRequest, match="no recording answers"):
            ask(service, never)


def test_requests_that_differ_in_their_credentials_alone_play_in_their_order(tape, service, recorded):
    """Whichever of them comes first."""
    recorded(f"sig={SECRETS[0]}", f"sig={SECRETS[1]}")
    with tape():
        assert [ask(service, f"sig={secret}") for secret in reversed(SECRETS)] == ["1", "2"]


def test_a_body_is_compared_without_its_credentials(tape, service):
    """Where vcrpy's settings ask for the body."""
    body = {"client_secret": SECRETS[0], "size": 3}
    with tape("once", match_on=["method", "path", "body"]):
        ask(service, "", json=body)
    with tape(match_on=["method", "path", "body"]):
        assert ask(service, "", json={**body, "client_secret": "DUMMY"}) == "1"
        with pytest.raises(UnmatchedRequest):
            ask(service, "", json={**body, "size": 4})
