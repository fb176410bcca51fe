"""Strategies for conforming error bodies and responses."""

import json
from http import HTTPStatus

from hypothesis import strategies as st

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.simulation.synthesis import required_headers, stating, usual_status
from pytest_pcerrors.strategies._documents import documents_of
from pytest_pcerrors.strategies._spelling import headers, letters, spellings
from pytest_pcerrors.text import suggestion

Pairing = tuple[int, str]


def error_bodies(contract: Contract | None = None) -> st.SearchStrategy[bytes]:
    """Return a strategy for the bodies of conforming error responses, as bytes.

    >>> from hypothesis import given
    >>> @given(error_bodies())
    ... def test_a_body_is_an_object(body):
    ...     assert body.strip().startswith(b"{")
    >>> test_a_body_is_an_object()
    """
    return error_responses(contract=contract).map(lambda exchange: exchange.body)


def error_responses(
    status: int | None = None, code: int | str | None = None, contract: Contract | None = None
) -> st.SearchStrategy[Exchange]:
    """Return a strategy for conforming error responses: every documented error, and everything that the contract permits.

    Descriptions have any length and any characters; there may be data and further members; members, headers, white space and
    escapes are spelled in any way. A documented status without codes, such as 429, has any code. `status` and `code` select
    errors; undocumented ones are a `UsageError`.

    >>> from hypothesis import given
    >>> from pytest_pcerrors import check
    >>> @given(error_responses(code=800064))
    ... def test_a_conflict_conforms(exchange):
    ...     assert exchange.status == 409 and check(exchange) == []
    >>> test_a_conflict_conforms()
    """
    contract = contract or Contract.default()
    return responses(_pairings(status, None if code is None else str(code), contract), contract)


def _pairings(status: int | None, code: str | None, contract: Contract) -> st.SearchStrategy[Pairing]:
    documented = [
        (usual_status(entry, contract) if status is None else status, entry.code)
        for entry in contract.catalogue.select(code=code)
        if status is None or contract.entry_of(status, entry.code) is not None
    ]
    free = [
        each
        for each in contract.statuses
        if code is None
        and each not in contract.paired_statuses
        and status in (None, each)
        and each >= HTTPStatus.BAD_REQUEST
    ]
    if not documented and not free:
        raise UsageError(f"the contract has no error with {_wanted(status, code, contract)}")
    ways: list[st.SearchStrategy[Pairing]] = []
    if documented:
        ways.append(st.sampled_from(documented))
    if free:
        codes = st.sampled_from(contract.catalogue.codes or ("7",)) | st.text(letters, min_size=1, max_size=12)
        ways.append(st.tuples(st.sampled_from(free), codes))
    return st.one_of(ways)


def _wanted(status: int | None, code: str | None, contract: Contract) -> str:
    if code is not None and code not in contract.catalogue:
        return f"code {code}; {suggestion(contract.catalogue.nearest(code), contract.catalogue.codes)}"
    if code is None:
        return f"status {status}; {suggestion(None, map(str, contract.statuses))}"
    return f"code {code} and status {status}; it has {', '.join(each.status_text for each in contract.catalogue[code])}"


@st.composite
def responses(
    draw: st.DrawFn, pairings: st.SearchStrategy[Pairing], contract: Contract, *, is_plain: bool = False
) -> Exchange:
    """Return a conforming response for a status and a code; `is_plain` is explained at `Documents`."""
    status, code = draw(pairings)
    entry = contract.entry_of(status, code)
    entries = contract.catalogue.select(code=code) if entry is None else (entry,)
    documents = documents_of(contract, is_plain=is_plain).of(code, entries)
    if contract.is_of_problems:
        documents = documents.map(lambda document: stating(document, status))
    if status < HTTPStatus.BAD_REQUEST:
        documents = documents.filter(
            lambda document: read(Exchange(status, None, json.dumps(document).encode()), contract).is_error
        )
    required = required_headers(status, contract)
    may_wait = required.pop("Retry-After", None) is not None
    return Exchange(
        status,
        draw(headers(required, may_wait=may_wait, contract=contract, media_type=contract.media_type)),
        draw(spellings(documents)),
    )
