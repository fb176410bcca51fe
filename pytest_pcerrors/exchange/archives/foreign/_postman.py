"""Postman collections, versions 2.0 and 2.1: the responses that were saved as examples."""

from collections.abc import Iterator
from typing import Any

from pytest_pcerrors.exchange.archives.foreign._tools import (
    TEMPLATE,
    Interaction,
    Source,
    Tool,
    first_of,
    is_object,
    is_scalar,
    present,
    without_local_host,
)
from pytest_pcerrors.text import late_pattern

_VARIABLE = late_pattern(r"\{\{([^{}]*+)\}\}")
_UNKNOWN_HOST = late_pattern(r"\A(?:https?://)?[^/?#]*\{\{[^/?#]*")
_WRAPPER = "collection"


def _fits(document: Any) -> bool:
    info = _collection(document)[1].get("info")
    if not isinstance(info, dict):
        return False
    is_named = any("getpostman.com" in str(info.get(each)) for each in ("schema", "_postman_schema"))
    return is_named or "_postman_id" in info


def _collection(document: Any) -> tuple[str, dict[str, Any]]:
    """Return the collection, which Postman's API wraps, and its JSON Pointer."""
    if not isinstance(document, dict):
        return "", {}
    inner = document.get(_WRAPPER)
    return (f"/{_WRAPPER}", inner) if isinstance(inner, dict) else ("", document)


def _interactions(document: Any) -> Iterator[tuple[str, Interaction, Any]]:
    pointer, collection = _collection(document)
    yield from _saved(collection, pointer)


def _saved(folder: dict[str, Any], pointer: str) -> Iterator[tuple[str, Interaction, Any]]:
    """Yield the examples of the requests in a folder and its subfolders."""
    items = folder.get("item")
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            at = f"{pointer}/item/{index}"
            examples = item.get("response")
            for number, example in enumerate(examples if isinstance(examples, list) else ()):
                yield f"{at}/response/{number}", _interaction(example, item), example
            yield from _saved(item, at)


def _interaction(example: Any, item: dict[str, Any]) -> Interaction:
    if not isinstance(example, dict):
        return example
    own = example.get("originalRequest")
    request = item.get("request") if own is None else own
    asked = request if isinstance(request, dict) else {"url": request}
    url, sent = asked.get("url"), asked.get("body")
    return {
        "request": present(
            method=asked.get("method"),
            url=first_of(url, "raw") if isinstance(url, dict) else url,
            queryString=_pairs(url.get("query")) if isinstance(url, dict) else None,
            headers=_pairs(asked.get("header")),
            body=first_of(sent, "raw") if isinstance(sent, dict) else None,
        ),
        "response": present(
            status=example.get("code"),
            reason=example.get("status"),
            headers=_pairs(example.get("header")) or None,
            cookies=_pairs(example.get("cookie")) or None,
            body=example.get("body"),
        ),
    }


def _pairs(fields: Any) -> list[list[Any]]:
    """Return the names and values of headers or parameters."""
    listed = fields if isinstance(fields, list) else ()
    named = [each for each in listed if is_object(each, "key", "value") and each.get("disabled") is not True]
    pairs = [[each["key"], each["value"]] for each in named]
    return [pair for pair in pairs if all(map(is_scalar, pair))]


def _completed(interaction: Interaction, source: Source) -> tuple[Interaction, str | None]:
    if not interaction["response"].get("status"):
        return None, None
    request = interaction["request"]
    url = _filled(str(request.get("url", "")), _collection(source.document)[1].get("variable"))
    answer = {name: value for name, value in interaction["response"].items() if name != "cookies"}
    if isinstance(text := source.entry.get("header"), str):
        answer = answer | {"headers": _lines(text)}
    return {"request": {**request, "url": without_local_host(_UNKNOWN_HOST.sub("", url))}, "response": answer}, None


def _filled(url: str, variables: Any) -> str:
    """Return a URL with the variables of the collection filled in; others stay."""
    listed = [each for each in variables if isinstance(each, dict)] if isinstance(variables, list) else []
    values = {first_of(each, "key", "id"): each.get("value") for each in listed}
    known = {name: value for name, value in values.items() if isinstance(value, str) and TEMPLATE not in value}
    return _VARIABLE.sub(lambda found: known.get(found[1].strip()) or found[0], url)


def _lines(headers: str) -> list[tuple[str, str]]:
    """Return headers that are written as lines."""
    pairs = [line.partition(":") for line in headers.splitlines()]
    return [(name.strip(), value.strip()) for name, colon, value in pairs if colon and name.strip()]


POSTMAN = Tool("an example of a Postman collection, with code and body", _fits, _interactions, _completed)
