"""Responses with an undocumented shape, by name: observed ones of the real service, and invented ones."""

from collections.abc import Mapping
from types import MappingProxyType

from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.simulation.shapes._made_up import FAULTS
from pytest_pcerrors.simulation.shapes._observed import ERRORS
from pytest_pcerrors.simulation.shapes._successes import SUCCESSES
from pytest_pcerrors.simulation.shapes.shape import exchanges_of

SIGHTINGS = (*ERRORS, *SUCCESSES)
"""The observed shapes by file. Add new ones at the end, because identifiers depend on the shapes before."""

OBSERVED: Mapping[str, Exchange] = MappingProxyType(
    dict(exchanges_of((shape for sighting in SIGHTINGS for shape in sighting.shapes), "observed"))
)
"""Responses observed from the real service; the files in cassettes/observed are made from them."""

MADE_UP: Mapping[str, Exchange] = MappingProxyType(dict(exchanges_of(FAULTS, "made up")))
"""Responses that a client may receive, although no public sample shows them."""

GENERAL = tuple(
    shape.name for shapes in (*(each.shapes for each in ERRORS), FAULTS) for shape in shapes if shape.is_general
)
"""The names of the shapes that a client of any HTTP service may receive."""

SHAPES: Mapping[str, Exchange] = MappingProxyType({**OBSERVED, **MADE_UP})
"""Undocumented responses by name: observed ones of the real service, and invented ones."""
