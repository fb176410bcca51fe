"""The strategy for responses that break exactly one rule."""

from functools import lru_cache
from typing import Any, NamedTuple

from hypothesis import strategies as st

from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.rules.stages import rule_set
from pytest_pcerrors.simulation.mutation import Mutant, mutants
from pytest_pcerrors.simulation.mutation.generation import base_of, bases, proposals
from pytest_pcerrors.simulation.synthesis import usual_status
from pytest_pcerrors.strategies._responses import responses
from pytest_pcerrors.strategies._spelling import headers, letters, spellings

_FIRST_ERROR = 400


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
    names = [name for name in rule_set(contract).rules if _ways_to_break(name, contract).variants]
    return st.sampled_from(names).flatmap(lambda name: _breaking(name, contract))


class _Ways(NamedTuple):
    """The responses from which a rule has mutants, and the variants of these."""

    bases: "tuple[Entry | Exchange, ...]"
    variants: tuple[str, ...]


def _breaking(rule: str, contract: Contract) -> st.SearchStrategy[Mutant]:
    ways = _ways_to_break(rule, contract)
    if not ways.variants:
        raise UsageError(
            f"no conforming response of this contract can be changed so that it breaks {rule} and nothing else"
        )
    is_plain = (
        rule_set(contract).rules[rule].severities["documented"] == "off"
    )  # the others permit what these rules report
    conforming = st.sampled_from(ways.bases).flatmap(lambda each: _conforming(each, contract, is_plain=is_plain))
    made = st.builds(
        lambda exchange, variant: _mutant(exchange, rule, variant, contract), conforming, st.sampled_from(ways.variants)
    )
    return made.filter(lambda mutant: mutant is not None)


def _mutant(exchange: Exchange, rule: str, variant: str, contract: Contract) -> Any:
    """Return the mutant of one variant; None if this response has none."""
    found = proposals(base_of(exchange, contract), rule, variant)
    return next((mutant for mutant, is_one in found if is_one), None)


@lru_cache(maxsize=256)
def _ways_to_break(rule: str, contract: Contract) -> _Ways:
    """Return how to break a rule. Entries of one status, all with or all without placeholders, are alike: one of them is tried."""
    alike: dict[object, list[Entry | Exchange]] = {}
    for each in bases(contract):
        kind = (each.status, bool(each.placeholders)) if isinstance(each, Entry) else each
        alike.setdefault(kind, []).append(each)
    found = [(group, list(mutants(group[0], rule=rule, contract=contract))) for group in alike.values()]
    variants = dict.fromkeys(mutant.variant for _, made in found for mutant in made)
    return _Ways(tuple(each for group, made in found if made for each in group), tuple(variants))


def _conforming(base: Entry | Exchange, contract: Contract, *, is_plain: bool) -> st.SearchStrategy[Exchange]:
    """Return a strategy for the conforming responses that resemble a base."""
    if isinstance(base, Entry):
        return responses(st.just((usual_status(base, contract), base.code)), contract, is_plain=is_plain)
    if base.status >= _FIRST_ERROR:
        codes = st.sampled_from(contract.catalogue.codes)
        return responses(st.tuples(st.just(base.status), codes), contract, is_plain=is_plain)
    return _successes(contract)


@st.composite
def _successes(draw: st.DrawFn, contract: Contract) -> Exchange:
    items = st.fixed_dictionaries({}, optional={"id": st.text(letters, max_size=8), "quantity": st.integers()})
    total = {"totalCount": st.integers()} if contract.is_partner_center else {}
    documents = st.fixed_dictionaries({}, optional={**total, "items": st.lists(items, max_size=3)})
    made = headers({}, may_wait=False, contract=contract)
    return Exchange(draw(st.sampled_from([200, 201])), draw(made), draw(spellings(documents)))
