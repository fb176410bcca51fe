"""A page gives the same contract in any language and format."""

import pytest
from dressing import DRESSES, LANGUAGES, PAIRINGS, PLACEHOLDERS, STATUSES, TEXTS

from pytest_pcerrors import Contract
from pytest_pcerrors.contract.sources._pages import parsed_page
from pytest_pcerrors.contract.sources.partner_center import read_page

pytestmark = pytest.mark.untraced


@pytest.fixture(scope="module", params=[f"{locale} {dress}" for locale in LANGUAGES for dress in DRESSES])
def contract(request):
    """Read the contract of one page."""
    locale, dress = request.param.split()
    return Contract.from_page(DRESSES[dress](LANGUAGES[locale], locale))


def test_no_pairing_is_lost_or_invented(contract):
    """The contract has all pairings of the page, and no others."""
    assert contract.pairings == PAIRINGS


def test_listed_and_paired_statuses_are_known(contract):
    """The statuses are those of the list and those of the table."""
    assert set(contract.statuses) == STATUSES


def test_placeholders_and_texts_are_kept(contract):
    """Each entry has its placeholders, and as many texts as the page gives it."""
    assert {entry.pairing: set(entry.placeholders) for entry in contract.catalogue} == PLACEHOLDERS
    assert {entry.pairing: len(entry.templates) for entry in contract.catalogue} == TEXTS


def test_the_sample_names_the_properties_and_the_table_the_limit(contract):
    """Property names are from the sample, which is not translated; the limit is read with any digit grouping."""
    properties = contract.error_schema["properties"]
    assert list(properties) == ["code", "description", "data", "source"]
    assert [properties[name].get("maxLength") for name in properties] == [None, 1024, None, None]
    assert contract.error_schema["required"] == ["code", "description", "source"]


def test_date_locale_and_challenge_are_read(contract):
    """Front matter or meta elements have date and locale, the sample's last line the challenge."""
    assert (contract.page.date, contract.page.locale in LANGUAGES) == ("2020-11-13", True)
    assert contract.challenge == "OAuth realm=urn:cpsvc:cpid:{cid}"


def test_a_repair_is_reported_with_its_line():
    """A text that was corrected is reported."""
    page = DRESSES["padded"](LANGUAGES["nl-nl"], "nl-nl")
    line = next(number for number, text in enumerate(page.split("\n"), 1) if "20.000" in text)
    assert str(read_page(parsed_page(page)).remarks[0]) == f'line {line}: code "20.000" read as 20000'
