"""Conforming exchanges made from a contract: a request and its response for any documented error."""

import json
import random
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.jsontext import steps_of
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.simulation._heads import guid, length_and_type, request_to, service_identifiers, with_identifiers
from pytest_pcerrors.simulation._plausible import fill_in, operation_for
from pytest_pcerrors.text import cut, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_pcerrors.contract.catalogue import Entry

_FIRST_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
_SIMPLEST: Mapping[str, Any] = {
    "string": "text",
    "integer": 1,
    "number": 1,
    "boolean": False,
    "array": [],
    "null": None,
}
_DEEPEST = 16
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
    return synthesize_entry(_entry(str(code), status, contract), contract, seed)


def synthesize_entries(entries: "Iterable[Entry]", contract: Contract, seed: int = 0) -> dict[int, list[Exchange]]:
    """Make an exchange for each entry, grouped by status.

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
    """Make the exchange for an entry."""
    rng = random.Random(f"{seed} {entry.status} {entry.code}")  # noqa: S311 - identifiers in a recording are not secrets
    request = _request(entry, contract, rng)
    body = json.dumps(_body(entry, contract, rng), ensure_ascii=False).encode()
    headers = _headers(entry, contract, rng, request, len(body))
    reason = contract.reason(entry.status).partition(" ")[2]
    exchange = Exchange(entry.status, headers, body, request, reason)
    found = Policy(contract).judge(exchange).errors
    if found:
        raise UsageError(f"no conforming response can be made for this contract: {found[0]}")
    return exchange


def required_headers(status: int, contract: Contract) -> dict[str, str]:
    """Return the headers that a conforming response with a status needs, beside the type of its body.

    >>> required_headers(429, Contract.default())
    {'Retry-After': '57'}
    """
    if status == HTTPStatus.UNAUTHORIZED:
        rng = random.Random(status)  # noqa: S311 - identifiers in a response are not secrets
        return {"WWW-Authenticate": with_identifiers(contract.challenge or "Bearer", rng)}
    return {"Retry-After": "57"} if status == HTTPStatus.TOO_MANY_REQUESTS else {}


def _entry(code: str, status: int | None, contract: Contract) -> "Entry":
    if code not in contract.catalogue:
        meant = suggestion(contract.catalogue.nearest(code), contract.catalogue.codes)
        raise UsageError(f"code {cut(code, _LONGEST_CODE)} is not in the catalogue; {meant}")
    fitting = contract.catalogue.select(status=status, code=code)
    if len(fitting) == 1:
        return fitting[0]
    statuses = " and ".join(str(entry.status) for entry in contract.catalogue[code])
    problem = "give a status" if status is None else f"not with {status}"
    raise UsageError(f"code {code} is documented with {statuses}; {problem}")


def _request(entry: "Entry", contract: Contract, rng: random.Random) -> Request:
    operation = operation_for(entry.description)
    host = contract.hosts[0] if contract.hosts else "api.example.com"
    return request_to(host, operation.method, operation.path, operation.body, rng)


def _headers(
    entry: "Entry", contract: Contract, rng: random.Random, request: Request, length: int
) -> list[tuple[str, str]]:
    moment = _FIRST_DAY + timedelta(seconds=rng.randrange(100 * 24 * 3600))
    headers = [
        *length_and_type(length, "application/json; charset=utf-8", moment),
        *service_identifiers(request, rng),
    ]
    if entry.status == HTTPStatus.UNAUTHORIZED and contract.challenge:
        headers.append(("WWW-Authenticate", with_identifiers(contract.challenge, rng)))
    return headers


def _body(entry: "Entry", contract: Contract, rng: random.Random) -> Any:
    """Return the simplest body that the schema permits, with the values of the entry."""
    description = fill_in(entry.description, lambda: guid(rng))
    values = {"code": entry.code, "description": description, "data": [], "source": "PartnerFD"}
    sampler = Sampler(contract.error_schema)
    body = sampler.sample(sampler.schema)
    for member, steps in contract.members.items():
        holder, schema = body, sampler.schema
        for step in steps[:-1]:
            holder, schema = holder.setdefault(step, {}), sampler.member(schema, step)
            if not isinstance(holder, dict):
                raise UsageError(
                    f"no response can be made: {member} is in {step}, which is not an object in the schema"
                )
        holder[steps[-1]] = sampler.fitting(values[member], sampler.member(schema, steps[-1]))
    return _in_order(body, sampler.schema)


def _in_order(body: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members in the order of the schema."""
    return {name: body[name] for name in (*schema.get("properties", ()), *body) if name in body}


class Sampler:
    """Makes the simplest values that a schema permits; references must lead to places in the schema itself.

    >>> sampler = Sampler({"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}})
    >>> sampler.sample(sampler.schema)
    {'code': 'text'}
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema: Mapping[str, Any] = self._followed(schema, schema)

    def sample(self, schema: Mapping[str, Any], depth: int = 0) -> Any:
        """Return the constant of a schema, its first choice, or the simplest value of its type with the required members."""
        if depth > _DEEPEST:
            raise UsageError("no response can be made: the error schema requires an endless nesting of members")
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind != "object":
            return _SIMPLEST[kind]
        return {name: self.sample(self.member(schema, name), depth + 1) for name in schema.get("required", ())}

    def fitting(self, value: Any, schema: Mapping[str, Any]) -> Any:
        """Return a value converted to its schema: digits as a number, one of the choices, or a value of another type."""
        if "const" in schema or ("enum" in schema and value not in schema["enum"]):
            return self.sample(schema)
        types = schema.get("type", ())
        types = [types] if isinstance(types, str) else types
        if isinstance(value, str) and value.isdecimal() and types and "string" not in types:
            return int(value)
        return self.sample(schema) if value == [] and types and "array" not in types else value

    def member(self, schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """Return the schema of a member; if it is missing, true or false, return one that permits anything."""
        return self._followed(schema.get("properties", {}).get(name), self.schema)

    def item(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema of the items of an array; without one, return one that permits anything."""
        return self._followed(schema.get("items"), self.schema)

    def _followed(self, schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
        for _ in range(_DEEPEST):
            reference = schema.get("$ref") if isinstance(schema, Mapping) else None
            if not isinstance(reference, str) or not reference.startswith("#"):
                break
            schema = _at(root, reference)
        return schema if isinstance(schema, Mapping) else {}


def _at(root: Mapping[str, Any], reference: str) -> Any:
    found: Any = root
    for step in steps_of(reference):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found
