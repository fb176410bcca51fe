"""Responses that are recognized without an exchange; `test_conditions` shows that they conform."""

import pytest

from pytest_pcerrors import Contract, Exchange
from pytest_pcerrors.rules.stages import rule_set

CONTRACT = Contract.default()
BODY = b'{"code": "800064", "description": "Busy", "source": "PartnerFD"}'


@pytest.fixture
def quick():
    """Return what recognizes conforming responses of Partner Center."""
    return rule_set(CONTRACT).under({"unknown-property": "off", "description-template": "off"}).quick


@pytest.mark.parametrize(
    ("status", "content_type", "code"),
    [
        (409, "application/json", "800064"),
        (409, "application/json; charset=utf-8", "800064"),
        (409, None, "800064"),
        (409, "", None),
        (409, "text/html", None),
        (418, "application/json", None),
        (200, "application/json", None),
    ],
)
def test_heads_of_errors(quick, status, content_type, code):
    """The media type is JSON or unknown, and the status is documented; the same head is recognized again."""
    headers = None if content_type is None else {"Content-Type": content_type} if content_type else {}
    errors = [quick.error(status, content_type, BODY.decode()) for _ in range(2)]
    assert [error and error["code"] for error in errors] == [code, code]
    assert quick.conforms(Exchange(status, headers, BODY)) is (code is not None)


def test_bodies_that_are_not_text(quick):
    """No response whose body is unknown or not UTF-8 is recognized, also not a success."""
    unknown = [Exchange(status, None, b"", body_problem="not kept") for status in (200, 409)]
    invalid = [Exchange(status, None, BODY + b"\xff") for status in (200, 409)]
    assert not any(map(quick.conforms, unknown + invalid))


def test_a_redirect_is_not_searched(quick):
    """Only 2xx responses are, which no entry pairs with a code."""
    assert [quick.is_success(status, "{}") for status in (200, 302)] == [True, False]
    assert [quick.conforms(Exchange(status, None, b"{}")) for status in (200, 302)] == [True, False]
