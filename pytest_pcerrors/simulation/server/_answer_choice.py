"""The choice of the answer to a request, by all that can choose one, and the log of the requests."""

from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from pytest_pcerrors.exchange.model import Request
from pytest_pcerrors.simulation.answers.answer import Answer, AnswerFactory
from pytest_pcerrors.simulation.answers.rules import ResponseRules
from pytest_pcerrors.simulation.answers.successes import success_by_path
from pytest_pcerrors.simulation.answers.tokens import Tokens, is_token_request
from pytest_pcerrors.simulation.server._page import OPEN_PATHS
from pytest_pcerrors.simulation.server._request_log import Received, RequestLog, path_of
from pytest_pcerrors.simulation.server._requested import RequestedAnswers
from pytest_pcerrors.simulation.server._unmatched import NoMatchingRuleError

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.simulation.server._random_faults import RandomFaults
    from pytest_pcerrors.simulation.server._rules_file import RulesFile

_MOST_UNMATCHED = 1000


class AnswerChoice:
    """The rules, the tokens, the sequences, the random errors, and the log. The `lock` guards all of them."""

    def __init__(self, contract: "Contract", retry_after: int | str | None, *, byte_order_mark: bool) -> None:
        self.lock = Lock()
        self.rules = ResponseRules()
        self.log = RequestLog()
        self.tokens = Tokens(contract)
        self.unmatched: list[NoMatchingRuleError] = []
        self.faults: RandomFaults | None = None
        self._file: RulesFile | None = None
        self.factory = AnswerFactory(contract, retry_after=retry_after, succeed=self._success, words=self.tokens.words)
        self._requested = RequestedAnswers(self.factory)
        self._byte_order_mark = byte_order_mark

    def set_file(self, file: "RulesFile") -> None:
        """Set the rules of a file, which are tried after all others."""
        rules = file.read()
        with self.lock:
            self._file = file
            self.rules.set_of_file(rules)

    def clear(self) -> None:
        """Remove the rules except those of a file, and start the sequences that requests ask for again."""
        self.rules.clear()
        self._requested.clear()

    def answer(self, request: Request, target: str) -> tuple[Answer, Received]:
        """Return the answer to a request, and its entry in the log, with its target as it was received."""
        with self.lock:
            answer = self._chosen(request, path_of(target)).to(request)
            status = None if answer.faults.get("reset") else answer.exchange.status
            received = Received(request.method, target, request.headers, request.body, monotonic(), status, str(answer))
            return answer, self.log.add(received)

    def _chosen(self, request: Request, path: str) -> Answer:
        """Return the first answer that there is; a refused token comes before the rules, as at the gateway of the service."""
        if self._file is not None and (rules := self._file.changed()) is not None:
            self.rules.set_of_file(rules)
        return (
            (None if path in OPEN_PATHS else self.tokens.refusal(request))
            or self.rules.take(request.method, path)
            or self._requested.answer(request)
            or (self.tokens.respond(request) if is_token_request(request) else None)
            or (self.faults.take() if self.faults is not None else None)
            or self._without_rule(request)
        )

    def _success(self, status: int, request: Request) -> Answer:
        if is_token_request(request):
            return self.tokens.respond(request)
        return success_by_path(status, request, self.factory.contract, byte_order_mark=self._byte_order_mark)

    def _without_rule(self, request: Request) -> Answer:
        unmatched = NoMatchingRuleError(request, str(self.rules))
        if len(self.unmatched) < _MOST_UNMATCHED:
            self.unmatched.append(unmatched)
        return unmatched.answer
