"""Which requests a rule is for."""

import pytest

from pytest_pcerrors.simulation.answers.rules import RequestPattern


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/v1/customers", "/v1/customers", True),
        ("/v1/customers", "/v1/customers/", False),
        ("/v1/customers", "/v1/customersX", False),
        ("/v1/*/carts", "/v1/7/carts", True),
        ("/v1/*/carts", "/v1/7/8/carts", False),
        ("/v1/c*", "/v1/customers", True),
        ("/v1/**", "/v1/customers/7/carts", True),
        ("/v1/**", "/v1", False),
        ("/**/carts", "/v1/customers/7/carts", True),
        ("/**", "/", True),
        ("**", "*", True),
        ("/v1/a.b", "/v1/aXb", False),
        ("/v1/[7]", "/v1/7", False),
        ("/v1/%20", "/v1/%20", True),
    ],
)
def test_a_pattern_fits_a_path(pattern, path, fits):
    """One star matches within a segment, two match anything, and other characters match themselves."""
    assert RequestPattern("*", pattern).matches("GET", path) is fits


@pytest.mark.parametrize(("method", "fits"), [("GET", True), ("get", True), ("*", True), ("POST", False)])
def test_a_method_is_one_or_any(method, fits):
    """In any letter case."""
    assert RequestPattern(method, "/**").matches("GET", "/v1") is fits


@pytest.mark.parametrize("method", ["PURGE", "purge", "M-SEARCH", "GETT"])
def test_a_method_need_not_be_a_known_one(method):
    """Any token of RFC 9110 is one."""
    assert RequestPattern(method, "/**").matches(method.upper(), "/v1")
