"""Strategies for error bodies and responses: conforming ones, and those that break exactly one rule."""

import json
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from hypothesis import strategies as st

from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.rules.stages import rule_set
from pytest_pcerrors.simulation.mutation import Mutant, mutants
from pytest_pcerrors.simulation.mutation.generation import base_of, bases, proposals
from pytest_pcerrors.simulation.synthesis import receivable, required_headers, stating, unknown_code, usual_status
from pytest_pcerrors.strategies._documents import documents_of, headers, letters, spellings
from pytest_pcerrors.text import suggestion, text_of

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
    return responses(_pairings(status, None if code is None else text_of(code), contract), contract)


def _pairings(status: int | None, code: str | None, contract: Contract) -> st.SearchStrategy[Pairing]:
    if code is not None and code not in contract.catalogue:
        raise unknown_code(code, contract)
    entries = list(contract.catalogue.select(code=code))
    if status is not None:
        entries = [replace(each, status=status) for each in entries if contract.entry_of(status, each.code)]
    documented = [(usual_status(entry, contract), entry.code) for entry in receivable(entries) or entries]
    is_bound = code is not None or contract.has_codes_of_any_status  # then no status has any code
    unpaired = () if is_bound else contract.statuses.keys() - contract.paired_statuses
    free = sorted(each for each in unpaired if each >= HTTPStatus.BAD_REQUEST and status in (None, each))
    if not documented and not free:
        known = contract.statuses if code is None else [each.status_text for each in contract.catalogue[code]]
        wanted = f"status {text_of(status)}{'' if code is None else f' and code {code}'}"
        raise UsageError(f"the contract has no error with {wanted}; {suggestion(None, map(str, known))}")
    codes = st.sampled_from(contract.catalogue.codes or ("7",)) | st.text(letters, min_size=1, max_size=12)
    with_any_code = st.tuples(st.sampled_from(free), codes) if free else st.nothing()
    return st.sampled_from(documented) | with_any_code if documented else with_any_code


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
    made = headers(required_headers(status, contract), contract, contract.media_type)
    return Exchange(status, draw(made), draw(spellings(documents)))


def broken_responses(rule: str | None = None, contract: Contract | None = None) -> st.SearchStrategy[Mutant]:
    """Return a strategy for responses that break exactly one rule: `rule`, or any.

    Each example is a `Mutant`: `exchange` is the response, `rule` the name of the rule that it breaks. A rule that no response can
    break alone is a `UsageError`.

    >>> from hypothesis import given
    >>> from pytest_pcerrors import check
    >>> @given(broken_responses("code-number"))
    ... def test_a_number_is_found(mutant):
    ...     assert [violation.rule for violation in check(mutant.exchange)] == ["code-number"]
    >>> test_a_number_is_found()
    """
    contract = contract or Contract.default()
    if rule is not None:
        return _breaking(rule, contract)
    names = [name for name in rule_set(contract).rules if _ways_to_break(name, contract)[1]]
    return st.sampled_from(names).flatmap(lambda name: _breaking(name, contract))


def _breaking(rule: str, contract: Contract) -> st.SearchStrategy[Mutant]:
    alike, variants = _ways_to_break(rule, contract)
    if not variants:
        raise UsageError(
            f"no conforming response of this contract can be changed so that it breaks {rule} and nothing else"
        )
    is_plain = rule_set(contract).rules[rule].severities["documented"] == "off"  # others permit what it reports
    conforming = st.sampled_from(alike).flatmap(lambda each: _conforming(each, contract, is_plain=is_plain))
    made = st.builds(
        lambda exchange, variant: _mutant(exchange, rule, variant, contract), conforming, st.sampled_from(variants)
    )
    return made.filter(lambda mutant: mutant is not None)


def _mutant(exchange: Exchange, rule: str, variant: str, contract: Contract) -> Any:
    """Return the mutant of one variant; None if this response has none."""
    found = proposals(base_of(exchange, contract), rule, variant)
    return next((mutant for mutant, is_one in found if is_one), None)


@lru_cache(maxsize=256)
def _ways_to_break(rule: str, contract: Contract) -> tuple[tuple[Entry | Exchange, ...], tuple[str, ...]]:
    """Return the bases from which a rule has mutants, and the variants of these. Entries of one status, all with or all without placeholders, are alike: one of them is tried."""
    alike: dict[object, list[Entry | Exchange]] = {}
    for each in bases(contract):
        kind = (each.status, bool(each.placeholders)) if isinstance(each, Entry) else each
        alike.setdefault(kind, []).append(each)
    found = [(group, list(mutants(group[0], rule=rule, contract=contract))) for group in alike.values()]
    variants = dict.fromkeys(mutant.variant for _, made in found for mutant in made)
    return tuple(each for group, made in found if made for each in group), tuple(variants)


def _conforming(base: Entry | Exchange, contract: Contract, *, is_plain: bool) -> st.SearchStrategy[Exchange]:
    """Return a strategy for the conforming responses that resemble a base."""
    if isinstance(base, Entry):
        return responses(st.just((usual_status(base, contract), base.code)), contract, is_plain=is_plain)
    if base.status >= HTTPStatus.BAD_REQUEST:
        codes = st.sampled_from(contract.catalogue.codes)
        return responses(st.tuples(st.just(base.status), codes), contract, is_plain=is_plain)
    return _successes(contract)


@st.composite
def _successes(draw: st.DrawFn, contract: Contract) -> Exchange:
    items = st.fixed_dictionaries({}, optional={"id": st.text(letters, max_size=8), "quantity": st.integers()})
    total = {"totalCount": st.integers()} if contract.is_partner_center else {}
    documents = st.fixed_dictionaries({}, optional={**total, "items": st.lists(items, max_size=3)})
    return Exchange(draw(st.sampled_from([200, 201])), draw(headers({}, contract)), draw(spellings(documents)))
