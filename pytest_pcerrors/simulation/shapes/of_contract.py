"""The undocumented shapes that a client of an API may receive."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from http import HTTPStatus
from types import MappingProxyType

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.exchange.http import phrase_of
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.simulation._heads import without_identifiers
from pytest_pcerrors.simulation.shapes import GENERAL, OBSERVED, SHAPES
from pytest_pcerrors.simulation.synthesis import request_of, synthesize_status


@lru_cache(maxsize=32)
def shapes_for(contract: Contract) -> Mapping[str, Exchange]:
    """Return the shapes for a contract by name: all for Partner Center's, and for that of another API those of any HTTP service.

    Where a contract has errors below 400, one of them is a shape, too.

    >>> from dataclasses import replace
    >>> len(shapes_for(Contract.default())) == len(SHAPES)
    True
    >>> other = shapes_for(replace(Contract.default(), name="Fabrikam", hosts=("api.fabrikam.example",)))
    >>> other["html-502"].request, [name for name in other if name.startswith("gateway")]
    (<Request GET https://api.fabrikam.example/shapes/html-502>, [])
    """
    return SHAPES if contract.is_partner_center else MappingProxyType(dict(_of_another_api(contract)))


def observed_for(contract: Contract) -> Mapping[str, Exchange]:
    """Return the shapes that were observed from the service of a contract; for that of another API all, since none is known of it."""
    return OBSERVED if contract.is_partner_center else shapes_for(contract)


def _of_another_api(contract: Contract) -> Iterator[tuple[str, Exchange]]:
    for name in GENERAL:
        shape = without_identifiers(SHAPES[name])
        assert shape.request is not None  # noqa: S101 - each shape has one
        request = request_of(contract, f"/shapes/{name}", shape.request.method)
        yield name, Exchange(shape.status, shape.headers, shape.body, request, phrase_of(shape.status))
    if contract.errors_below_400 is not None and contract.catalogue:
        name = "error-in-success-200"
        made = synthesize_status(HTTPStatus.OK, contract)
        if read(made, contract).is_error:
            request = request_of(contract, f"/shapes/{name}")
            yield name, Exchange(made.status, made.headers, made.body, request, made.reason)
