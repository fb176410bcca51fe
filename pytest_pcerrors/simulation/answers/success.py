"""Successful responses with a body of the test."""

import json as json_module
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.exchange.model import Exchange

_MARK = "\ufeff"


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
        raise UsageError(f"{status!r} is not the status of a success; expected one from 200 to 299")
    text = json_module.dumps(json, ensure_ascii=False)
    body = f"{_MARK if byte_order_mark else ''}{text}".encode("utf-8", "surrogatepass")
    return Exchange(status, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, body)
