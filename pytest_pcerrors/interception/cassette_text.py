"""The text of cassettes, written by vcrpy's own serializer."""

from collections.abc import Iterable

from vcr.request import Request
from vcr.serialize import serialize
from vcr.serializers import yamlserializer

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.interception._interactions import vcrpy_response


def cassette_text(exchanges: Iterable[Exchange]) -> str:
    """Return the text of a YAML cassette that vcrpy replays; an exchange without a request is a `UsageError`."""
    requests, responses = [], []
    for exchange in exchanges:
        request = exchange.request
        if request is None:
            raise UsageError(f"{exchange!r} has no request, so a cassette cannot replay it")
        requests.append(Request(request.method, request.url, request.body or None, dict(request.headers)))
        responses.append(vcrpy_response(exchange.status, exchange.reason or "", exchange.headers or (), exchange.body))
    text: str = serialize({"requests": requests, "responses": responses}, yamlserializer)
    return text
