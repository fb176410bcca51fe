"""Tests that run once for each documented error, mutant or shape."""

from collections.abc import Callable, Collection
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

import pytest

from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.plugin import MARKERS_OF_CASES, signature
from pytest_pcerrors.plugin._markers import for_api_of
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.stages import rule_set
from pytest_pcerrors.simulation.mutation import Mutant, mutants
from pytest_pcerrors.simulation.mutation.generation import bases
from pytest_pcerrors.simulation.shapes import observed_for, shapes_for
from pytest_pcerrors.simulation.simulations import SimulatedEntry, SimulatedMutant, SimulatedShape
from pytest_pcerrors.simulation.synthesis import receivable, synthesize_entry, unknown_code
from pytest_pcerrors.text import nearest, represented, text_of

OneOrSeveral = int | str | Collection[int | str] | None


def entries(contract: Contract, *, status: OneOrSeveral = None, code: OneOrSeveral = None) -> dict[str, Any]:
    """Return the documented errors by the id of their test; the marker `pc_entries` takes the keywords of this function."""
    return {f"{entry.status_text}-{entry.code}": entry for entry in _selected(contract, status, code)}


def mutated(
    contract: Contract, *, rule: OneOrSeveral = None, status: OneOrSeveral = None, code: OneOrSeveral = None
) -> dict[str, Any]:
    """Return mutants by their text: those of the selected errors, or, without a selection, those of one response for each rule."""
    known = rule_set(contract).rules
    rules = _texts("rule", rule)
    if unknown := next((each for each in rules if each not in known), None):
        raise UsageError(f'there is no rule "{unknown}"; {nearest(unknown, known)}')
    if status is None and code is None:
        made = [_first_mutants(each, contract) for each in known if not rules or each in rules]
    else:
        made = [list(mutants(each, contract=contract)) for each in _selected(contract, status, code)]
    found = {str(each): each for several in made for each in several if not rules or each.rule in rules}
    if not found:
        raise UsageError("no response for these errors breaks this rule alone; leave out the status and the code")
    return found


def _first_mutants(rule: str, contract: Contract) -> list[Mutant]:
    """Return the mutants for a rule of the first response that has some; the first error of each status comes first."""
    several = list(bases(contract))
    firsts = [each for number, each in enumerate(several) if each.status not in {it.status for it in several[:number]}]
    made = (list(mutants(each, rule=rule, contract=contract)) for each in [*firsts, *several])
    return next(filter(None, made), [])


def _selected(contract: Contract, status: OneOrSeveral, code: OneOrSeveral) -> list[Entry]:
    statuses, codes = _texts("status", status), _texts("code", code)
    if unknown := next((each for each in codes if each not in contract.catalogue), None):
        raise unknown_code(unknown, contract)
    found = [
        entry
        for entry in contract.catalogue
        if (not statuses or str(entry.status) in statuses) and (not codes or entry.code in codes)
    ]
    if not found:
        raise UsageError("no documented error has this status and code; see `pcerrors list`")
    return receivable(found) or found


def shapes(contract: Contract, *names: str) -> dict[str, Any]:
    """Return the names of shapes by themselves: of the observed ones, or of those that fit one of the globs `names`."""
    known = shapes_for(contract)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"pc_shapes() takes names of shapes, not {represented(name)}")
        if not any(fnmatchcase(each, name) for each in known):
            raise UsageError(f'there is no shape "{name}"; {nearest(name, known)}')
    if not names:
        return {each: each for each in observed_for(contract)}
    return {each: each for each in known if any(fnmatchcase(each, name) for name in names)}


_CASES: dict[str, Callable[..., dict[str, Any]]] = {"pc_entry": entries, "pc_mutant": mutated, "pc_shape": shapes}
"""The functions that select the cases of a fixture; they take the arguments of its marker."""


def parametrize(metafunc: pytest.Metafunc, policy: Policy) -> None:
    """Run a test that has our fixtures once for each case that its markers select; a wrong marker is an error of the collection."""
    for fixture in _CASES:
        if fixture in metafunc.fixturenames:
            cases = _cases_of(metafunc.definition, fixture, policy)
            metafunc.parametrize(fixture, list(cases.values()), ids=list(cases), indirect=True)


def _cases_of(item: pytest.Item, fixture: str, policy: Policy) -> dict[str, Any]:
    name = MARKERS_OF_CASES[fixture]
    marker = item.get_closest_marker(name)
    if marker is None:
        pytest.fail(f"{item.nodeid}: {fixture} needs the marker @pytest.mark.{signature(name)}", pytrace=False)
    try:
        return _CASES[fixture](for_api_of(item, policy).contract, *marker.args, **marker.kwargs)
    except TypeError:
        reason = f"it is written {signature(name)}"
    except UsageError as error:
        reason = str(error)
    pytest.fail(f"{item.nodeid}: @pytest.mark.{name}: {reason}", pytrace=False)


def case_of(request: pytest.FixtureRequest, contract: Contract) -> Any:
    """Return the case for a fixture of a test."""
    simulator = partial(request.getfixturevalue, "pc_simulate")
    case = request.param
    match request.fixturename:
        case "pc_entry":
            return SimulatedEntry(case, synthesize_entry(case, contract), simulator)
        case "pc_mutant":
            return SimulatedMutant(case, simulator)
    return SimulatedShape(case, shapes_for(contract)[case], simulator)


def _texts(name: str, given: OneOrSeveral) -> frozenset[str]:
    """Return one value or several as texts; anything else is a `UsageError`."""
    if given is None:
        return frozenset()
    several = [given] if isinstance(given, int | str) else given
    if not isinstance(several, Collection) or not all(isinstance(each, int | str) for each in several):
        raise UsageError(f"expected {name} as a number, a text or a list of them, got {represented(given)}")
    return frozenset(map(text_of, several))
