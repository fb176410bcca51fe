"""Proposals from findings: entries for undocumented pairings, occurrences for other rules."""

import json
from pathlib import Path

import pytest

from pytest_pcerrors import Contract, Exchange, Request
from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.policy.audit import Recording, audit
from pytest_pcerrors.policy.from_settings import policy_of
from pytest_pcerrors.policy.learning import learn
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.settings import Settings


def learnt(*bodies, status=400, settings=None):
    """Return the proposal for error bodies."""
    exchanges = (
        Exchange(status, None, json.dumps(body).encode(), origin=f"a.yaml:{line}") for line, body in enumerate(bodies)
    )
    return learn(audit([Recording("", exchanges)], policy_of(settings or Settings(root=Path()))))


def body(code, description="Oops"):
    """Return an error body."""
    return {"code": code, "description": description, "source": "PartnerFD"}


def test_an_undocumented_pairing_is_an_entry():
    """Counted, with the first place and the first text."""
    seen = learnt(body("60012", ""), body("60012", "No licence"), body("60012", "Later")).entries[400, "60012"]
    assert (seen.count, seen.first, seen.sample) == (3, "a.yaml:0", "No licence")


@pytest.mark.parametrize(
    ("description", "sample"),
    [
        ("password=hunter22", "password=***"),
        ("a\x1b", r"a\x1b"),
        ("x" * 300, "x" * 200 + "..."),
        ("{1} of {a}", "(1) of {a}"),
    ],
)
def test_a_sample_is_fit_to_be_kept(description, sample):
    """Short, without secrets and control characters, and without placeholders that the text itself would then break."""
    assert learnt(body("60012", description)).entries[400, "60012"].sample == sample


def test_other_rules_are_sighted_with_their_codes():
    """With the statuses where there is no code."""
    rules = learnt(body(2001), body(2002), []).rules
    assert (rules["code-number"].codes, rules["code-number"].count) == ({"2001", "2002"}, 2)
    assert rules["body-not-object"].statuses == {400}


@pytest.mark.parametrize("code", ["", "\ud800"])
def test_a_code_that_settings_cannot_hold_is_none(code):
    """It is counted by its status."""
    proposal = learnt(body(code))
    assert (dict(proposal.entries), proposal.rules["code-unknown"].statuses) == ({}, {400})


def test_another_host_teaches_nothing():
    """What is not judged needs no settings."""
    exchange = Exchange(400, None, b"", Request("GET", "https://login.example/"))
    assert learn(audit([Recording("", [exchange])], policy_of(Settings(root=Path())))).is_empty


def test_what_no_setting_excuses():
    """An expired allowance and an unreadable file are counted separately."""
    table = {"allow": [{"rule": "code-number", "reason": "x", "until": "2020-01-01"}]}
    proposal = learnt(body(2001), settings=Settings.of_table(table, Path()))
    assert (proposal.expired, proposal.is_empty) == (1, True)
    assert learn(
        audit([Recording("", [ArchiveError("b.yaml", "not YAML")])], Policy(Contract.default()))
    ).unreadable == {"b.yaml": "record it again, or remove it"}
