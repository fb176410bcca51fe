"""Successes as the service sends them: collections and resources by path, the same for the same path, and those with a body of the test."""

import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from random import Random
from typing import Any
from urllib.parse import unquote, urlsplit

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.adapters.parts import json_bytes
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.simulation._plausible import as_json, guid
from pytest_pcerrors.simulation.shapes import GATEWAY, SERVICE
from pytest_pcerrors.text import represented

_VERSION = re.compile(r"/v\d+(?=/[^/])")
_READING = ("GET", "HEAD")
_ITEMS = 2


def success(status: int, contract: Contract) -> Exchange:
    """Return a success with a little JSON."""
    return (SERVICE if contract.is_partner_center else GATEWAY).json(status, {"ok": True})


def success_by_path(status: int, request: Request, contract: Contract, *, byte_order_mark: bool) -> Exchange:
    """Return a success for the path of a request: a collection or a resource; a little JSON outside of ``/v1/``, and for other APIs.

    Names and identifiers alternate in a path. If it ends with a name, GET is answered with a collection of two resources, and any other
    method with a new resource.
    """
    path = urlsplit(request.url).path.rstrip("/")
    version = _VERSION.match(path)
    if version is None or not contract.is_partner_center:
        return success(status, contract)
    uri = path[version.end() :]
    steps = uri[1:].split("/")
    if len(steps) % 2 == 0:
        value = _resource(uri, _singular(steps[-2]))
    elif request.method in _READING:
        value = _collection(uri, _singular(steps[-1]))
    else:
        value = _resource(f"{uri}/{guid(_random(f'new {uri}'))}", _singular(steps[-1]))
    return SERVICE.exchange(status, (BOM_UTF8 if byte_order_mark else b"") + as_json(value), _random(uri))


def ok(
    json: Any = None,
    *,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    byte_order_mark: bool = False,
) -> Exchange:
    r"""Return a success with a JSON body, for a sequence; with `byte_order_mark`, the body begins with one, as the service sends it.

    >>> ok({"items": []}).body, ok({"items": []}, byte_order_mark=True).body[:3]
    (b'{"items": []}', b'\xef\xbb\xbf')
    """
    if status not in SUCCESSES:
        raise UsageError(f"{represented(status)} is not the status of a success; expected one from 200 to 299")
    all_headers = {"Content-Type": SERVICE.media_type, **(headers or {})}
    return Exchange(status, all_headers, (BOM_UTF8 if byte_order_mark else b"") + json_bytes(json, ensure_ascii=False))


def _collection(uri: str, kind: str) -> dict[str, object]:
    rng = _random(f"items {uri}")
    items = [_resource(f"{uri}/{guid(rng)}", kind) for _ in range(_ITEMS)]
    return {"totalCount": len(items), "items": items, **_links(uri), "attributes": {"objectType": "Collection"}}


def _resource(uri: str, kind: str) -> dict[str, object]:
    etag = sha256(uri.encode("utf-8", "replace")).hexdigest()[:16]
    identifier = unquote(uri.rpartition("/")[2])
    return {"id": identifier, **_links(uri), "attributes": {"etag": etag, "objectType": kind}}


def _links(uri: str) -> dict[str, object]:
    return {"links": {"self": {"uri": uri, "method": "GET", "headers": []}}}


def _singular(name: str) -> str:
    """Return the type of the resources in a collection: Activity for activities."""
    word = re.sub("ies$", "y", name) if name.endswith("ies") else name.removesuffix("s")
    return word[:1].upper() + word[1:]


def _random(seed: str) -> Random:
    return Random(seed.encode("utf-8", "replace"))  # noqa: S311 - identifiers in a response are not secrets
