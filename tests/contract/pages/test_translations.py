"""A page gives the same contract in any language and format."""

import pytest
from dressing import DRESSES, LANGUAGES, PAIRINGS, PLACEHOLDERS, STATUSES, TEXTS

from pytest_pcerrors import Contract
from pytest_pcerrors.contract.sources._pages import parsed_page
from pytest_pcerrors.contract.sources.partner_center import read_page

pytestmark = pytest.mark.untraced


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_page_has_the_same_contract(locale, dress):
    """All pairings and no others, listed and paired statuses, placeholders, and as many texts as the page has.

    Property names are those of the sample, which is not translated; the limit is read with any digit grouping.
    """
    contract = Contract.from_page(DRESSES[dress](LANGUAGES[locale], locale))
    assert (contract.pairings, set(contract.statuses)) == (PAIRINGS, STATUSES)
    assert {entry.pairing: set(entry.placeholders) for entry in contract.catalogue} == PLACEHOLDERS
    assert {entry.pairing: len(entry.templates) for entry in contract.catalogue} == TEXTS
    properties = contract.error_schema["properties"]
    limits = {name: each.get("maxLength") for name, each in properties.items()}
    assert limits == {"code": None, "description": 1024, "data": None, "source": None}
    assert contract.error_schema["required"] == ["code", "description", "source"]
    assert (contract.page.date, contract.page.locale) == ("2020-11-13", locale)
    assert contract.challenge == "OAuth realm=urn:cpsvc:cpid:{cid}"


def test_a_repair_is_reported_with_its_line():
    """A text that was corrected is reported."""
    page = DRESSES["padded"](LANGUAGES["nl-nl"], "nl-nl")
    line = next(number for number, text in enumerate(page.split("\n"), 1) if "20.000" in text)
    assert str(read_page(parsed_page(page)).remarks[0]) == f'line {line}: code "20.000" read as 20000'
