"""Proposed settings are TOML that the settings accept, whatever the codes, texts and paths contain."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from pytest_pcerrors.cli.learn import as_toml
from pytest_pcerrors.policy.learning import Proposal
from pytest_pcerrors.settings import Settings

UNTIL = date(2027, 5, 31)


def settled(proposal):
    """Return the settings that a proposal proposes."""
    text = as_toml(proposal, UNTIL).encode().decode()
    table = tomllib.loads(text).get("tool", {}).get("pcerrors", {})
    return Settings.of_table(table, Path())


@pytest.mark.parametrize(
    "text", ['"', "'''", "\\", "\n", "\r\n", "\x00", "\x1f", "\x7f", "\x85", "\u2028", "]", "# x", "注文", "💥"]
)
def test_hostile_texts_come_back(text):
    """Quotes, control characters and line ends are escaped."""
    proposal = Proposal()
    proposal.entries[400, f"c{text}"].add(f"{text}.yaml:1", f"d{text}")
    proposal.rules["code-number"].add(f"{text}.yaml:1")
    proposal.rules["code-number"].codes.add(text)
    settings = settled(proposal)
    assert [(each.code, each.description) for each in settings.entries] == [(f"c{text}", f"d{text}")]
    assert settings.allow[0].code == {text}


def test_a_path_that_is_no_text_is_escaped():
    """File names need not be Unicode."""
    proposal = Proposal()
    proposal.entries[400, "1"].add("\udcff.yaml:1")
    assert settled(proposal).entries[0].note == r"seen once, in \udcff.yaml:1"


def test_an_entry_without_a_text_says_so():
    """A description must not be empty; the note has the number of occurrences."""
    proposal = Proposal()
    proposal.entries[400, "1"].add("a.yaml:1")
    proposal.entries[400, "1"].add("b.yaml:1")
    entry = settled(proposal).entries[0]
    assert (entry.description, entry.note) == ("(no description)", "seen 2 times, first in a.yaml:1")


def test_codes_and_statuses_are_two_allowances():
    """An allowance with both would hold for neither alone."""
    proposal = Proposal()
    proposal.rules["body-empty"].codes.add("7")
    proposal.rules["body-empty"].statuses |= {404, 400}
    allowed = settled(proposal).allow
    assert [(each.code, each.status, each.until) for each in allowed] == [
        ({"7"}, frozenset(), UNTIL),
        (frozenset(), {400, 404}, UNTIL),
    ]


def test_what_no_setting_excuses_is_a_comment():
    """Unreadable files and expired allowances."""
    proposal = Proposal(unreadable={"a\n.yaml": "record it again"}, expired=1)
    assert settled(proposal) == Settings.of_table({}, Path())
    assert as_toml(proposal, UNTIL).startswith(
        '# "a\\n.yaml" cannot be read, and no setting allows that: record it again\n'
    )
