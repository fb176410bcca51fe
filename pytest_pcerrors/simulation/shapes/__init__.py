"""Responses beside the documented shape, by name: those that the real service was seen to send, and others made up."""

from collections.abc import Mapping
from types import MappingProxyType

from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.simulation.shapes.made_up import FAULTS
from pytest_pcerrors.simulation.shapes.observed import ERRORS
from pytest_pcerrors.simulation.shapes.shape import exchanges_of
from pytest_pcerrors.simulation.shapes.successes import SUCCESSES

SIGHTINGS = (*ERRORS, *SUCCESSES)
"""What was seen, file by file. A new one stands at the end: the identifiers of each follow from those before it."""

OBSERVED: Mapping[str, Exchange] = MappingProxyType(
    dict(exchanges_of((shape for sighting in SIGHTINGS for shape in sighting.shapes), "observed"))
)
"""What the real service was seen to send; the files in cassettes/observed are made of it."""

MADE_UP: Mapping[str, Exchange] = MappingProxyType(dict(exchanges_of(FAULTS, "made up")))
"""What a client may meet though no public sample shows it."""

SHAPES: Mapping[str, Exchange] = MappingProxyType({**OBSERVED, **MADE_UP})
"""Both."""
