"""The cases of a client: every documented error, every error of another shape, and the successes that are no failures."""

from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import NamedTuple

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.simulation.answers.successes import ok
from pytest_pcerrors.simulation.shapes import SHAPES
from pytest_pcerrors.simulation.shapes.of_contract import shapes_for
from pytest_pcerrors.simulation.synthesis import synthesize_entry
from pytest_pcerrors.text import cut, nearest

_MARK = b"\xef\xbb\xbf"
_MARKED = "byte-order-mark-200"
"""The shape that is a success."""
_LONGEST_GLOB = 100


class Case(NamedTuple):
    """A response that a client gets: its name, the row of the matrix that counts it, and whether it is an error.

    `unmarked` is the name of the same success without a byte order mark, if this one has it.
    """

    name: str
    row: str
    exchange: Exchange
    is_error: bool = True
    unmarked: str = ""


def errors(contract: Contract, method: str) -> Iterator[Case]:
    """Yield the errors for a client that sends requests with a method: by status, then by shape.

    A response to HEAD has no body, so errors that only a body shows are left out for it; for other methods, those observed with HEAD are.

    >>> from pytest_pcerrors import Contract
    >>> cases = list(errors(Contract.default(), "GET"))
    >>> cases[0].name, cases[0].row, cases[-1].name
    ('400-2001', '400 documented', 'error-envelope-403')
    """
    is_head = method == "HEAD"
    for entry in sorted(contract.catalogue, key=lambda entry: entry.rank):
        exchange = synthesize_entry(entry, contract)
        if exchange.status >= HTTPStatus.BAD_REQUEST or not is_head:
            yield Case(f"{entry.status_text}-{entry.code}", f"{entry.status_text} documented", exchange)
    for name, exchange in shapes_for(contract).items():
        is_hidden = exchange.status < HTTPStatus.BAD_REQUEST
        is_of_head = exchange.request is not None and exchange.request.method == "HEAD"
        if name != _MARKED and not (is_hidden if is_head else is_of_head):
            yield Case(name, name, exchange)


def left_over(cases: Iterable[Case], without: Collection[str]) -> list[Case]:
    """Return the cases without those whose name or row fits a glob; a glob that fits none is a `UsageError`.

    >>> from pytest_pcerrors import Contract
    >>> [case.name for case in left_over(errors(Contract.default(), "GET"), ["[345]*", "*-[345]*", "error-in-success-*"])]
    ['html-200']
    """
    left = list(cases)
    if not isinstance(without, Collection):
        raise UsageError(f'without: expected names of cases such as "html-502" or "404 documented", got {without!r}')
    for glob in [without] if isinstance(without, str) else without:
        if not isinstance(glob, str):
            raise UsageError(f'without: expected names of cases such as "html-502" or "404 documented", got {glob!r}')
        fitting = [each for each in left if fnmatchcase(each.name, glob) or fnmatchcase(each.row, glob)]
        if not fitting:
            known = {name for each in left for name in (each.name, each.row)}
            raise UsageError(f'without: there is no case "{cut(glob, _LONGEST_GLOB)}"; {nearest(glob, known)}')
        left = [each for each in left if each not in fitting]
    if not left:
        raise UsageError("without: these names leave no error to check")
    return left


def successes(contract: Contract, given: object = None) -> Iterator[Case]:
    """Yield the successes of a client; `given` is any response that the client expects.

    Those of Partner Center are without and, if the body is JSON, with a byte order mark, which no other API sends.

    >>> from pytest_pcerrors import Contract
    >>> [case.name for case in successes(Contract.default())]
    ['resource-200', 'resource-200 with byte order mark', 'collection-200', 'collection-200 with byte order mark']
    """
    for word, exchange in _expected(contract, given).items():
        name, bare = f"{word}-{exchange.status}", exchange.body.removeprefix(_MARK)
        yield Case(name, name, _with_body(exchange, bare), is_error=False)
        if contract.is_partner_center and bare.lstrip()[:1] in (b"{", b"["):
            marked = f"{name} with byte order mark"
            yield Case(marked, marked, _with_body(exchange, _MARK + bare), is_error=False, unmarked=name)


def _expected(contract: Contract, given: object) -> dict[str, Exchange]:
    """Return the successes by the first word of their name."""
    if given is not None:
        exchange = Exchange.of(given)
        if exchange.status not in SUCCESSES:
            raise UsageError(f"success: expected a response with a status from 200 to 299, got {exchange.status}")
        return {"success": exchange}
    if not contract.is_partner_center:
        return {"resource": ok({"id": "7"}), "collection": ok({"items": []})}
    links = {"self": {"uri": "/customers?size=1", "method": "GET", "headers": []}}
    collection = {"totalCount": 0, "items": [], "links": links, "attributes": {"objectType": "Collection"}}
    return {"resource": SHAPES[_MARKED], "collection": ok(collection)}


def _with_body(exchange: Exchange, body: bytes) -> Exchange:
    return Exchange(exchange.status, exchange.headers, body, exchange.request, exchange.reason)
