"""Conforming responses changed so that each breaks exactly one rule: a mutator for every rule proposes, the rules decide."""

from pytest_pcerrors.simulation.mutation.generation import mutants
from pytest_pcerrors.simulation.mutation.mutant import Mutant

__all__ = ["Mutant", "mutants"]
