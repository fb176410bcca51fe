"""Misuse: the errors of this library, and the hints they give."""

import pytest

from pytest_pcerrors.errors import ArchiveError, PcErrorsWarning, UsageError
from pytest_pcerrors.text import nearest, readable


def test_an_archive_error_names_place_and_problem():
    """An archive that cannot be read is misuse, and says where and why."""
    error = ArchiveError("cart.yaml:7", "not YAML")
    assert isinstance(error, UsageError)
    assert (error.place, error.problem, str(error)) == ("cart.yaml:7", "not YAML", "cart.yaml:7: not YAML")


def test_misuse_is_no_failed_contract():
    """Misuse is no AssertionError: a test that misuses the library is in error, not failed."""
    assert not issubclass(UsageError, AssertionError)


def test_warnings_can_be_filtered_by_class():
    """A violation of severity warning is a UserWarning of its own."""
    assert issubclass(PcErrorsWarning, UserWarning)


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
    [("Zoë", "Zoë"), ("a\ud800b", "a\\ud800b"), ("x" * 401, "x" * 400 + " ..."), ("x" * 400, "x" * 400)],
    ids=["as it is", "lone surrogate", "too long", "just fits"],
)
def test_foreign_text_is_made_readable(text, shown):
    """Text from a file can always be printed, and never fills the screen."""
    assert readable(text) == shown
