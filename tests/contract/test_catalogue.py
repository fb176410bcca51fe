"""The catalogue: entries are found by code, status and text."""

import pytest

from pytest_pcerrors import Contract, UsageError
from pytest_pcerrors.contract.catalogue import Catalogue, Entry
from pytest_pcerrors.rules.members import nearest_entry
from pytest_pcerrors.simulation import synthesize

NOT_FOUND = Entry(404, "20000", ("No order has the given ID",))
BUSY = Entry(409, "800064", ("Cart {0} is busy", "Cart {0} of {1} is busy"))
REFUSED = Entry(403, "2006", ("The offer is refused",))
CLOSED = Entry(400, "2006", ("The offer is closed to STRASSE",))
CATALOGUE = Catalogue((NOT_FOUND, BUSY, REFUSED, CLOSED))


def test_an_entry_shows_its_first_template():
    """The description of an entry is the first of its templates; placeholders are those of all."""
    assert (BUSY.description, BUSY.placeholders) == ("Cart {0} is busy", {"{0}", "{1}"})


def test_an_entry_pairs_status_and_code():
    """The pairing of an entry is what a response must have."""
    assert BUSY.pairing == (409, "800064")


def test_entries_are_values():
    """Entries with equal content are equal and hashable."""
    assert {BUSY, Entry(409, "800064", BUSY.templates)} == {BUSY}


def test_the_catalogue_keeps_its_order():
    """Iteration yields the entries in the given order, and each code once."""
    assert (list(CATALOGUE), len(CATALOGUE)) == ([NOT_FOUND, BUSY, REFUSED, CLOSED], 4)
    assert CATALOGUE.codes == ("20000", "800064", "2006")


def test_a_code_has_an_entry_for_each_status():
    """A code with two statuses has two entries."""
    assert CATALOGUE["2006"] == (REFUSED, CLOSED)


@pytest.mark.parametrize("code", ["1", "020000", "20.000", 404, None])
def test_codes_are_not_guessed(code):
    """Only the exact digits are a code, as text or as a number: no leading zero, no separator."""
    assert code not in CATALOGUE
    with pytest.raises(KeyError):
        CATALOGUE[code]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cart", [BUSY]),
        ("OF {1}", [BUSY]),
        ("2000", [NOT_FOUND]),
        ("straße", [CLOSED]),
        ("offer", [REFUSED, CLOSED]),
        ("nothing", []),
    ],
)
def test_text_is_found_in_codes_and_all_templates(text, found):
    """The search ignores case, even for letters with two lower-case forms."""
    assert list(CATALOGUE.find(text)) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [NOT_FOUND, BUSY, REFUSED, CLOSED]),
        ({"status": 403}, [REFUSED]),
        ({"code": "2006"}, [REFUSED, CLOSED]),
        ({"status": 400, "code": "2006"}, [CLOSED]),
        ({"status": 409, "code": "2006"}, []),
        ({"status": 0}, []),
        ({"code": ""}, []),
    ],
    ids=str,
)
def test_entries_are_selected_by_status_and_code(wanted, found):
    """Criteria that are given must match."""
    assert list(CATALOGUE.select(**wanted)) == found


def test_a_code_may_be_a_number():
    """As in an assertion, a number is compared by its digits."""
    assert 2006 in CATALOGUE
    assert CATALOGUE[2006] == CATALOGUE["2006"] == CATALOGUE.select(code=2006)
    assert CATALOGUE.find(2006) == CATALOGUE.find("2006")


@pytest.mark.parametrize("number", [10**5000, -(10**5000)], ids=["positive", "negative"])
def test_a_number_of_too_many_digits_is_not_a_code(number):
    """Python refuses to write it."""
    assert number not in CATALOGUE
    assert CATALOGUE.find(number) == CATALOGUE.select(code=number) == ()
    with pytest.raises(KeyError):
        CATALOGUE[number]
    with pytest.raises(UsageError, match=r"^code <int> is not in the catalogue"):
        synthesize(number)


@pytest.mark.parametrize("unknown", ["800099", "8000640", "80064", "60012", "", "xyzzy", "9" * 5000])
def test_every_message_suggests_the_same_code(unknown):
    """And none if no code is similar."""
    contract = Contract.default()
    meant = contract.catalogue.nearest(unknown)
    with pytest.raises(UsageError) as caught:
        synthesize(unknown, contract=contract)
    hint = nearest_entry(contract, unknown)
    assert (f'did you mean "{meant}"?' in str(caught.value)) is (meant is not None)
    assert (f"nearest documented code: {meant} " in hint) is (meant is not None)


@pytest.mark.parametrize("unknown", ["BERTH_1234_GOME", "BERHT_1234_GONE", "XBERTH_1234_GONE", "BERTH_12X34_GONE"])
def test_the_nearest_of_very_many_codes_is_found(unknown):
    """Though not all of them are compared: the beginning or the end of the code is right."""
    catalogue = Catalogue(tuple(Entry(400, f"BERTH_{number}_GONE", ("x",)) for number in range(1000, 3000)))
    assert catalogue.nearest(unknown) == "BERTH_1234_GONE"
    assert catalogue.nearest("tide") is None


def test_a_catalogue_without_codes_has_no_nearest():
    """None is similar."""
    assert Catalogue(()).nearest("1") is None
