"""Mappings of WireMock.Net, in which the names of members begin with capitals."""

from typing import Any

from pytest_pcerrors.exchange.archives.foreign._tools import (
    Interaction,
    Source,
    Tool,
    first_of,
    is_object,
    is_scalar,
    present,
    without_local_host,
)
from pytest_pcerrors.exchange.archives.foreign._wiremock import answered, stubs

_OF_REQUESTS = frozenset({"Path", "Url", "Methods", "Params", "Headers", "Cookies", "Body"})


def _fits(document: Any) -> bool:
    """Return whether a document is a mapping or a list of mappings."""
    first = document[0] if isinstance(document, list) and document else document
    if not is_object(first, "Request", "Response"):
        return False
    request, response = first["Request"], first["Response"]
    return isinstance(request, dict) and isinstance(response, dict) and bool(request.keys() & _OF_REQUESTS)


def _interaction(request: dict[str, Any], response: dict[str, Any]) -> Interaction:
    has_text = first_of(response, "BodyAsJson", "Body") is not None
    return {
        "request": present(
            method=_pattern(request.get("Methods")),
            url=first_of({each: _pattern(request.get(each)) for each in ("Path", "Url")}, "Path", "Url"),
            queryString=_expected(request.get("Params")),
            headers=_expected(request.get("Headers")),
            cookies=_expected(request.get("Cookies")),
        ),
        "response": present(
            status=first_of(response, "StatusCode") or 200,
            headers=response.get("Headers"),
            body=first_of(response, "BodyAsJson", "Body"),
            body_base64=None if has_text else response.get("BodyAsBytes"),
        ),
    }


def _pattern(matched: Any) -> Any:
    """Return a text, or the first pattern of its matchers: ``{"Matchers": [{"Name": "ExactMatcher", "Pattern": text}]}``."""
    if isinstance(matched, dict):
        matched = matched.get("Matchers")
    if isinstance(matched, list):
        first = matched[0] if matched else None
        matched = first_of(first, "Pattern") if isinstance(first, dict) else first
    return matched if is_scalar(matched) else None


def _expected(fields: Any) -> list[list[Any]]:
    """Return the names and patterns of headers, parameters or cookies."""
    listed = [each for each in fields if isinstance(each, dict)] if isinstance(fields, list) else []
    pairs = [[each.get("Name"), _pattern(each)] for each in listed]
    return [pair for pair in pairs if all(map(is_scalar, pair))]


def _completed(interaction: Interaction, source: Source) -> tuple[Interaction, str | None]:
    response = source.entry["Response"]
    if first_of(response, "Fault", "ProxyUrl") is not None:
        return None, None
    url = without_local_host(str(interaction["request"].get("url", "/")))
    return answered(interaction, url, response.get("BodyAsJson"), response.get("BodyAsFile"), source)


WIREMOCK_NET = Tool(
    "a mapping of WireMock.Net, with Request and Response",
    _fits,
    lambda document: stubs(document, ("Mappings", "Request", "Response"), _interaction),
    _completed,
    lambda mapping: mapping["Response"].get("BodyAsFile"),
)
