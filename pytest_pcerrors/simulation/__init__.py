"""Responses made from a contract."""

from pytest_pcerrors.simulation.synthesis import synthesize

__all__ = ["synthesize"]
