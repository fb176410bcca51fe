"""Realistic recordings of clients of Partner Center, in the layouts in which tools write them.

A recording has lists of orders, single orders and errors, with the headers of the service. Each layout is a function from exchanges to the
text of a file; `write` makes files of one layout.
"""

import gzip
import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from vcr.serializers import jsonserializer, yamlserializer

from pytest_pcerrors import Contract, Entry, Exchange, Request
from pytest_pcerrors.interception.cassette_files import cassette_text

_URL = "https://api.partnercenter.microsoft.com/v1/customers/{:08x}-70f4-4e1e-9ff1-b2bfce8d9f04/orders"
_ASKED = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "Authorization": "Bearer ***",
    "Connection": "keep-alive",
    "MS-CorrelationId": "9240230a-0000-4000-8000-0",
    "User-Agent": "python-requests/2.32.5",
}
_ANSWERED = {
    "Content-Type": "application/json; charset=utf-8",
    "Date": "Mon, 06 May 2024 07:08:09 GMT",
    "MS-CV": "Y4e3bZ8c1kqXz5a1.0",
    "MS-RequestId": "4d3cf487-1f2c-4c0e-8ac1-5a0f2d1c7e11",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}


class Layout(NamedTuple):
    """A way to write exchanges: the ending of its files, and the function that returns the text of one."""

    ending: str
    text: Callable[[Iterable[Exchange]], str]


def exchanges(count: int, violating: int = 0) -> Iterator[Exchange]:
    """Yield exchanges, of each four: a list of orders, an order, and two documented errors.

    Of each hundred, the first `violating` ones are errors with a number as their code, and all others conform.
    """
    errors = [entry for entry in Contract.default().catalogue if entry.status not in {200, 401}]
    for number in range(count):
        request = Request("GET", _URL.format(number), _ASKED)
        entry = errors[number % len(errors)]
        if number % 100 < violating:
            yield _error(entry, request, int(entry.code))
        elif number % 4 < 2:  # noqa: PLR2004 - half of four
            orders = [_order(number * 50 + each) for each in range(10)]
            value: Any = orders[0] if number % 4 else {"totalCount": 10, "items": orders}
            yield Exchange(200, _ANSWERED, json.dumps(value).encode(), request, "OK")
        else:
            yield _error(entry, request, entry.code)


def _error(entry: Entry, request: Request, code: object) -> Exchange:
    error = {"code": code, "description": "The request failed: the order is in another state.", "source": "PartnerFD"}
    return Exchange(entry.status, _ANSWERED, json.dumps(error).encode(), request, "Error")


def _order(number: int) -> dict[str, Any]:
    return {
        "id": f"{number:08x}-7c1e-4c0e-9a51-2f3c6d7e8a90",
        "referenceCustomerId": "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04",
        "billingCycle": "monthly",
        "status": "completed",
        "lineItems": [{"offerId": f"MS-AZR-{number:04}P", "quantity": 3, "friendlyName": "Office 365 Business"}],
        "creationDate": "2024-05-06T07:08:09Z",
        "attributes": {"objectType": "Order"},
    }


def _cassette(exchanges: Iterable[Exchange], body: Callable[[bytes], dict[str, Any]]) -> dict[str, Any]:
    """Return a cassette as vcrpy keeps it; `body` is how the body of a response is written."""
    return {
        "interactions": [
            {
                "request": {
                    "method": each.request.method,
                    "uri": each.request.url,
                    "body": None,
                    "headers": {name: [value] for name, value in each.request.headers},
                },
                "response": {
                    "status": {"code": each.status, "message": each.reason},
                    "headers": {name: [value] for name, value in each.headers},
                    **body(each.body),
                },
            }
            for each in exchanges
            if each.request
        ],
        "version": 1,
    }


class _Block(str):
    """A text that is written as a literal block."""

    __slots__ = ()


class _Dumper(yaml.CSafeDumper):
    """Writes literal blocks, as the serializers of pydantic-ai and others do."""


_Dumper.add_representer(
    _Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")
)


def _blocks(exchanges: Iterable[Exchange]) -> str:
    def body(content: bytes) -> dict[str, Any]:
        return {"body": {"string": _Block(json.dumps(json.loads(content), indent=2))}}

    return yaml.dump(_cassette(exchanges, body), Dumper=_Dumper)


def _parsed(exchanges: Iterable[Exchange]) -> str:
    return yaml.dump(_cassette(exchanges, lambda content: {"parsed_body": json.loads(content)}), Dumper=_Dumper)


def _text(content: bytes) -> dict[str, Any]:
    return {"body": {"string": content.decode()}}


def _zipped(content: bytes) -> dict[str, Any]:
    return {"body": {"string": gzip.compress(content, mtime=0)}}


def _ndjson(exchanges: Iterable[Exchange]) -> str:
    return "".join(f"{json.dumps(_line(each))}\n" for each in exchanges)


def _line(exchange: Exchange) -> dict[str, Any]:
    request = exchange.request and {
        "method": exchange.request.method,
        "url": exchange.request.url,
        "headers": dict(exchange.request.headers),
    }
    headers = dict(exchange.headers)
    return {"status": exchange.status, "headers": headers, "body": exchange.body.decode(), "request": request}


def _har(exchanges: Iterable[Exchange]) -> str:
    return json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [*map(_entry, exchanges)]}}
    )


def _entry(exchange: Exchange) -> dict[str, Any]:
    request = exchange.request or Request("GET", "")
    content = {"mimeType": "application/json", "encoding": "base64", "text": b64encode(exchange.body).decode()}
    return {
        "startedDateTime": "2024-05-06T07:08:09Z",
        "request": {"method": request.method, "url": request.url, "headers": _pairs(request.headers)},
        "response": {
            "status": exchange.status,
            "statusText": exchange.reason,
            "headers": _pairs(exchange.headers),
            "content": content,
        },
    }


def _pairs(headers: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


LAYOUTS = {
    "pc_cassette": Layout(".yaml", cassette_text),
    "vcrpy": Layout(".yaml", lambda each: yamlserializer.serialize(_cassette(each, _text))),
    "vcrpy, gzip": Layout(".yaml", lambda each: yamlserializer.serialize(_cassette(each, _zipped))),
    "vcrpy, JSON": Layout(".json", lambda each: jsonserializer.serialize(_cassette(each, _text))),
    "literal blocks": Layout(".yaml", _blocks),
    "parsed_body": Layout(".yaml", _parsed),
    "HAR": Layout(".har", _har),
    "NDJSON": Layout(".ndjson", _ndjson),
}
"""The layouts by their names."""


def write(folder: Path, layout: str, files: int, each: int, violating: int = 0) -> list[Path]:
    """Write a number of files with so many exchanges each, of which `violating` in a hundred do not conform; return their paths."""
    ending, text = LAYOUTS[layout]
    source = exchanges(files * each, violating)
    paths = [folder / f"{number:05}{ending}" for number in range(files)]
    for path in paths:
        path.write_text(text(list(islice(source, each))), "utf-8")
    return paths
