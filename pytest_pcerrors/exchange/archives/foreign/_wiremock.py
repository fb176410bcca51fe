"""Stub mappings of WireMock and WireMock.Net: what a mock answers to the requests that fit, with the bodies that are in files.

In WireMock.Net, the names of members begin with capitals.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pytest_pcerrors.exchange.archives.folders import BODIES
from pytest_pcerrors.exchange.archives.foreign._tools import (
    MADE_WHEN_SERVED,
    TEMPLATE,
    Interaction,
    Source,
    Tool,
    entries,
    first_of,
    is_object,
    is_scalar,
    present,
    without_local_host,
)
from pytest_pcerrors.text import readable

_MAPPINGS = "mappings"
_MAX_BODY = 64 * 1024 * 1024
_URLS = ("url", "urlPath", "urlPattern", "urlPathPattern", "urlPathTemplate")
_OF_STUBS = frozenset("uuid scenarioName requiredScenarioState newScenarioState priority postServeActions".split())
_OF_REQUESTS = frozenset({*_URLS[1:], "queryParameters", "bodyPatterns", "basicAuthCredentials", "multipartPatterns"})
_OF_RESPONSES = frozenset(
    "jsonBody base64Body bodyFileName fault fixedDelayMilliseconds proxyBaseUrl statusMessage transformers".split()
)
_OF_NET_REQUESTS = frozenset({"Path", "Url", "Methods", "Params", "Headers", "Cookies", "Body"})


def _fits(document: Any) -> bool:
    """Return whether a document is a mapping, or has a list of mappings."""
    listed = document.get(_MAPPINGS) if isinstance(document, dict) else None
    if isinstance(listed, list):
        return any(is_object(each, "request", "response") for each in listed)
    return _is_stub(document)


def _is_stub(value: Any) -> bool:
    """Return whether a value can only be a mapping: one with just a URL, a status and a body is read as our own form."""
    match value:
        case {"request": {} as request, "response": {} as response} if not isinstance(response.get("status"), dict):
            matched = request.get("headers")
            has_matchers = isinstance(matched, dict) and any(isinstance(each, dict) for each in matched.values())
            known = value.keys() & _OF_STUBS or request.keys() & _OF_REQUESTS or response.keys() & _OF_RESPONSES
            return has_matchers or bool(known)
        case _:
            return False


def _stubs(
    document: Any, names: tuple[str, str, str], made: Callable[[dict[str, Any], dict[str, Any]], Interaction]
) -> Iterator[tuple[str, Interaction, Any]]:
    """Yield the pointer of each mapping, the interaction that is made of its request and response, and the mapping.

    `names` are those of the list of mappings, and of the request and the response in each.
    """
    listed, *parts = names
    for pointer, mapping in entries(document, listed):
        found: list[Any] = [mapping.get(part) for part in parts] if isinstance(mapping, dict) else []
        is_whole = bool(found) and all(isinstance(each, dict) for each in found)
        yield pointer, made(*found) if is_whole else mapping, mapping


def _interaction(request: dict[str, Any], response: dict[str, Any]) -> Interaction:
    has_json = response.get("jsonBody") is not None
    return {
        "request": present(
            method=request.get("method"),
            url=first_of(request, *_URLS),
            queryString=_expected(request.get("queryParameters")),
            headers=_expected(request.get("headers")),
            cookies=_expected(request.get("cookies")),
        ),
        "response": present(
            status=first_of(response, "status") or 200,
            reason=response.get("statusMessage"),
            headers=response.get("headers") or {},  # without them, WireMock sends no Content-Type
            body=first_of(response, "jsonBody", "body"),
            body_base64=None if has_json or response.get("body") is not None else response.get("base64Body"),
        ),
    }


def _expected(fields: Any) -> list[list[Any]]:
    """Return names and the operands of their matchers, such as the text of ``{"equalTo": text}``."""
    if not isinstance(fields, dict):
        return []
    operands = {name: each.values() if isinstance(each, dict) else () for name, each in fields.items()}
    return [[name, each] for name, values in operands.items() for each in [*filter(is_scalar, values)][:1]]


def _completed(interaction: Interaction, source: Source) -> tuple[Interaction, str | None]:
    response = source.entry["response"]
    if first_of(response, "fault", "proxyBaseUrl") is not None:
        return None, None
    url = _url(interaction["request"].get("url"), source.entry["request"])
    return _answered(interaction, url, response.get("jsonBody"), response.get("bodyFileName"), source)


def _answered(
    interaction: Interaction, url: Any, value: Any, file: Any, source: Source
) -> tuple[Interaction, str | None]:
    """Return an interaction with its URL, and the body of its response: the JSON of a value, the content of a file, or the text that it has."""
    asked, answer, problem = interaction["request"], interaction["response"], None
    if value is not None:
        answer = answer | {"body": json.dumps(value, ensure_ascii=False)}
    elif isinstance(file, str) and not answer.keys() & {"body", "body_base64"}:
        body, problem = _body_of_file(file, source.file)
        answer = answer | {"body": body}
    served = answer.get("body", "")
    if TEMPLATE in (served.decode("latin-1") if isinstance(served, bytes) else str(served)):
        problem = MADE_WHEN_SERVED
    return {"request": {**asked, "method": asked.get("method", "ANY"), "url": url}, "response": answer}, problem


def _body_of_file(name: str, mapping: Path) -> tuple[bytes, str | None]:
    """Return the body in a file that a mapping names, and why it is not known, or None."""
    if TEMPLATE in name:
        return b"", MADE_WHEN_SERVED
    file = body_file(name, mapping)
    if file is None:
        return b"", readable(f"in the file {name}, which was not found")
    with file.open("rb") as stream:
        body = stream.read(_MAX_BODY + 1)
    return (b"", "longer than 64 MiB") if len(body) > _MAX_BODY else (body, None)


def body_file(name: str, mapping: Path) -> Path | None:
    """Return the path of the file that a mapping names, or None; files outside the folders of bodies are never read."""
    for folder in _folders(mapping):
        file = folder / name
        try:
            if file.is_file() and file.resolve().is_relative_to(folder.resolve()) and os.access(file, os.R_OK):
                return file
        except (OSError, ValueError):
            continue
    return None


def _folders(mapping: Path) -> list[Path]:
    """Return where bodies of a mapping can be: beside the folder ``mappings`` that it is in, or in that folder (WireMock.Net)."""
    inner = next((each for each in mapping.parents if each.name == _MAPPINGS), mapping.parent)
    return [inner.parent / BODIES, mapping.parent / BODIES, inner, mapping.parent]


def _url(url: Any, request: dict[str, Any]) -> Any:
    """Return the URL of a request, with its host where a stub names one; "/" if it does not name a URL."""
    host = request.get("host")
    named = host.get("equalTo") if isinstance(host, dict) else None
    if isinstance(named, str) and isinstance(url, str | None):
        return without_local_host(f"https://{named}{url or '/'}")
    return "/" if url is None else url


WIREMOCK = Tool(
    "a mapping of WireMock, with request and response",
    _fits,
    lambda document: _stubs(document, (_MAPPINGS, "request", "response"), _interaction),
    _completed,
    lambda mapping: mapping["response"].get("bodyFileName"),
)


def _net_fits(document: Any) -> bool:
    """Return whether a document is a mapping or a list of mappings."""
    match document:
        case {"Request": {} as request, "Response": {}} | [{"Request": {} as request, "Response": {}}, *_]:
            return not _OF_NET_REQUESTS.isdisjoint(request)
        case _:
            return False


def _net_interaction(request: dict[str, Any], response: dict[str, Any]) -> Interaction:
    has_text = first_of(response, "BodyAsJson", "Body") is not None
    return {
        "request": present(
            method=_pattern(request.get("Methods")),
            url=first_of({each: _pattern(request.get(each)) for each in ("Path", "Url")}, "Path", "Url"),
            queryString=_net_expected(request.get("Params")),
            headers=_net_expected(request.get("Headers")),
            cookies=_net_expected(request.get("Cookies")),
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


def _net_expected(fields: Any) -> list[list[Any]]:
    """Return the names and patterns of headers, parameters or cookies."""
    listed = [each for each in fields if isinstance(each, dict)] if isinstance(fields, list) else []
    pairs = [[each.get("Name"), _pattern(each)] for each in listed]
    return [pair for pair in pairs if all(map(is_scalar, pair))]


def _net_completed(interaction: Interaction, source: Source) -> tuple[Interaction, str | None]:
    response = source.entry["Response"]
    if first_of(response, "Fault", "ProxyUrl") is not None:
        return None, None
    url = without_local_host(str(interaction["request"].get("url", "/")))
    return _answered(interaction, url, response.get("BodyAsJson"), response.get("BodyAsFile"), source)


WIREMOCK_NET = Tool(
    "a mapping of WireMock.Net, with Request and Response",
    _net_fits,
    lambda document: _stubs(document, ("Mappings", "Request", "Response"), _net_interaction),
    _net_completed,
    lambda mapping: mapping["Response"].get("BodyAsFile"),
)
