"""Token endpoints that are answered for clients that sign in first."""

import json

import pytest

from pytest_pcerrors import Request
from pytest_pcerrors.clients._client_simulator import TokenService

ENTRA = "https://login.microsoftonline.com/contoso.onmicrosoft.com"


@pytest.mark.parametrize(
    ("url", "grant", "lifetime"),
    [
        (f"{ENTRA}/oauth2/v2.0/token", "client_credentials", 3599),
        (f"{ENTRA}/oauth2/token", "refresh_token", "3599"),
        (f"{ENTRA}/oauth2/token?api-version=1.0", "password", "3599"),
        (f"{ENTRA}/oauth2/v2.0/token", "urn:ietf:params:oauth:grant-type:device_code", 3599),
        ("https://login.partner.microsoftonline.cn/7/oauth2/token", "client_credentials", "3599"),
        ("https://api.partnercenter.microsoft.com/generatetoken", "jwt_token", 3599),
        ("https://identity.example/connect", "client_credentials", 3599),
    ],
)
def test_each_token_is_another_one(url, grant, lifetime):
    """Version 1 sends the seconds as a text."""
    service, request = TokenService(), Request("POST", url, (), f"grant_type={grant}".encode())
    assert service.answers(request)
    first, second = (json.loads(service.answer(request).body) for _ in range(2))
    assert first["expires_in"] == lifetime
    assert first["access_token"] != second["access_token"]


def test_the_metadata_name_the_endpoints():
    """MSAL asks for them first."""
    service, request = TokenService(), Request("GET", f"{ENTRA}/v2.0/.well-known/openid-configuration")
    assert service.answers(request)
    assert json.loads(service.answer(request).body)["token_endpoint"] == f"{ENTRA}/oauth2/v2.0/token"


@pytest.mark.parametrize("path", ["", "/v1/customers/token", "/v1/oauth2", "/v1/generatetoken/7", "/oauth2/tokens"])
def test_other_requests_are_those_of_the_case(path):
    """A path that only looks like that of an endpoint is another path."""
    assert not TokenService().answers(Request("POST", f"https://api.partnercenter.microsoft.com{path}", (), b"{}"))
