"""The layout of log lines: where a line of a gateway's or proxy's log has the parts of an exchange."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.exchange.adapters.parts import (
    NOT_KEPT,
    RequestData,
    ResponseData,
    base64_bytes,
    body_bytes,
    header_pairs,
    recording_time,
    status_of,
)
from pytest_pcerrors.exchange.archives.items import Skipped, outline
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.text import nearest, readable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_pcerrors.exchange.archives.items import Item

    Steps = tuple[str | int, ...]

KEYS = tuple("status reason headers body body-base64 method url host request-headers request-body recorded-at".split())
"""The parts of an exchange that a layout can place."""

_STEP = re.compile(r'\.?(?:([^.,="\[\]\s]+)|\[("(?:[^"\\]|\\.)*")\]|\[(\d{1,9})\])')
_PAIR = re.compile(rf"\s*([^=,\s]*)\s*=\s*((?:{_STEP.pattern})*)\s*(?:,|$)")
_REQUEST_LINE = re.compile(r"([A-Z]+) (\S+) HTTP/[0-9.]+")
_MISSING = "-"
_FIX = "leave this line out, or change map"
_UNANSWERED = (0, "0", "000", _MISSING)
_FORM = 'a path is .name.name, with ["any name"] or [0] for a name with other characters or an index'


@dataclass(frozen=True)
class Layout:
    """The path of each known part of an exchange in a line; a part without a path is unknown."""

    paths: "Mapping[str, Steps]"

    @classmethod
    def of(cls, table: Mapping[str, str], where: str = "map") -> Self:
        """Return the layout of a table of paths; an unknown key, an invalid path or a missing `status` is a `UsageError`."""
        for key in table:
            if key not in KEYS:
                raise UsageError(f'{where}: unknown key "{readable(key)}"; {nearest(key, KEYS)}')
        if "status" not in table:
            raise UsageError(f"{where}: no path for status, such as status=.status")
        return cls({key: _steps(path, f"{where}: {key}") for key, path in table.items()})

    def item(self, line: Any, origin: str) -> "Item":
        """Return the item of a parsed line: `Skipped` for status 0, an `ArchiveError` if it has no status or cannot be read."""
        if not isinstance(line, dict):
            return ArchiveError(origin, f"expected a JSON object, got {outline(line)}")
        parts = {key: _at(line, steps) for key, steps in self.paths.items()}
        if parts["status"] in _UNANSWERED:
            return Skipped(origin)
        if parts["status"] is None:
            return ArchiveError(origin, f"no status at {_shown(self.paths['status'])}", _FIX)
        part = {key: value for key, value in parts.items() if value != _MISSING}.get
        try:
            return Exchange.of_data(_response(part, origin))
        except UsageError as error:
            return ArchiveError(origin, readable(str(error)), _FIX)


def _response(part: "Callable[[str], Any]", origin: str) -> ResponseData:
    """Return the response of a line; `part` returns the value of a part, or None if the line or the layout does not have it."""
    encoded, body, reason = part("body-base64"), part("body"), part("reason")
    response = ResponseData(
        status_of(part("status")),
        _headers(part("headers")),
        body_bytes(body) if encoded is None else base64_bytes(encoded),
        reason=reason if isinstance(reason, str) else None,
        origin=origin,
        body_problem=NOT_KEPT if encoded is None and body is None else None,
        recorded_at=recording_time({"recorded_at": part("recorded-at")}),
    )
    url, host = part("url"), part("host")
    if not isinstance(url, str):
        return response
    line = _REQUEST_LINE.fullmatch(url)
    method, url = line.groups() if line else (str(part("method") or "GET"), url)
    url = f"https://{host}{url}" if host and isinstance(host, str) and url.startswith("/") else url
    headers, body = _headers(part("request-headers")) or (), body_bytes(part("request-body"))
    return response.answering(RequestData(method, url, headers, body))


def _at(value: Any, steps: "Steps") -> Any:
    """Return the value at a path, or None."""
    for step in steps:
        holder: Any = value if isinstance(value, dict | list) else ()
        try:
            value = holder[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def table_of(text: str) -> dict[str, str]:
    """Return the table of a layout as the option ``--map`` has it, such as ``status=.res.code,body=.res.body``; other text is a `UsageError`."""
    table: dict[str, str] = {}
    position = 0
    while position < len(text):
        match = _PAIR.match(text, position)
        if match is None or not match[1] or not match[2]:
            raise UsageError(f"--map: expected key=path, separated by commas, at {readable(text[position:])}; {_FORM}")
        if match[1] in table:
            raise UsageError(f"--map: {readable(match[1])} is repeated; keep one of them")
        table[match[1]] = match[2]
        position = match.end()
    return table


def _steps(path: str, where: str) -> "Steps":
    found = list(_STEP.finditer(path))
    try:
        steps = tuple(each[1] or (json.loads(each[2]) if each[2] else int(each[3])) for each in found)
    except ValueError:  # an escape that JSON does not have
        steps = ()
    if not steps or "".join(each[0] for each in found) != path:
        raise UsageError(f"{where}: {readable(path) or 'nothing'} is not a path; {_FORM}")
    return steps


def _shown(steps: "Steps") -> str:
    return "".join(
        f".{step}" if isinstance(step, str) and _STEP.fullmatch(step) else f"[{json.dumps(step)}]" for step in steps
    )


def _headers(value: Any) -> list[tuple[str, str]] | None:
    """Return headers as pairs; those without a value are left out, and without any value they are unknown."""
    if isinstance(value, dict):
        value = {name: each for name, each in value.items() if each is not None}
    return None if value is None else header_pairs(value)
