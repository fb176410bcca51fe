"""The counts of a run, and the summary in one line."""

from collections import Counter

import pytest

from pytest_pcerrors import Contract, Exchange, Request
from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.policy.allowances import Allowance
from pytest_pcerrors.policy.audit import Finding, finding, unreadable
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting.summary import Tally

HOST = "api.partnercenter.microsoft.com"
POLICY = Policy(Contract.default(), allowances=(Allowance("pairing", "seen"),), hosts=frozenset({HOST}))
GOOD = b'{"code": "800064", "description": "Busy", "source": "PartnerFD"}'


def tally_of(*exchanges):
    """Count exchanges as an audit finds them."""
    tally = Tally()
    for each in exchanges:
        tally.add(finding(each, POLICY))
    return tally


@pytest.mark.parametrize(
    ("exchange", "counts"),
    [
        (Exchange(409, None, GOOD), {"errors": 1}),
        (Exchange(200, None, b"{}"), {"successes": 1}),
        (Exchange(409, None, GOOD.replace(b'"Busy"', b'""')), {"errors": 1, "broken": {"description-empty": 1}}),
        (Exchange(429, {}, b"", Request("HEAD", f"https://{HOST}/")), {"errors": 1, "warned": {"retry-after": 1}}),
        (Exchange(404, None, GOOD), {"errors": 1, "allowed": {"pairing": 1}}),
        (Exchange(409, None, GOOD, Request("GET", "https://login.example.com/")), {"other_hosts": {"login.example.com": 1}}),
    ],
    ids=["error", "success", "broken", "warned", "allowed", "other host"],
)  # fmt: skip
def test_each_exchange_counts_as_what_it_is(exchange, counts):
    """And as nothing else."""
    assert {name: value for name, value in tally_of(exchange).as_data().items() if value} == counts


def test_a_file_that_cannot_be_read_counts():
    """It is neither a response nor skipped."""
    tally = Tally()
    tally.add(unreadable(ArchiveError("a.yaml", "empty")))
    assert tally == Tally(unreadable=1)


@pytest.mark.parametrize(("number", "end"), [(1, "unknown (f0)"), (2, "(f0: 1, f1: 1)"), (9, ", f7: 1, and 1 more)")])
def test_few_reasons_of_unknown_bodies_are_listed(number, end):
    """The most frequent ones, and how many more there are: each stub of WireMock may name a file of its own."""
    tally = tally_of(*(Exchange(409, None, b"", body_problem=f"f{each}") for each in range(number)))
    assert tally.sentence().endswith(end)


def test_a_recording_of_unknown_age_is_named():
    """Without the secrets and control characters that its name may have."""
    tally = Tally()
    tally.add(Finding("undated", "a\x1b.yaml?sig=kX7pQz19vLmW"))
    assert tally == Tally(undated=["a\\x1b.yaml?sig=***"])


def test_counts_of_two_runs_add_up():
    """As those of two workers do."""
    one = Tally(errors=1, broken=Counter(pairing=1))
    one.plus(Tally(errors=2, successes=3, broken=Counter({"pairing": 1, "code-type": 4})))
    assert one == Tally(errors=3, successes=3, broken=Counter({"pairing": 2, "code-type": 4}))


def test_counts_travel_as_plain_data():
    """What goes through JSON comes back as it was."""
    counts = {"broken": Counter(pairing=2), "warned": Counter(), "other_hosts": Counter({"login.example.com": 1})}
    tally = Tally(errors=3, undated=["a.yaml"], **counts)
    assert Tally.of_data(tally.as_data()) == tally


@pytest.mark.parametrize(
    ("tally", "is_empty"), [(Tally(), True), (Tally(errors=1), False), (Tally(allowed=Counter(a=1)), False)]
)
def test_an_empty_tally_has_seen_nothing(tally, is_empty):
    """Any count makes it something."""
    assert tally.is_empty is is_empty


@pytest.mark.parametrize(
    ("tally", "sentence"),
    [
        (Tally(), "0 error responses checked, 0 violations"),
        (Tally(errors=1, successes=1), "1 error response checked, 1 other response searched, 0 violations"),
        (Tally(errors=2, broken=Counter({"pairing": 1, "code-type": 2})), "2 error responses checked, 3 violations (code-type 2, pairing 1)"),
        (Tally(warned=Counter(pairing=1)), "0 error responses checked, 0 violations, 1 warning (pairing 1)"),
        (Tally(allowed=Counter(pairing=2)), "0 error responses checked, 0 violations, 2 violations allowed (pairing 2)"),
        (Tally(unreadable=2), "0 error responses checked, 0 violations, 2 unreadable places"),
        (
            Tally(other_hosts=Counter(a=1)),
            "0 error responses checked, 0 violations, 1 exchange with another host skipped: a 1 (to check it: hosts in [tool.pcerrors])",
        ),
        (
            Tally(other_hosts=Counter(a=1, b=2)),
            "0 error responses checked, 0 violations, 3 exchanges with other hosts skipped: b 2, a 1 (to check them: hosts in [tool.pcerrors])",
        ),
    ],
)  # fmt: skip
def test_all_of_it_is_said_in_one_sentence(tally, sentence):
    """Zero counts are left out, except violations."""
    assert tally.sentence() == sentence
