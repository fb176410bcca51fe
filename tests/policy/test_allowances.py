"""Allowances: which violations they excuse, where, and until when."""

from datetime import date
from pathlib import Path

import pytest

from pytest_pcerrors import Contract, Exchange, Request
from pytest_pcerrors.policy import allowances
from pytest_pcerrors.policy.allowances import Allowance, file_of, lies_in
from pytest_pcerrors.policy.policy import Policy

ROOT = Path("/project")
URL = "https://api.partnercenter.microsoft.com/v1/customers/7/carts/8/checkout"
EXCHANGE = Exchange(
    409,
    None,
    b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}',
    Request("POST", URL),
    origin="cassettes/observed/cart.yaml:41",
)


def judged(*allowances, exchange=EXCHANGE, today=date(2027, 6, 30)):
    """Judge an exchange whose code is a number, under allowances, on a day."""
    policy = Policy(Contract.default(), allowances=allowances, root=ROOT, today=today)
    return policy.judge(exchange)


def allowing(**limits):
    """Allow numbers, within limits."""
    return Allowance("code-number", "the service sends numbers", **limits)


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"code": frozenset({"2000", "800064"})},
        {"status": frozenset({400, 409})},
        {"url": "*/carts/*"},
        {"url": URL},
        {"path": ROOT / "cassettes"},
        {"path": ROOT / "cassettes/observed/cart.yaml"},
        {"path": ROOT / "docs/../cassettes"},
        {"until": date(2027, 6, 30)},
        {"code": frozenset({"800064"}), "status": frozenset({409}), "url": "*", "path": ROOT},
    ],
)
def test_an_allowance_excuses_what_it_covers(limits):
    """Code, status, URL and path must all match; the last day is included; the verdict has the allowance that was used."""
    verdict = judged(allowing(**limits))
    assert (verdict.violations, verdict.allowed) == ((), (allowing(**limits),))


@pytest.mark.parametrize(
    "limits",
    [
        {"code": frozenset({"2000"})},
        {"status": frozenset({400})},
        {"url": "*/orders/*"},
        {"url": "/carts/"},
        {"path": ROOT / "cassettes/obs"},
        {"path": ROOT / "cassettes/observed/cart.yml"},
        {"code": frozenset({"800064"}), "status": frozenset({400})},
    ],
)
def test_an_allowance_excuses_nothing_else(limits):
    """One condition that does not match is enough."""
    verdict = judged(allowing(**limits))
    assert [violation.rule for violation in verdict.violations] == ["code-number"]
    assert verdict.allowed == ()


@pytest.mark.parametrize("limits", [{"url": "*"}, {"path": ROOT}])
def test_what_is_unknown_fits_no_limit(limits):
    """A response without a request has no URL, one without an origin no path."""
    exchange = Exchange(409, None, EXCHANGE.body)
    assert [violation.rule for violation in judged(allowing(**limits), exchange=exchange).violations] == ["code-number"]


def test_an_allowance_is_for_one_rule():
    """Other violations of the same response stay."""
    exchange = Exchange(404, None, EXCHANGE.body)
    assert [violation.rule for violation in judged(allowing(), exchange=exchange).violations] == ["pairing"]


def test_an_allowance_past_its_last_day_is_an_error():
    """The violation is reported as an expired allowance, with its reason and the day."""
    [violation] = judged(allowing(until=date(2027, 6, 29))).violations
    assert (violation.rule, violation.severity, violation.pointer) == ("allowance-expired", "error", "/code")
    assert violation.message == 'the allowance for code-number ("the service sends numbers") ended on 2027-06-29'
    assert "the number 800064 instead of a string" in violation.hint


def test_an_expired_allowance_that_excuses_nothing_is_ignored():
    """Without a violation that it covers, it is not reported."""
    conforming = Exchange(409, None, EXCHANGE.body.replace(b"800064", b'"800064"'))
    assert judged(allowing(until=date(2020, 1, 1)), exchange=conforming).violations == ()


def test_an_allowance_that_holds_wins_over_an_expired_one():
    """Of several allowances for one violation, one that holds is enough."""
    expired, holding = allowing(until=date(2020, 1, 1)), allowing(until=date(2030, 1, 1))
    assert judged(expired, holding).allowed == (holding,)


@pytest.mark.parametrize(
    ("origin", "file"),
    [
        ("cart.yaml:41", "cart.yaml"),
        ("trace.har#/log/entries/3", "trace.har"),
        ("C:\\recordings\\cart.yaml:41", "C:\\recordings\\cart.yaml"),
        ("cart.yaml", "cart.yaml"),
        ("a:b", "a:b"),
        ("a#b/c.json#/interactions/0", "a#b/c.json"),
        (":7", ":7"),
    ],
)
def test_an_origin_begins_with_a_path(origin, file):
    """Line and pointer are removed from an origin, whatever else it contains."""
    assert file_of(origin) == file


@pytest.mark.parametrize(
    ("origin", "expected"),
    [("/project/cassettes/a.yaml:1", True), ("cassettes/../a.yaml:1", False), ("cassettes.yaml", False), (None, False)],
)
def test_a_path_holds_what_lies_in_it(origin, expected):
    """Paths are compared by their segments, relative ones from the root, and dots are resolved."""
    assert lies_in(origin, ROOT / "cassettes", ROOT) is expected


def test_the_path_of_an_allowance_is_compared_once_for_each_file(monkeypatch, tmp_path):
    """Not once for each response: 250 allowances took 8 ms for each violation."""
    normalised = []
    monkeypatch.setattr(allowances.os.path, "normpath", lambda path: normalised.append(path) or str(path))
    places = [f"seen.ndjson:{line}" for line in range(1, 9)]
    assert all(allowances.lies_in(each, tmp_path, tmp_path) for each in places)
    assert len(normalised) == 2
