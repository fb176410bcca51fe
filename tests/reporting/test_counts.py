"""Counts by code, day and source, and samples: parts can be joined, and they stay small."""

import json
from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from report_of import report_of

from pytest_pcerrors import Contract, Exchange
from pytest_pcerrors.policy.audit import finding
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting import totals as module
from pytest_pcerrors.reporting.formats import FORMATS
from pytest_pcerrors.reporting.report import Report, saved_of
from pytest_pcerrors.reporting.totals import Counts, Totals, Wanted

POLICY = Policy(Contract.default(), hosts=frozenset({"api.example"}))


def found(*statuses):
    """Return a finding for a response of each status."""
    body = b'{"code": "2000", "description": "No", "source": 7}'
    return [finding(Exchange(each, {"Date": "Tue, 02 May 2017 09:00:00 GMT"}, body), POLICY) for each in statuses]


def report(*statuses):
    """Return the report of responses, with two samples of each rule."""
    totals = Totals(counts=Counts())
    wanted = Wanted(samples=2)
    return Report.of_findings(wanted.kept(totals.counting(found(*statuses), POLICY, wanted)), totals, POLICY)


def saved(made):
    """Return a report that was written and read."""
    return saved_of("".join(FORMATS["json"](made)).encode(), "a.json", Contract.default)


def test_a_report_of_samples_is_joined_with_another():
    """By `pcerrors report merge`: the counts are added."""
    joined = saved(report(404, 404, 404, 200))
    joined.plus(saved(report(409)))
    assert json.loads("".join(FORMATS["json"](joined)))["counts"] == {
        "code": {"404 2000": {"responses": 3, "broken": 3}, "409 2000": {"responses": 1, "broken": 1}},
        "day": {"2017-05-02": {"responses": 4, "broken": 4}},
        "source": {"unknown": {"responses": 4, "broken": 4}},
    }
    plain = saved(report_of(found(404), POLICY))
    plain.plus(saved(report(409)))
    assert plain.counts.responses["code", "409 2000"] == 1


def test_many_values_are_counted_as_others(monkeypatch):
    """So that a new code in every response does not make the report large."""
    monkeypatch.setattr(module, "_MOST", 3)
    counts = Counts()
    for each in found(*range(400, 420)):
        counts.add(each)
    assert sum(counts.responses.values()) == 60
    assert len(counts.responses) <= 3 + len(module.BY)


@given(st.lists(st.sets(st.sampled_from("abc"))), st.integers(1, 4), st.lists(st.integers(0, 20), max_size=4))
def test_samples_of_parts_are_the_samples_of_all(rules, most, cuts):
    """Wherever the parts are cut, and each rule has as many as there are, up to the limit."""
    findings = [{"id": n, "violations": [{"rule": each} for each in sorted(names)]} for n, names in enumerate(rules)]
    ends = [0, *sorted(cuts), len(findings)]
    kept = Wanted(samples=most).kept
    parts = [list(kept(findings[start:end])) for start, end in pairwise(ends)]
    whole = list(kept(findings))
    assert list(kept([each for part in parts for each in part])) == whole
    shown = Counter(each["rule"] for one in whole for each in one["violations"])
    assert all(shown[rule] >= min(most, sum(rule in names for names in rules)) for rule in "abc")
