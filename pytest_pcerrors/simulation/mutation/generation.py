"""Mutants of conforming responses: mutators propose, and a proposal that breaks exactly its rule is a mutant."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain

from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.jsontext import is_deeper
from pytest_pcerrors.policy.check import unknown_body
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.schema_rules import SchemaRule
from pytest_pcerrors.rules.stages import rule_set
from pytest_pcerrors.simulation.mutation import _head_and_body, _members
from pytest_pcerrors.simulation.mutation._base import Base, Mutant, Mutator, completed
from pytest_pcerrors.simulation.mutation._schema import with_wrong_values
from pytest_pcerrors.simulation.synthesis import receivable, synthesize_entry
from pytest_pcerrors.text import nearest

_TOO_MANY_REQUESTS = 429
_DEEPEST = 500
"""The most levels of a body that can be copied into another value and written."""

MUTATORS: Mapping[str, Mutator] = {
    name.replace("_", "-"): each
    for module in (_head_and_body, _members)
    for name, each in vars(module).items()
    if getattr(each, "__module__", "") == module.__name__ and not name.startswith("_")
}
"""The mutator of every rule: the public function with its name. Rules of the error schema need none."""


def mutants(response: object = None, *, rule: str | None = None, contract: Contract | None = None) -> Iterator[Mutant]:
    """Yield copies of a conforming response that break exactly one rule each: several for every rule that can apply to it.

    `response` is an `Entry`, whose response is made first, or anything that `check` accepts, for example a success. Without it,
    the bases are a response for each entry, a 429 and a success, so that every rule has mutants. `rule` selects one rule.

    Only `challenge-missing`, `challenge-other` and `body-empty-unauthorized` need a 401, `retry-after` a 429 or 503, and
    `error-in-success` a 2xx. `status-undocumented` and `pairing` change the status. No other rule finds anything in a mutant, even
    if its severity is `off`; except that a rule which is `off` in the profile `documented` and which the response itself breaks is
    ignored. A response that does not conform, or an unknown rule, is a `UsageError`.

    >>> [busy] = Contract.default().catalogue["800064"]
    >>> [str(mutant) for mutant in mutants(busy, rule="description-missing")]
    ['409-800064-description-missing']
    >>> len({mutant.rule for mutant in mutants(busy)})
    29
    """
    contract = contract or Contract.default()
    known = rule_set(contract).rules
    if rule is not None and rule not in known:
        raise UsageError(f'there is no rule "{rule}"; {nearest(rule, known)}')
    given = bases(contract) if response is None else iter([response])
    return chain.from_iterable(_mutants(base_of(each, contract), rule) for each in given)


def bases(contract: Contract) -> Iterator[Entry | Exchange]:
    """Yield what `mutants` changes if no response is given: the errors, a 429, and a success."""
    entries = receivable(contract.catalogue)
    yield from entries
    if entries and _TOO_MANY_REQUESTS in contract.statuses.keys() - contract.paired_statuses:
        made = synthesize_entry(entries[0], contract)
        yield base_of(made, contract).with_status(_TOO_MANY_REQUESTS)
    items = b'{"totalCount": 0, "items": []}' if contract.is_partner_center else b'{"items": []}'
    yield Exchange(200, {"Content-Type": "application/json"}, items, reason="OK")


def proposals(base: Base, rule: str | None = None, variant: str | None = None) -> Iterator[tuple[Mutant, bool]]:
    """Yield what the mutators make of a base, and whether it breaks its rule and no other; of one rule and variant, if given."""
    judge = _judge_of(base.contract, base.broken)
    for name, each in rule_set(base.contract).rules.items():
        if rule in (None, name):
            check = each.check
            variants = with_wrong_values(check, base) if isinstance(check, SchemaRule) else MUTATORS[name](base)
            for word, exchange in variants:
                if variant in (None, word):
                    found = [violation.rule for violation in judge.judge(exchange).violations]
                    yield Mutant(name, word, exchange, base.exchange, base.entry), found == [name]


def _mutants(base: Base, rule: str | None) -> Iterator[Mutant]:
    yielded = set()
    for mutant, is_one in proposals(base, rule):
        way = (mutant.rule, mutant.variant)
        if is_one and way not in yielded:
            yielded.add(way)
            yield mutant


def base_of(response: object, contract: Contract) -> Base:
    """Return a response as the base of mutants; raise a `UsageError` if it breaks the contract or its body is unknown."""
    exchange = synthesize_entry(response, contract) if isinstance(response, Entry) else Exchange.of(response)
    exchange = completed(exchange, contract)
    verdict, rules = _judge_of(contract, frozenset()).judge(exchange), rule_set(contract).rules
    problems = [each for each in verdict.violations if rules[each.rule].severities["documented"] != "off"]
    problems += unknown_body(verdict)
    if problems:
        raise UsageError(f"only a conforming response can be changed to break one rule, and this one has {problems[0]}")
    if is_deeper(verdict.parsed.document, _DEEPEST):
        raise UsageError("the body of this response is nested too deeply to be changed")
    return Base(exchange, contract, verdict.parsed, frozenset(each.rule for each in verdict.violations))


@lru_cache(maxsize=32)
def _judge_of(contract: Contract, ignored: frozenset[str]) -> Policy:
    """Return a policy under which every rule is an error, except the ignored ones."""
    return Policy(
        contract, overrides={name: "off" if name in ignored else "error" for name in rule_set(contract).rules}
    )
