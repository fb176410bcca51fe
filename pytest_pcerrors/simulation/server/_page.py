"""The page at /: every documented error and every shape with its URL, in HTML or JSON, and its icon."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import unquote

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.simulation.shapes import OBSERVED
from pytest_pcerrors.simulation.shapes.of_contract import shapes_for
from pytest_pcerrors.simulation.synthesis import error_path, usual_status

_OF_PARTNER_CENTER = {
    "any_path": "/v1/customers",
    "paths": "/v1/**",
    "shape": "gateway-429",
    "words": "409, cart, html",
    "token": "; a token comes from\n<code>/{tenant}/oauth2/v2.0/token</code>",
}
_OF_ANOTHER_API = {"any_path": "/any/path", "paths": "/**", "shape": "html-503", "words": "404, html", "token": ""}
"""The examples of the page."""

ICON_PATH = "/favicon.ico"
OPEN_PATHS = ("/", ICON_PATH)
"""The paths that need no token, since a browser has none."""

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#b3261e"/>'
    '<path d="M8 3v6M8 11v2" stroke="#fff" stroke-width="2"/></svg>'
)


def icon(request: Request) -> Exchange:
    """Return the icon of the page, which browsers request for every address of a server."""
    return Exchange(200, {"Content-Type": "image/svg+xml"}, _ICON.encode(), request, "OK")


def index_page(request: Request, contract: Contract) -> Exchange:
    """Return the page, in JSON if the request accepts it."""
    index = _index(contract)
    wants_json = "application/json" in (request.headers.get("Accept") or "")
    words = _OF_PARTNER_CENTER if contract.is_partner_center else _OF_ANOTHER_API
    body = json.dumps(index, ensure_ascii=False, indent=2) if wants_json else _html(index, request.url, words)
    headers = {"Content-Type": "application/json" if wants_json else "text/html; charset=utf-8", "Vary": "Accept"}
    return Exchange(200, headers, body.encode(), request, "OK")


def _index(contract: Contract) -> dict[str, Any]:
    return {
        "name": contract.name,
        "errors": [
            {
                "status": entry.status,
                "reason": contract.status_of(entry),
                "code": entry.code,
                "description": entry.description,
                "path": error_path(usual_status(entry, contract), entry.code),
            }
            for entry in contract.catalogue
        ],
        "shapes": [
            {
                "name": name,
                "status": shape.status,
                "reason": f"{shape.status} {shape.reason}",
                "observed": contract.is_partner_center and name in OBSERVED,
                "path": f"/shapes/{name}",
            }
            for name, shape in shapes_for(contract).items()
        ],
    }


def _html(index: dict[str, Any], url: str, words: Mapping[str, str]) -> str:
    errors, shapes = index["errors"], index["shapes"]
    path = errors[0]["path"].removeprefix("/errors/") if errors else "503"
    page = Template(files(__package__).joinpath("page.html").read_text("utf-8"))
    return page.substitute(
        **words,
        name=escape(index["name"]),
        icon=ICON_PATH,
        url=escape(url.rstrip("/")),
        path=escape(path),
        name_of_error=escape(unquote(path)),
        errors=_rows(
            (_link(each["path"], each["code"]), escape(each["reason"]), escape(each["description"])) for each in errors
        ),
        shapes=_rows(
            (_link(each["path"], each["name"]), escape(each["reason"]), "seen" if each["observed"] else "made up")
            for each in shapes
        ),
    )


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)


def _link(path: str, text: str) -> str:
    return f'<a href="{escape(path)}"><code>{escape(text)}</code></a>'
