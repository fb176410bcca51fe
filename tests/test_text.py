"""Texts of messages."""

import pytest

from pytest_pcerrors.text import counted, nearest, readable


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        (0, "body", "0 bodies"),
        (1, "body", "1 body"),
        (2, "day", "2 days"),
        (2, "status", "2 statuses"),
        (21, "place", "21 places"),
    ],
)
def test_a_noun_follows_its_number(count, noun, text):
    """In the plural unless it is one."""
    assert counted(count, noun) == text


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("profil", 'did you mean "profile"?'),
        ("zzz", "known are hosts, profile"),
        ("", "known are hosts, profile"),
        ("p" * 200_000, "known are hosts, profile"),
    ],
    ids=["near", "far", "empty", "long"],
)
def test_the_nearest_known_word_is_named(word, hint):
    """A slip gets the word that was meant; anything else the words there are."""
    assert nearest(word, ["profile", "hosts"]) == hint


def test_a_long_list_of_known_words_is_cut():
    """At most twenty known words are listed."""
    hint = nearest("zzz", [f"{number:02}" for number in range(21)])
    assert hint == f"known are {', '.join(f'{number:02}' for number in range(20))}, ..."


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Zoë", "Zoë"), ("a\ud800b", "a\\ud800b"), ("x" * 401, "x" * 400 + "..."), ("x" * 400, "x" * 400)],
    ids=["as it is", "lone surrogate", "too long", "just fits"],
)
def test_foreign_text_is_made_readable(text, shown):
    """Text from a file can always be printed, and never fills the screen."""
    assert readable(text) == shown
