"""The current context: what a block sets, else what the settings of the working directory say."""

from contextlib import suppress
from contextvars import Context as ContextVars

import pytest

from pytest_pcerrors import Contract, ContractViolation, Exchange, UsageError, assert_pc_error, check
from pytest_pcerrors.policy.check import Context, Observer, current, within
from pytest_pcerrors.policy.policy import Policy

NUMBER = (409, b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}')


@pytest.fixture
def outside():
    """Return a way to call something where nothing has set a context, as outside pytest."""
    return ContextVars().run


def settings(folder, text):
    """Write a table of settings."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(f"[tool.pcerrors]\n{text}\n", "utf-8")
    return folder


def test_the_settings_of_the_working_directory_hold(tmp_path, monkeypatch, outside):
    """A check in another directory follows other settings."""
    found = []
    for profile in ("documented", "observed"):
        monkeypatch.chdir(settings(tmp_path / profile, f'profile = "{profile}"'))
        found.append([violation.rule for violation in outside(check, NUMBER)])
    assert found == [["code-number"], []]


def test_settings_are_found_above(tmp_path, monkeypatch, outside):
    """A folder without settings follows those of the nearest one above."""
    folder = settings(tmp_path, '[tool.pcerrors.severity]\ncode-number = "warning"') / "tests/unit"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert [violation.severity for violation in outside(check, NUMBER)] == ["warning"]


def test_without_settings_the_documented_profile_holds(tmp_path, monkeypatch, outside):
    """A bare directory judges by the shipped contract as it is documented."""
    monkeypatch.chdir(tmp_path)
    policy = outside(current).policy
    assert (policy.contract, policy.profile) == (Contract.default(), "documented")


def test_bad_settings_are_misuse(tmp_path, monkeypatch, outside):
    """A check under settings that do not fit says so."""
    monkeypatch.chdir(settings(tmp_path, '[tool.pcerrors.severity]\nno-such-rule = "off"'))
    with pytest.raises(UsageError, match='there is no rule "no-such-rule"'):
        outside(check, NUMBER)


def test_a_failure_names_the_place_that_the_response_has(outside):
    """Outside pytest, nothing looks for the line in a recording."""
    response = Exchange(409, None, b'{"code": 800064}', origin="carts.yaml")
    with pytest.raises(ContractViolation, match=r"in carts\.yaml"):
        outside(assert_pc_error, response)


def test_a_context_holds_for_its_block():
    """Contexts nest, and the outer one is restored after the inner one, also after an exception."""
    outer, inner = (Context(Policy(Contract.default(), profile=each)) for each in ("documented", "observed"))
    with within(outer):
        with suppress(ZeroDivisionError), within(inner):
            seen = current()
            raise ZeroDivisionError
        assert (seen, current()) == (inner, outer)


def test_an_observer_is_notified_of_every_verdict():
    """Each verdict is counted, for errors and others."""
    received, context, observer = [], Context(Policy(Contract.default())), Observer()
    observer.on_verdict = received.append
    context.observers.append(observer)
    with within(context):
        check(NUMBER)
        check((200, b"{}"))
    assert [(each.exchange.status, len(each.violations)) for each in received] == [(409, 1), (200, 0)]
