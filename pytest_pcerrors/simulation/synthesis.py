"""Conforming exchanges made from a contract: for any documented error a request and the full response to it."""

import json
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.simulation.heads import guid, length_and_type, request_to, service_identifiers, with_identifiers
from pytest_pcerrors.simulation.plausible import fill_in, operation_for
from pytest_pcerrors.simulation.samples import Sampler
from pytest_pcerrors.text import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_pcerrors.contract.catalogue import Entry

_FIRST_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
_UNAUTHORIZED = 401


def synthesize(
    code: int | str, *, status: int | None = None, contract: Contract | None = None, seed: int = 0
) -> Exchange:
    """Make a conforming exchange for a documented error: request, headers, and a body with its placeholders filled in.

    The same arguments give the same exchange. A code that is not in the catalogue, or that is documented with several
    statuses while none is given, is a `UsageError`; so is a contract whose schema asks for more than can be made up.

    >>> exchange = synthesize(800064)
    >>> exchange.status, exchange.request.method
    (409, 'POST')
    """
    contract = contract or Contract.default()
    return synthesize_entry(_entry(str(code), status, contract), contract, seed)


def synthesize_entries(entries: "Iterable[Entry]", contract: Contract, seed: int = 0) -> dict[int, list[Exchange]]:
    """Make an exchange for each of these entries, by status.

    >>> contract = Contract.default()
    >>> made = synthesize_entries(contract.catalogue, contract)
    >>> {status: len(exchanges) for status, exchanges in made.items() if status > 404}
    {409: 10, 417: 1, 500: 9, 501: 1}
    """
    by_status = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.status):
        by_status[entry.status].append(synthesize_entry(entry, contract, seed))
    return dict(by_status)


def synthesize_entry(entry: "Entry", contract: Contract, seed: int = 0) -> Exchange:
    """Make the exchange for one entry."""
    chance = random.Random(f"{seed} {entry.status} {entry.code}")  # noqa: S311 - identifiers in a recording are no secrets
    request = _request(entry, contract, chance)
    body = json.dumps(_body(entry, contract, chance), ensure_ascii=False).encode()
    headers = _headers(entry, contract, chance, request, len(body))
    reason = contract.reason(entry.status).partition(" ")[2]
    exchange = Exchange(entry.status, headers, body, request, reason)
    found = Policy(contract).judge(exchange).errors
    if found:
        raise UsageError(f"no conforming response can be made up for this contract: {found[0]}")
    return exchange


def _entry(code: str, status: int | None, contract: Contract) -> "Entry":
    if code not in contract.catalogue:
        raise UsageError(f"code {code} is not in the catalogue; {nearest(code, contract.catalogue.codes)}")
    fitting = contract.catalogue.select(status=status, code=code)
    if len(fitting) == 1:
        return fitting[0]
    statuses = " and ".join(str(entry.status) for entry in contract.catalogue[code])
    problem = "say which status" if status is None else f"not with {status}"
    raise UsageError(f"code {code} is documented with {statuses}; {problem}")


def _request(entry: "Entry", contract: Contract, chance: random.Random) -> Request:
    operation = operation_for(entry.description)
    host = contract.hosts[0] if contract.hosts else "api.example.com"
    return request_to(host, operation.method, operation.path, operation.body, chance)


def _headers(
    entry: "Entry", contract: Contract, chance: random.Random, request: Request, length: int
) -> list[tuple[str, str]]:
    moment = _FIRST_DAY + timedelta(seconds=chance.randrange(100 * 24 * 3600))
    headers = [
        *length_and_type(length, "application/json; charset=utf-8", moment),
        *service_identifiers(request, chance),
    ]
    if entry.status == _UNAUTHORIZED and contract.challenge:
        headers.append(("WWW-Authenticate", with_identifiers(contract.challenge, chance)))
    return headers


def _body(entry: "Entry", contract: Contract, chance: random.Random) -> Any:
    """Make up the plainest body that the schema permits, and put in it what the entry says."""
    description = fill_in(entry.description, lambda: guid(chance))
    values = {"code": entry.code, "description": description, "data": [], "source": "PartnerFD"}
    sampler = Sampler(contract.error_schema)
    body = sampler.sample(sampler.schema)
    for member, steps in contract.members.items():
        holder, schema = body, sampler.schema
        for step in steps[:-1]:
            holder, schema = holder.setdefault(step, {}), sampler.member(schema, step)
            if not isinstance(holder, dict):
                raise UsageError(
                    f"no response can be made up: {member} lies in {step}, which the schema has as no object"
                )
        holder[steps[-1]] = sampler.fitting(values[member], sampler.member(schema, steps[-1]))
    return _in_order(body, sampler.schema)


def _in_order(body: "Mapping[str, Any]", schema: "Mapping[str, Any]") -> dict[str, Any]:
    """Return the members in the order in which the schema names them."""
    return {name: body[name] for name in (*schema.get("properties", ()), *body) if name in body}
