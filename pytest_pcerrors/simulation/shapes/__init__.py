"""Responses with an undocumented shape, by name: observed ones of the real service, and invented ones. All are in ``shapes.json``."""

import json
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.simulation.shapes.shape import Sighting, exchanges_of, shape_of

_DOCUMENT = json.loads(files(__name__).joinpath("shapes.json").read_text("utf-8"))

SIGHTINGS = tuple(
    Sighting(each["name"], "\n".join(each["note"]), tuple(map(shape_of, each["shapes"])))
    for each in _DOCUMENT["observed"]
)
"""The observed shapes by file. Add new ones at the end, because identifiers depend on the shapes before."""

_OBSERVED = [shape for sighting in SIGHTINGS for shape in sighting.shapes]
_MADE_UP = list(map(shape_of, _DOCUMENT["made_up"]))

OBSERVED: Mapping[str, Exchange] = MappingProxyType(dict(exchanges_of(_OBSERVED, "observed")))
"""Responses observed from the real service; the files in cassettes/observed are made from them."""

MADE_UP: Mapping[str, Exchange] = MappingProxyType(dict(exchanges_of(_MADE_UP, "made up")))
"""Responses that a client may receive, although no public sample shows them."""

GENERAL = tuple(shape.name for shape in (*_OBSERVED, *_MADE_UP) if shape.is_general)
"""The names of the shapes that a client of any HTTP service may receive."""

SHAPES: Mapping[str, Exchange] = MappingProxyType({**OBSERVED, **MADE_UP})
"""Undocumented responses by name: observed ones of the real service, and invented ones."""
