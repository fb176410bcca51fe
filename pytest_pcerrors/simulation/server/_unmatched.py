"""Requests that no rule matches: the answer that the path or a header requests, the page at /, otherwise the gateway's 404."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.headers import Headers
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.simulation.answers.answer import Answer, AnswerFactory, envelope
from pytest_pcerrors.simulation.answers.faults import check_faults
from pytest_pcerrors.simulation.server._page import ICON_PATH, icon, index_page
from pytest_pcerrors.simulation.server._request_log import path_of
from pytest_pcerrors.text import cut, nearest

ERROR_HEADER = "X-PC-Error"
DELAY_HEADER = "X-PC-Delay"
HINT_HEADER = "X-PC-Hint"

_NO_RULES = f"there are no rules; {ERROR_HEADER}: 429 requests an error for any path, and the page at / lists the names"
_PREFIX = "x-pc-"
_LONGEST_REQUEST = 200
_LONGEST_MESSAGE = 400
_LONGEST_HINT = 4000


class NoMatchingRuleError(AssertionError):
    """A request for which the server has neither a rule nor a requested answer; `answer` is what the server sends."""

    def __init__(self, request: Request, rules: str) -> None:
        known = f"rules are: {rules}" if rules else _NO_RULES
        problem = f"no rule matches {cut(safe(f'{request.method} {path_of(request.url)}'), _LONGEST_REQUEST)}"
        super().__init__(
            f"{problem}\n  {known}\n"
            '  add a rule for it; respond("*", "/**", (404, b"")) as the last rule permits every other request'
        )
        self.answer = _nothing_here(f"{problem}; {known}")


def requested_answer(request: Request, factory: AnswerFactory) -> Answer | None:
    """Return the answer that a path or a header requests, or None; an invalid ``X-PC-`` header or an unknown error gets a 400."""
    try:
        _check_names(request.headers)
        answer, faults = _requested(request, factory), _delay(request.headers.get(DELAY_HEADER))
        return answer and replace(answer, faults={**answer.faults, **faults})
    except UsageError as error:
        return envelope(400, cut(str(error), _LONGEST_MESSAGE), "400, unknown error requested")


def _check_names(headers: Headers) -> None:
    known = {each.lower(): each for each in (ERROR_HEADER, DELAY_HEADER)}
    for name, _ in headers:
        if name.lower().startswith(_PREFIX) and name.lower() not in known:
            raise UsageError(f"{name} is not a header of this server; {nearest(name, known.values())}")


def _requested(request: Request, factory: AnswerFactory) -> Answer | None:
    wanted = request.headers.get(ERROR_HEADER)
    if wanted is not None:
        try:
            return factory.by_name(wanted)
        except UsageError as error:
            raise UsageError(f"{ERROR_HEADER}: {error}") from None
    if path_of(request.url) == ICON_PATH:
        return Answer(icon(request), "the icon")
    first, *rest = (unquote(step) for step in path_of(request.url).strip("/").split("/"))
    if not first and not rest:
        return Answer(index_page(request, factory.contract), "the page")
    return _FOLDERS[first](factory, "/".join(rest)) if rest and first in _FOLDERS else None


_FOLDERS: dict[str, Callable[[AnswerFactory, str], Answer]] = {
    "errors": AnswerFactory.by_name,
    "shapes": AnswerFactory.shape,
}


def _delay(seconds: str | None) -> dict[str, object]:
    """Return the fault that a header requests; a value that is not a number of seconds is a `UsageError`."""
    if seconds is None:
        return {}
    try:
        faults: dict[str, object] = {"delay": float(seconds)}
        check_faults(faults)
    except (ValueError, UsageError):
        raise UsageError(f'{DELAY_HEADER}: expected seconds, got "{seconds}"') from None
    return faults


def _nothing_here(hint: str) -> Answer:
    answer = envelope(404, "There is nothing at this path.", "404, no rule matches")
    text = cut(hint.encode("ascii", "backslashreplace").decode(), _LONGEST_HINT)
    headers = Headers([*(answer.exchange.headers or ()), (HINT_HEADER, text)])
    return Answer(Exchange(404, headers, answer.exchange.body, reason="Not Found"), answer.name, is_wanted=False)
