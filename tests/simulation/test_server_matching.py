"""Which requests a rule is for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("/v1/caf\u00e9 7/*", "/v1/caf%c3%A9%207/8", True),
        ("/v1/%2f", "/v1/%2F", True),
        ("/v1/\udcff", "/v1/%FF", False),
    ],
)
def test_a_pattern_fits_a_path(pattern, path, fits):
    """One star matches within a segment, two match anything, and other characters match themselves."""
    assert RequestPattern("*", pattern).matches("GET", path) is fits


PATTERNS = st.text("ab/*", max_size=12).map("/{}".format)
PATHS = st.text("ab/", max_size=12).map("/{}".format)


@given(PATTERNS, PATHS)
def test_a_pattern_fits_what_its_plain_expression_fits(pattern, path):
    """The expression in use is longer, because it does not try again and again, but it means the same."""
    plain = re.sub(r"\\\*(\\\*)?", lambda match: ".*" if match[1] else "[^/]*", re.escape(pattern))
    assert RequestPattern("*", pattern).matches("GET", path) is bool(re.fullmatch(plain, path))


@pytest.mark.parametrize("wildcard", ["*", "**", "***", "*a**"])
def test_many_wildcards_cost_no_time(wildcard):
    """Trying every way to divide a path among them would take years."""
    assert not RequestPattern("*", "/" + f"{wildcard}a" * 40 + "b").matches("GET", "/" + "a" * 2000)


@pytest.mark.parametrize(("method", "fits"), [("GET", True), ("get", True), ("*", True), ("POST", False)])
def test_a_method_is_one_or_any(method, fits):
    """In any letter case."""
    assert RequestPattern(method, "/**").matches("GET", "/v1") is fits


@pytest.mark.parametrize("method", ["PURGE", "purge", "M-SEARCH", "GETT"])
def test_a_method_need_not_be_a_known_one(method):
    """Any token of RFC 9110 is one."""
    assert RequestPattern(method, "/**").matches(method.upper(), "/v1")
