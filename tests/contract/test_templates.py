"""Description templates: their placeholders, and the texts that fit them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.contract.catalogue import fits, placeholders

WORDS = st.text(alphabet="ab {}0&;", max_size=6)


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("No order", set()),
        ("Order {0} of {1}, again {0}", {"{0}", "{1}"}),
        ("{9}{3}", {"{9}", "{3}"}),
        ("{} {a} { 0 } {00} {-1} {", set()),
        (r"must match ^(\d{7}|\d{10})$", set()),
        (r"\w{2}\s{3}", set()),
        (r"not {0} but \d{0}", {"{0}"}),
        ("{٣}", set()),
    ],
)
def test_placeholders_are_single_digits_in_braces(template, found):
    """A placeholder is a digit in braces; a quantifier after a character class is not one."""
    assert placeholders(template) == found


@pytest.mark.parametrize(
    ("description", "template"),
    [
        ("Cart 7 is busy", "Cart {0} is busy"),
        ("Cart  is busy", "Cart {0} is busy"),
        ("Cart {0} is busy", "Cart {0} is busy"),
        ("Cart a is busy is busy", "Cart {0} is busy"),
        ("7", "{0}"),
        ("", "{0}{1}"),
        ("a and b", "{0} and {1}"),
        ("<b> & \n more", "{0}"),
        ("aXbXc", "a{0}X{1}c"),
        (r"^\d{7}$", r"^\d{7}$"),
    ],
)
def test_a_filled_template_fits(description, template):
    """A placeholder matches any text, including an empty one."""
    assert fits(description, template)


@pytest.mark.parametrize(
    ("description", "template"),
    [
        ("", "Cart"),
        ("cart 7", "Cart {0}"),
        ("Cart 7.", "Cart 7"),
        ("Cart 7 is busy!", "Cart {0} is busy"),
        ("The Cart 7 is busy", "Cart {0} is busy"),
        ("aba", "ab{0}ba"),
        ("b and a or", "{0} or {1} and"),
        ("a x c", "a {0} x {1} c"),
        ("Cart &lt;7&gt;", "Cart <{0}>"),
        (r"^\d123$", r"^\d{7}$"),
    ],
)
def test_other_texts_do_not_fit(description, template):
    """The fixed parts must be complete, in order, without overlap; entities are ordinary text."""
    assert not fits(description, template)


@given(st.lists(WORDS, min_size=1, max_size=4), WORDS)
def test_fitting_is_what_a_pattern_would_say(parts, description):
    """The result is that of a regular expression in which each placeholder is `.*`."""
    template = "{0}".join(parts)
    pattern = ".*".join(map(re.escape, re.split(r"\{[0-9]\}", template)))
    assert fits(description, template) == bool(re.fullmatch(pattern, description, re.DOTALL))


@given(st.lists(WORDS, min_size=1, max_size=4), WORDS)
def test_what_is_filled_in_fits(parts, value):
    """Whatever fills the placeholders, the text fits."""
    assert fits(value.join(parts), "{0}".join(parts))


def test_long_texts_take_no_long_time():
    """A text that makes a backtracking pattern very slow is matched in linear time."""
    template = "".join(f"a{{{number % 10}}}" for number in range(1_000)) + "b"
    assert not fits("a" * 200_000, template)
