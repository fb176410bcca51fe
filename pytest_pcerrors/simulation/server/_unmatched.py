"""Answers to requests without a rule: by the path or a header, the page at /, otherwise the gateway's 404."""

from collections.abc import Callable
from urllib.parse import unquote

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.headers import Headers
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.simulation.server._answers import Answer, AnswerFactory, envelope
from pytest_pcerrors.simulation.server._page import index_page
from pytest_pcerrors.simulation.server._request_log import path_of

ERROR_HEADER = "X-PC-Error"
DELAY_HEADER = "X-PC-Delay"
HINT_HEADER = "X-PC-Hint"


def answer_to_unmatched(request: Request, factory: AnswerFactory, rules: str) -> Answer:
    """Return the answer to a request that no rule matches; a request for an unknown error gets a 400."""
    try:
        answer = _asked_for(request, factory)
        return _delayed(answer, request.headers.get(DELAY_HEADER)) if answer else _nothing_here(request, rules)
    except UsageError as error:
        return envelope(400, str(error), "400, unknown error requested")


def _asked_for(request: Request, factory: AnswerFactory) -> Answer | None:
    wanted = request.headers.get(ERROR_HEADER)
    if wanted is not None:
        return factory.by_name(wanted)
    first, *rest = (unquote(step) for step in path_of(request.url).strip("/").split("/"))
    if not first and not rest:
        return Answer(index_page(request, factory.contract), "the page")
    return _FOLDERS[first](factory, "/".join(rest)) if rest and first in _FOLDERS else None


_FOLDERS: dict[str, Callable[[AnswerFactory, str], Answer]] = {
    "errors": AnswerFactory.by_name,
    "shapes": AnswerFactory.shape,
}


def _delayed(answer: Answer, seconds: str | None) -> Answer:
    if seconds is None:
        return answer
    try:
        return Answer(answer.exchange, answer.name, {**answer.faults, "delay": float(seconds)})
    except ValueError:
        raise UsageError(f'{DELAY_HEADER}: expected seconds, got "{seconds}"') from None


def _nothing_here(request: Request, rules: str) -> Answer:
    answer = envelope(404, "There is nothing at this path.", "404, no rule matches")
    request_text = safe(f"{request.method} {path_of(request.url)}")
    hint = f"no rule matches {request_text}; rules are: {rules}".encode("ascii", "backslashreplace").decode()
    headers = Headers([*(answer.exchange.headers or ()), (HINT_HEADER, hint)])
    return Answer(Exchange(404, headers, answer.exchange.body, reason="Not Found"), answer.name)
