"""Conforming exchanges made from a contract: a request and its response for any documented error."""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import WITHOUT_BODY
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.simulation._plausible import (
    Sender,
    as_json,
    fill_in,
    guid,
    operation_for,
    request_to,
    with_identifiers,
)
from pytest_pcerrors.simulation.sampler import Sampler
from pytest_pcerrors.text import cut, suggestion, text_of

_FIRST_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
_ERRORS = range(400, 600)
_WITH_HEADERS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS)
_LONGEST_CODE = 100


def synthesize(
    code: int | str, *, status: int | None = None, contract: Contract | None = None, seed: int = 0
) -> Exchange:
    """Make a conforming exchange for a documented error: request, headers, and a body with its placeholders filled in.

    The same arguments give the same exchange. A code that is not in the catalogue, or that needs a `status` because it is
    documented with several, is a `UsageError`; so is a contract whose schema is too complex to satisfy.

    >>> exchange = synthesize(800064)
    >>> exchange.status, exchange.request.method
    (409, 'POST')
    """
    contract = contract or Contract.default()
    return synthesize_entry(_entry(text_of(code), status, contract), contract, seed)


def synthesize_entries(entries: Iterable[Entry], contract: Contract, seed: int = 0) -> dict[int, list[Exchange]]:
    """Make an exchange for each entry, grouped by status."""
    by_status = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.rank):
        exchange = synthesize_entry(entry, contract, seed)
        by_status[exchange.status].append(exchange)
    return dict(by_status)


def synthesize_entry(entry: Entry, contract: Contract, seed: int = 0) -> Exchange:
    """Make the exchange for an entry, with its usual status; raise a `UsageError` for an error that no client can receive."""
    if entry.status in WITHOUT_BODY:
        raise UsageError(f"no client can receive code {entry.code}, because a {entry.status} has no body")
    exchange = _made(entry, usual_status(entry, contract), contract, seed)
    found = _policy_of(contract).judge(exchange).errors
    if found:
        raise UsageError(f"no conforming response can be made for this contract: {found[0]}")
    return exchange


def receivable(entries: Iterable[Entry]) -> list[Entry]:
    """Return the errors that a client can receive: those with a status that has a body."""
    return [entry for entry in entries if entry.status not in WITHOUT_BODY]


@lru_cache(maxsize=32)
def _policy_of(contract: Contract) -> Policy:
    return Policy(contract)


def synthesize_status(status: int, contract: Contract) -> Exchange:
    """Make an error of a contract with any status: with a code of that status, or else one of any status, or else any code."""
    entries = contract.catalogue.select(status=status) or sorted(contract.catalogue, key=lambda entry: -entry.rank)
    return _made(entries[0], status, contract, 0)


def _made(entry: Entry, status: int, contract: Contract, seed: int) -> Exchange:
    rng = random.Random(f"{seed} {status} {entry.code}")  # noqa: S311 - identifiers in a recording are not secrets
    request = _request(entry, status, contract, rng)
    body = as_json(_body(entry, status, contract, rng))
    charset = "; charset=utf-8" if contract.is_partner_center else ""
    sender = Sender(contract.media_type or f"application/json{charset}", identifies=contract.is_partner_center)
    return sender.exchange(
        status,
        body,
        rng,
        request=request,
        headers=required_headers(status, contract),
        reason=contract.phrase(status),
        moment=_FIRST_DAY + timedelta(seconds=rng.randrange(100 * 24 * 3600)),
    )


def usual_status(entry: Entry, contract: Contract) -> int:
    """Return the status of an entry. Without one, it is 200 if such bodies are errors below 400, or else a documented error status.

    That is the first one that needs no further headers.
    """
    if entry.status is not None:
        return entry.status
    if contract.errors_below_400 is not None and read(_made(entry, HTTPStatus.OK, contract, 0), contract).is_error:
        return HTTPStatus.OK.value
    plain = sorted({*contract.statuses}.intersection(_ERRORS).difference(_WITH_HEADERS))
    return plain[0] if plain else HTTPStatus.BAD_REQUEST.value


def error_path(status: int, code: str) -> str:
    """Return the path at which a server answers with an error, such as ``/errors/409/800064``."""
    return f"/errors/{status}/{quote(code, safe='')}"


def request_of(contract: Contract, path: str, method: str = "GET") -> Request:
    """Return a request to the API of a contract."""
    return Request(method, f"https://{_host(contract)}{path}", {"Accept": contract.media_type or "application/json"})


def _host(contract: Contract) -> str:
    return contract.hosts[0] if contract.hosts else "api.example.com"


def required_headers(status: int, contract: Contract) -> dict[str, str]:
    """Return the headers that a conforming response with a status needs, beside the type of its body."""
    if status == HTTPStatus.UNAUTHORIZED:
        rng = random.Random(status)  # noqa: S311 - identifiers in a response are not secrets
        return {"WWW-Authenticate": with_identifiers(contract.challenge or "Bearer", rng)}
    return {"Retry-After": "57"} if status == HTTPStatus.TOO_MANY_REQUESTS else {}


def stating(document: Any, status: int) -> Any:
    """Return problem details with another HTTP status in their member `status`, if they have it."""
    has_it = isinstance(document, dict) and type(document.get("status")) is int
    return {**document, "status": status} if has_it else document


def unknown_code(code: str, contract: Contract) -> UsageError:
    """Return the error for a code that is not in the catalogue, with what was probably meant."""
    if code in {str(int(status)) for status in HTTPStatus}:
        return UsageError(f"{code} is an HTTP status, not an error code; did you mean status={code}?")
    meant = suggestion(contract.catalogue.nearest(code), contract.catalogue.codes)
    return UsageError(f"code {cut(code, _LONGEST_CODE)} is not in the catalogue; {meant}")


def _entry(code: str, status: int | None, contract: Contract) -> Entry:
    if code not in contract.catalogue:
        raise unknown_code(code, contract)
    documented = contract.catalogue[code]
    if status is None:
        fitting = tuple(entry for entry in documented if entry.status is None) or documented
    else:
        found = contract.entry_of(status, code)
        fitting = () if found is None else (replace(found, status=status),)
    if len(fitting) == 1:
        return fitting[0]
    statuses = " and ".join(entry.status_text for entry in contract.catalogue[code])
    problem = "; give a status" if status is None else f", not with {text_of(status)}"
    raise UsageError(f"code {code} is documented with {statuses}{problem}")


def _request(entry: Entry, status: int, contract: Contract, rng: random.Random) -> Request:
    if not contract.is_partner_center:  # each error has its own address, as those of a server
        return request_of(contract, error_path(status, entry.code))
    operation = operation_for(entry.description)
    return request_to(_host(contract), operation.method, operation.path, operation.body, rng)


def _body(entry: Entry, status: int, contract: Contract, rng: random.Random) -> dict[str, Any]:
    """Return the simplest body that the schema permits, with the values of the entry."""
    description = fill_in(entry.description, lambda: guid(rng))
    source = "PartnerFD" if contract.is_partner_center else "service"
    values = {"code": entry.code, "description": description, "data": [], "source": source}
    sampler = Sampler(contract.error_schema)
    body = sampler.sample(sampler.schema)
    for member, value in values.items():
        if member in contract.members:
            body = sampler.with_value(body, contract.members[member], value)
    if contract.is_of_problems:
        body = stating(body, status)
    return {name: body[name] for name in (*sampler.schema.get("properties", ()), *body) if name in body}
