"""Plausible requests and values for a documented error."""

import pytest

from pytest_pcerrors import Contract
from pytest_pcerrors.simulation._plausible import OPERATIONS, fill_in, operation_for


@pytest.mark.parametrize(
    ("description", "operation"),
    [
        ("Another request is already processing cart {0}", "POST /v1/customers/{customer}/carts/{cart}/checkout"),
        ("TRANSFER {0} has ended", "POST /v1/customers/{customer}/transfers"),
        ("There is no subscription with the ID {0}", "PATCH /v1/customers/{customer}/subscriptions/{subscription}"),
        ("Something else", "GET /v1/customers/{customer}"),
    ],
)
def test_a_request_is_guessed_from_the_words(description, operation):
    """The first operation whose words occur, in any letter case; the last fits anything."""
    found = operation_for(description)
    assert f"{found.method} {found.path}" == operation


def test_every_operation_is_the_request_of_some_error():
    """No operation is unused."""
    used = [operation_for(entry.description) for entry in Contract.default().catalogue]
    assert [each for each in OPERATIONS if each not in used] == []


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("Cart {0} of {1}", "Cart ID1 of ID2"),
        ("{0} and {0}", "ID1 and ID1"),
        ("must match the pattern {0}", r"must match the pattern ^(\d{7}|\d{10})$"),
        ("has the status {0}", "has the status suspended"),
        ("only {1} more for {0}", "only 10 more for ID1"),
        (r"matches ^\d{7}$", r"matches ^\d{7}$"),
        ("nothing to fill in", "nothing to fill in"),
    ],
)
def test_a_value_is_guessed_from_the_words_around_it(template, filled):
    """An identifier where no words help."""
    numbers = iter(range(1, 9))
    assert fill_in(template, lambda: f"ID{next(numbers)}") == filled
