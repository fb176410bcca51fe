"""Measure `check()`, compared with the minimum of any schema check: json.loads and jsonschema's iter_errors.

A response is built inside the measured time, except where the case is named after an `exchange` that was built before. What a response that
violates the contract costs beyond a conforming one is measured until a text of a violation is read.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial

from jsonschema import Draft202012Validator

from benchmarks._comparison import Case, Comparison, calls, faster, more
from benchmarks._peers import has
from benchmarks._setting import Setting
from pytest_pcerrors import Contract, Exchange, check

ERROR = {
    "code": "800064",
    "description": "Another request is already processing cart 7f3c1a52-7c1e-4c0e-9a51-2f3c6d7e8a90; wait until it has "
    "ended, look at the cart again, and send your own request once more if it is still wanted. Nothing was changed.",
    "data": [],
    "source": "PartnerFD",
}
BODY = json.dumps(ERROR).encode()
HEADERS = {"Content-Type": "application/json; charset=utf-8"}
VIOLATING = {
    "code-number": json.dumps({**ERROR, "code": 800064}),
    "description-too-long": json.dumps({**ERROR, "description": "x" * 1100}),
    "pairing": json.dumps({**ERROR, "code": "3000"}),
    "source-missing": json.dumps({name: value for name, value in ERROR.items() if name != "source"}),
    "body-not-json": "<html><title>502 Bad Gateway</title></html>",
}
SCHEMA = dict(Contract.default().error_schema)
HAS_FAST = has("msgspec")


def comparisons(setting: Setting) -> Iterator[Comparison]:
    """Yield the check of a conforming response, and what violations cost beyond it."""
    number = setting.count(2000)
    conforming = Exchange(409, HEADERS, BODY)
    built = Case("check(Exchange(...))", calls(partial(_check, BODY), number), faster(4 if HAS_FAST else 3))
    ways = {
        "check((status, body))": lambda: check((409, BODY)),
        "check({status, headers, body})": lambda: check({"status": 409, "headers": HEADERS, "body": BODY}),
        **dict(_peers()),
    }
    schema = Draft202012Validator(SCHEMA)
    yield Comparison(
        f"check() of a conforming response of {len(BODY)} bytes",
        [
            Case("json.loads + iter_errors", calls(lambda: list(schema.iter_errors(json.loads(BODY))), number)),
            built,
            Case("check(exchange)", calls(lambda: check(conforming), number), faster(12 if HAS_FAST else 9)),
            *(Case(name, calls(way, number)) for name, way in ways.items()),
        ],
        rounds=15,
    )
    yield Comparison(
        "check() of a violating response, beyond a conforming one",
        [
            Case("conforming", built.run),
            *(Case(rule, calls(partial(_check, body.encode()), number), more(10)) for rule, body in VIOLATING.items()),
        ],
        rounds=15,
    )


def _check(body: bytes) -> object:
    return check(Exchange(409, HEADERS, body))


def _peers() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield how the installed peers validate the same body against the same schema."""
    if has("fastjsonschema"):
        import fastjsonschema

        validate = fastjsonschema.compile(SCHEMA)
        yield "json.loads + fastjsonschema", lambda: validate(json.loads(BODY))
    if has("jsonschema-rs"):
        import jsonschema_rs

        rust = jsonschema_rs.validator_for(SCHEMA)
        yield "json.loads + jsonschema-rs", lambda: list(rust.iter_errors(json.loads(BODY)))
    if has("openapi-core"):
        yield "openapi-core", _openapi_core()
    if has("schemathesis"):
        yield "schemathesis", _schemathesis()


def _document() -> dict[str, object]:
    content = {"application/json": {"schema": SCHEMA}}
    responses = {"409": {"description": "Conflict", "content": content}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {"/v1": {"get": {"responses": responses}}},
    }


def _openapi_core() -> Callable[[], object]:
    from openapi_core import OpenAPI
    from openapi_core.testing import MockRequest, MockResponse

    api = OpenAPI.from_dict(_document())
    request = MockRequest("http://localhost", "get", "/v1")
    return lambda: api.validate_response(request, MockResponse(BODY, 409, HEADERS, "application/json"))


def _schemathesis() -> Callable[[], object]:
    import requests
    import schemathesis

    operation = schemathesis.openapi.from_dict(_document())["/v1"]["GET"]
    request = requests.Request("GET", "http://localhost/v1").prepare()
    lists = {name.lower(): [value] for name, value in HEADERS.items()}

    def run() -> object:
        response = schemathesis.Response(409, lists, BODY, request, 0.1, verify=False)
        return operation.validate_response(response)

    return run
