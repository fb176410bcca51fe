"""In any notation of a table, no pairing is lost and none is invented."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors import Contract, UsageError

SPACES = st.sampled_from(["", " ", "  ", "\t", "\u00a0"])
GROUPS = st.sampled_from(["", "", ".", ",", " ", "\u00a0", "\u202f", "\u2009", "'", "\u2019"])
BEHIND = st.sampled_from(["", "", "年", " 年", "."])
AROUND = st.sampled_from([("", ""), ("", ""), ("**", "**"), ("`", "`"), ("*", "*")])
WORDS = st.lists(
    st.sampled_from(
        [
            "Order", "{0}", r"\{1\}", "`a|b`", "``x|`y``", "<br/>", "niet", "**wel**", "注文", "&amp;", r"\|", "403",
            "1.024",
        ]
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip
PAIRINGS = st.lists(
    st.tuples(st.sampled_from([200, 400, 401, 403, 404, 409, 417, 500, 501]), st.integers(0, 999_999)),
    min_size=2,
    max_size=12,
    unique=True,
)


@st.composite
def pages(draw):
    """Draw a page with a table of error codes, and the pairings it was made from."""
    pairings = draw(PAIRINGS)
    outer = draw(st.booleans())
    lines = ["Status|HTTP|Code|Text", draw(st.sampled_from(["---|---|---|---", ":--|:-:|--:|-"]))]
    for status, code in pairings:
        before, after = draw(AROUND)
        number = f"{before}{grouped(code, draw(GROUPS))}{after}{draw(BEHIND)}"
        cells = ["Naam", str(status), number, "Tekst " + " ".join(draw(WORDS))]
        lines.append("|".join(draw(SPACES) + cell + draw(SPACES) for cell in cells))
    if outer:
        lines = [f"|{line}|" for line in lines]
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return newline.join(["# Page", "", *lines, ""]), {(status, str(code)) for status, code in pairings}


def grouped(number, mark):
    """Write a number in groups of three."""
    return f"{number:,}".replace(",", mark)


@pytest.mark.libraries
@pytest.mark.covered
@given(pages())
def test_no_dressing_loses_or_invents_a_pairing(page):
    """The pairings that were read are those that the table was made from."""
    text, pairings = page
    assert Contract.from_page(text).pairings == pairings


@given(st.text(alphabet="|-`<>tabledr/ 40\n*{}\\#:", max_size=300))
def test_any_text_is_a_contract_or_a_usage_error(text):
    """A text that is not a page raises a `UsageError`."""
    with suppress(UsageError):
        assert Contract.from_page(text).pairings
