"""The page at /: every documented error and every shape with its URL, in HTML or JSON, and its icon."""

import json
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.simulation.shapes import OBSERVED
from pytest_pcerrors.simulation.shapes.of_contract import shapes_for
from pytest_pcerrors.simulation.synthesis import error_path, usual_status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_pcerrors.contract.model import Contract

_HTML = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}: errors</title>
<link rel="icon" type="image/svg+xml" href="{icon}">
<style>
:root {{ color-scheme: light dark; --line: light-dark(#d0d7de, #3d444d); }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border-bottom: 1px solid var(--line); padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; }}
td {{ min-width: 5rem; overflow-wrap: anywhere; }}
td:nth-child(2) {{ overflow-wrap: normal; }}
@media (min-width: 40rem) {{ td:nth-child(2) {{ white-space: nowrap; }} }}
nav {{ display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: baseline; }}
nav label {{ margin-left: auto; }}
input {{ font: inherit; max-width: 100%; }}
[hidden] {{ display: none !important; }}
code, pre {{ font-family: ui-monospace, monospace; }}
pre {{ border: 1px solid var(--line); border-radius: .4rem; overflow-x: auto; padding: .6rem; }}
</style>
</head>
<body>
<h1>{name}: errors to request</h1>
<p>Follow a link, or send the header <code>X-PC-Error</code> with any method to any path: a code, a status and a code, the name of a
shape, or several with commas, which are answered one after the other. <code>X-PC-Delay</code> makes the answer wait that many seconds,
<code>X-PC-Retry-After</code> sets its header. A client that takes only a base URL gets <code>{url}/as/{path}</code>. Tests set rules at
<code>/_pcerrors/rules</code> and read the log at <code>/_pcerrors/requests</code>{token}. With <code>Accept: application/json</code> this page is JSON.</p>
<pre>curl -i {url}/errors/{path}
curl -i -X POST -H 'X-PC-Error: {name_of_error}' {url}{any_path}
curl -i -H 'X-PC-Error: {shape}' -H 'X-PC-Delay: 0.5' {url}{any_path}
curl -i -H 'X-PC-Error: 429,429,ok' -H 'X-PC-Retry-After: 1' {url}{any_path}
curl -d '{{"path": "{paths}", "answer": [429, "ok"]}}' {url}/_pcerrors/rules</pre>
<nav>
<a href="#errors">Documented errors</a>
<a href="#shapes">Shapes beside the documented one</a>
<label id="filter" hidden>Filter <input type="search" placeholder="{words}"></label>
</nav>
<h2 id="errors">Documented errors</h2>
<table>
<thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Description</th></tr></thead>
<tbody>
{errors}
</tbody>
</table>
<h2 id="shapes">Shapes beside the documented one</h2>
<table>
<thead><tr><th scope="col">Shape</th><th scope="col">Status</th><th scope="col">Known from</th></tr></thead>
<tbody>
{shapes}
</tbody>
</table>
<script>
const rows = [...document.querySelectorAll("tbody tr")].map(row => [row, row.textContent.toLowerCase()]);
const filter = document.getElementById("filter"), input = filter.querySelector("input");
const apply = () => {{
  const words = input.value.toLowerCase().split(/\\s+/);
  for (const [row, text] of rows) row.hidden = !words.every(word => text.includes(word));
}};
filter.hidden = false;
input.value = new URLSearchParams(location.search).get("filter") ?? "";
input.addEventListener("input", apply);
apply();
</script>
</body>
</html>
"""

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


def index_page(request: Request, contract: "Contract") -> Exchange:
    """Return the page, in JSON if the request accepts it."""
    index = _index(contract)
    wants_json = "application/json" in (request.headers.get("Accept") or "")
    words = _OF_PARTNER_CENTER if contract.is_partner_center else _OF_ANOTHER_API
    body = json.dumps(index, ensure_ascii=False, indent=2) if wants_json else _html(index, request.url, words)
    headers = {"Content-Type": "application/json" if wants_json else "text/html; charset=utf-8", "Vary": "Accept"}
    return Exchange(200, headers, body.encode(), request, "OK")


def _index(contract: "Contract") -> dict[str, Any]:
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


def _html(index: dict[str, Any], url: str, words: "Mapping[str, str]") -> str:
    errors, shapes = index["errors"], index["shapes"]
    path = errors[0]["path"].removeprefix("/errors/") if errors else "503"
    return _HTML.format(
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


def _rows(rows: "Iterable[tuple[str, ...]]") -> str:
    return "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)


def _link(path: str, text: str) -> str:
    return f'<a href="{escape(path)}"><code>{escape(text)}</code></a>'
