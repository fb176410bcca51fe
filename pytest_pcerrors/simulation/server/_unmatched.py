"""Requests that no rule matches: they get the gateway's 404, with a hint."""

from pytest_pcerrors.exchange.headers import Headers
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.simulation.answers.answer import Answer, envelope
from pytest_pcerrors.simulation.server._request_log import path_of
from pytest_pcerrors.simulation.server._requested import ERROR_HEADER, HINT_HEADER
from pytest_pcerrors.text import cut, visible

_NO_RULES = f"there are no rules; {ERROR_HEADER}: 429 requests an error for any path, and the page at / lists the names"
_LONGEST_REQUEST = 200
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


def _nothing_here(hint: str) -> Answer:
    answer = envelope(404, "There is nothing at this path.", "404, no rule matches")
    text = cut(visible(hint).encode("ascii", "backslashreplace").decode(), _LONGEST_HINT)
    headers = Headers([*(answer.exchange.headers or ()), (HINT_HEADER, text)])
    return Answer(Exchange(404, headers, answer.exchange.body, reason="Not Found"), answer.name, is_wanted=False)
