"""Violations: values with texts that are computed and masked when the first one is read."""

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, replace

import pytest

from pytest_pcerrors import Contract, UsageError, Violation, check
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.policy.policy import Policy

TEXTS = ("message", "pointer", "expected", "actual", "hint")


@pytest.fixture
def late():
    """Make a violation with texts that are functions, and the list of their calls."""
    calls = []

    def text(value):
        return lambda: calls.append(value) or value

    return Violation(text("No\x07"), text("/a"), text("yes"), "no", text("fix it"), "mine", "warning"), calls


EQUAL = Violation("No\\x07", "/a", "yes", "no", "fix it", "mine", "warning")


def test_texts_are_computed_once_and_when_they_are_read(late):
    """Rule and severity need none of them."""
    violation, calls = late
    assert (violation.rule, violation.severity, calls) == ("mine", "warning", [])
    assert [getattr(violation, name) for name in TEXTS] == ["No\\x07", "/a", "yes", "no", "fix it"]
    assert calls == ["No\x07", "/a", "yes", "fix it"]


@pytest.mark.parametrize(
    "made",
    [
        lambda late: late,
        lambda late: pickle.loads(pickle.dumps(late)),
        copy.copy,
        copy.deepcopy,
        replace,
        lambda late: late.judged("mine", "warning"),
        lambda late: Violation(**asdict(late)),
        lambda late: Violation.explained_by(lambda: ("No\x07", "/a", "yes", "no", "fix it")).judged("mine", "warning"),
    ],
    ids=["itself", "pickled", "copied", "deep", "replaced", "judged", "from-dict", "explained"],
)
def test_a_violation_equals_one_with_the_same_texts(late, made):
    """Whenever its texts are computed, and so do its hash and its representation."""
    violation = made(late[0])
    assert violation == EQUAL
    assert (hash(violation), repr(violation), str(violation)) == (hash(EQUAL), repr(EQUAL), str(EQUAL))


def test_a_violation_is_frozen_and_has_no_other_attributes(late):
    """Also before its texts are computed, and in one that is being unpickled."""
    with pytest.raises(FrozenInstanceError):
        late[0].message = "Yes"
    for violation in (late[0], EQUAL):
        with pytest.raises(AttributeError, match="no attribute other"):
            _ = violation.other
    with pytest.raises(AttributeError, match="no attribute message"):
        _ = object.__new__(Violation).message


def test_a_check_computes_no_text(monkeypatch):
    """The text of a violation is masked when it is read, which takes longer than the check."""
    masked = []
    monkeypatch.setattr("pytest_pcerrors.rules.violation.safe", lambda text: masked.append(text) or text)
    [violation] = check((409, b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}'))
    assert masked == []
    assert violation.pointer == "/code"
    assert len(masked) == len(TEXTS)


def test_a_text_of_a_users_rule_is_computed_in_the_check():
    """So that an error in it is reported with the name of the rule."""

    def mine(parsed):
        yield Violation(lambda: 1 / 0)

    with pytest.raises(UsageError, match="your rule mine failed on <Exchange 409, 2 bytes>: ZeroDivisionError"):
        Policy(Contract.default(), user_rules=(mine,)).judge(Exchange(409, None, b"{}"))
