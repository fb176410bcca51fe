"""Conforming responses changed so that each breaks exactly one rule: a mutator for every rule proposes, the rules decide."""

from pytest_pcerrors.simulation.mutation._base import Mutant
from pytest_pcerrors.simulation.mutation.generation import mutants

__all__ = ["Mutant", "mutants"]
