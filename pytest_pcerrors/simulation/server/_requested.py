"""Answers that a request asks for itself: by a header, by its path, or under a base path; and the page at / that lists them all."""

import json
from collections.abc import Callable, Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError, misuse_of
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.simulation.answers.answer import Answer, Faults, check_faults, check_retry_after, in_sequence
from pytest_pcerrors.simulation.answers.factory import STATUS, AnswerFactory, envelope, is_number
from pytest_pcerrors.simulation.server._request_log import path_of
from pytest_pcerrors.simulation.shapes import OBSERVED, shapes_for
from pytest_pcerrors.simulation.synthesis import error_path, receivable, usual_status
from pytest_pcerrors.text import cut, nearest

_SIGN_IN = "; a token comes from\n<code>/{tenant}/oauth2/v2.0/token</code>"
ICON_PATH = "/favicon.ico"
OPEN_PATHS = ("/", ICON_PATH)
"""The paths that need no token, since a browser, which requests the icon for every address of a server, has none."""
ERROR_HEADER = "X-PC-Error"
DELAY_HEADER = "X-PC-Delay"
RETRY_HEADER = "X-PC-Retry-After"
HINT_HEADER = "X-PC-Hint"
_PREFIX = "x-pc-"
_BASE = "as"
_LONGEST_MESSAGE = 400
_LONGEST_SEQUENCE = 100
_MOST_SEQUENCES = 10_000
_FOLDERS: dict[str, Callable[[AnswerFactory, str], Answer]] = {
    "errors": AnswerFactory.by_name,
    "shapes": AnswerFactory.shape,
}


def index_page(request: Request, contract: Contract) -> Exchange:
    """Return the page, in JSON if the request accepts it."""
    index = _index(contract)
    wants_json = "application/json" in (request.headers.get("Accept") or "")
    if wants_json:
        body = json.dumps(index, ensure_ascii=False, indent=2)
    else:
        body = _html(index, request.url, _SIGN_IN if contract.is_partner_center else "")
    headers = {"Content-Type": "application/json" if wants_json else "text/html; charset=utf-8", "Vary": "Accept"}
    return Exchange(200, headers, body.encode(), request, "OK")


def _index(contract: Contract) -> dict[str, Any]:
    errors = [
        {
            "status": entry.status,
            "reason": contract.status_of(entry),
            "code": entry.code,
            "description": entry.description,
            "path": error_path(usual_status(entry, contract), entry.code),
        }
        for entry in receivable(contract.catalogue)
    ]
    shapes = [
        {
            "name": name,
            "status": shape.status,
            "reason": f"{shape.status} {shape.reason}",
            "observed": contract.is_partner_center and name in OBSERVED,
            "path": f"/shapes/{name}",
        }
        for name, shape in shapes_for(contract).items()
    ]
    return {"name": contract.name, "errors": errors, "shapes": shapes}


def _html(index: dict[str, Any], url: str, token: str) -> str:
    errors, shapes = index["errors"], index["shapes"]
    path = errors[0]["path"].removeprefix("/errors/") if errors else "503"
    return Template(files(__package__).joinpath("page.html").read_text("utf-8")).substitute(
        name=escape(index["name"]),
        token=token,
        url=escape(url.rstrip("/")),
        path=escape(path),
        name_of_error=escape(unquote(path)),
        errors=_rows([(each["path"], each["code"], each["reason"], each["description"]) for each in errors]),
        shapes=_rows(
            [(each["path"], each["name"], each["reason"], "seen" if each["observed"] else "made up") for each in shapes]
        ),
    )


def _rows(rows: Iterable[Sequence[str]]) -> str:
    """Return rows of a table; the first cell is a link to the first text of a row, with the second as its text."""
    made = []
    for path, name, *others in (map(escape, row) for row in rows):
        cells = [f'<a href="{path}"><code>{name}</code></a>', *others]
        made.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return "\n".join(made)


class RequestedAnswers:
    """Finds the answer that a request asks for, and remembers how far each sequence is.

    A sequence belongs to the method, the path and the text of the sequence; its last member repeats.
    """

    def __init__(self, factory: AnswerFactory) -> None:
        self._factory = factory
        self._turns: dict[tuple[str, str, str], int] = {}

    def clear(self) -> None:
        """Start all sequences again."""
        self._turns.clear()

    def answer(self, request: Request) -> Answer | None:
        """Return the answer that a request asks for, or None; an invalid ``X-PC-`` header or an unknown error gets a 400."""
        try:
            _check_names(request)
            answer, faults = self._requested(request), _delay(request.headers.get(DELAY_HEADER))
            retry_after = request.headers.get(RETRY_HEADER)
            check_retry_after(retry_after, RETRY_HEADER)
            return answer and in_sequence([answer], retry_after, faults)[0]
        except UsageError as error:
            return envelope(400, cut(str(error), _LONGEST_MESSAGE), "400, unknown error requested")

    def _requested(self, request: Request) -> Answer | None:
        wanted = request.headers.get(ERROR_HEADER)
        if wanted is not None:
            with misuse_of(ERROR_HEADER):
                return self._next(request, wanted)
        if path_of(request.url) == ICON_PATH:
            return Answer(Exchange(204, {}, b""), "no icon")
        first, *rest = path_of(request.url).strip("/").split("/")
        if not first and not rest:
            return Answer(index_page(request, self._factory.contract), "the page")
        if rest and first == _BASE:
            return self._under_base(request, rest)
        if rest and unquote(first) in _FOLDERS:
            return _FOLDERS[unquote(first)](self._factory, unquote("/".join(rest)))
        return None

    def _under_base(self, request: Request, steps: list[str]) -> Answer:
        """Return the answer that a base path such as ``/as/409/800064`` names, to a request for the path after it."""
        name, *rest = steps
        if rest and STATUS.fullmatch(name) and self._is_code(unquote(rest[0])):
            name, *rest = f"{name}/{rest[0]}", *rest[1:]
        parts = urlsplit(request.url)._replace(path="/" + "/".join(rest))
        inner = Request(request.method, urlunsplit(parts), request.headers, request.body)
        return self._next(request, unquote(name)).to(inner)

    def _is_code(self, text: str) -> bool:
        return is_number(text) or text in self._factory.contract.catalogue

    def _next(self, request: Request, text: str) -> Answer:
        """Return the next answer of a sequence, such as ``429,429,ok``."""
        catalogue = self._factory.contract.catalogue
        is_one = text in catalogue or text.partition("/")[2] in catalogue  # a URI may have a comma
        names = [text] if is_one else [each.strip() for each in text.split(",")]
        if len(names) > _LONGEST_SEQUENCE:
            raise UsageError(f"a sequence has at most {_LONGEST_SEQUENCE} members, got {len(names)}")
        answers = list(map(self._factory.by_name, names))
        if len(answers) == 1:
            return answers[0]
        key = request.method, path_of(request.url), text
        turn = self._turns.pop(key, 0)
        self._turns[key] = turn + 1
        if len(self._turns) > _MOST_SEQUENCES:
            del self._turns[next(iter(self._turns))]
        return answers[min(turn, len(answers) - 1)]


def _check_names(request: Request) -> None:
    known = {each.lower(): each for each in (ERROR_HEADER, DELAY_HEADER, RETRY_HEADER)}
    for name, _ in request.headers:
        if name.lower().startswith(_PREFIX) and name.lower() not in known:
            raise UsageError(f"{name} is not a header of this server; {nearest(name, known.values())}")


def _delay(seconds: str | None) -> Faults:
    """Return the fault that a header requests; a value that is not a number of seconds is a `UsageError`."""
    if seconds is None:
        return {}
    try:
        faults: Faults = {"delay": float(seconds)}
        check_faults({**faults})
    except (ValueError, UsageError):
        raise UsageError(f'{DELAY_HEADER}: expected seconds, got "{seconds}"') from None
    return faults
