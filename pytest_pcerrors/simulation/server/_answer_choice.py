"""The choice of the answer to a request, by all that can choose one, and the log of the requests."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from random import Random, SystemRandom
from threading import Lock
from time import monotonic

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Request
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.simulation.answers.answer import Answer
from pytest_pcerrors.simulation.answers.factory import AnswerFactory, envelope
from pytest_pcerrors.simulation.answers.rules import ResponseRule
from pytest_pcerrors.simulation.answers.tokens import is_token_request
from pytest_pcerrors.simulation.server._request_log import Received, RequestLog, path_of
from pytest_pcerrors.simulation.server._requested import ERROR_HEADER, HINT_HEADER, OPEN_PATHS, RequestedAnswers
from pytest_pcerrors.simulation.server._rule_documents import RulesFile
from pytest_pcerrors.simulation.synthesis import receivable
from pytest_pcerrors.text import cut, represented, visible

_SEEDS = 10**6
_NO_RULES = f"there are no rules; {ERROR_HEADER}: 429 requests an error for any path, and the page at / lists the names"
_LONGEST_REQUEST = 200
_LONGEST_HINT = 4000
_MOST_UNMATCHED = 1000


class RandomFaults:
    """Chooses between a success and, with the probability `rate`, an error: a documented one, a shape, or the gateway's 429."""

    def __init__(self, rate: float, seed: int | None, factory: AnswerFactory) -> None:
        if type(rate) not in (int, float) or not 0 <= rate <= 1:
            raise UsageError(f"expected a rate of faults from 0 to 1, such as 0.1, got {represented(rate)}")
        if seed is not None and type(seed) is not int:
            raise UsageError(f"expected the seed as a whole number, got {represented(seed)}")
        self.seed = SystemRandom().randrange(_SEEDS) if seed is None else seed
        self._rate, self._factory = rate, factory
        self._random = Random(self.seed)  # noqa: S311 - a simulation, which can be repeated

    def take(self) -> Answer:
        """Return the next answer."""
        if self._random.random() >= self._rate:
            return self._factory.status(HTTPStatus.OK)
        answer = self._fault()
        return replace(answer, name=f"{answer.name}, at random")

    def _fault(self) -> Answer:
        kind, entries = self._random.choice(("error", "shape", "429")), receivable(self._factory.contract.catalogue)
        if kind == "error" and entries:
            entry = self._random.choice(entries)
            return self._factory.error(entry.code, entry.status)
        if kind == "shape":
            return self._factory.shape(self._random.choice(list(self._factory.shapes)))
        return self._factory.status(HTTPStatus.TOO_MANY_REQUESTS)


class NoMatchingRuleError(AssertionError):
    """A request for which the server has neither a rule nor a requested answer; `answer` is what the server sends."""

    def __init__(self, request: Request, rules: str) -> None:
        known = f"rules are: {rules}" if rules else _NO_RULES
        problem = f"no rule matches {cut(safe(f'{request.method} {path_of(request.url)}'), _LONGEST_REQUEST)}"
        super().__init__(
            f"{problem}\n  {known}\n"
            '  add a rule for it; respond("*", "/**", (404, b"")) as the last rule permits every other request'
        )
        hint = cut(visible(f"{problem}; {known}").encode("ascii", "backslashreplace").decode(), _LONGEST_HINT)
        found = envelope(404, "There is nothing at this path.", "404, no rule matches", {HINT_HEADER: hint})
        self.answer: Answer = replace(found, is_wanted=False)


class AnswerChoice:
    """The rules, the sequences, the random errors, and the log. The `lock` guards all of them.

    The `rules` are tried in the order in which they were set, and those of a file last.
    """

    def __init__(self, factory: AnswerFactory) -> None:
        self.lock = Lock()
        self.factory = factory
        self.rules: list[ResponseRule] = []
        self._file: RulesFile | None = None
        self._requested = RequestedAnswers(factory)
        self.faults: RandomFaults | None = None
        self.log = RequestLog()
        self.unmatched: list[NoMatchingRuleError] = []

    @property
    def all_rules(self) -> list[ResponseRule]:
        """All rules, in the order in which they are tried."""
        return [*self.rules, *(self._file.rules if self._file else ())]

    def read_rules(self, path: Path, on_problem: Callable[[str], object] | None) -> None:
        """Set the rules of a file, which are tried after all others."""
        file = RulesFile(path, self.factory, on_problem)
        with self.lock:
            self._file = file

    def clear(self) -> None:
        """Remove the rules except those of a file, which start again, as the sequences that requests ask for do."""
        self.rules.clear()
        for rule in self.all_rules:
            rule.used = 0
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
        tokens = self.factory.tokens
        if self._file is not None:
            self._file.refresh()
        return (
            (None if path in OPEN_PATHS else tokens.refusal(request))
            or next((rule.take() for rule in self.all_rules if rule.matches(request.method, path)), None)
            or self._requested.answer(request)
            or (tokens.respond(request) if is_token_request(request) else None)
            or (self.faults.take() if self.faults is not None else None)
            or self._without_rule(request)
        )

    def _without_rule(self, request: Request) -> Answer:
        unmatched = NoMatchingRuleError(request, "; ".join(map(str, self.all_rules)))
        if len(self.unmatched) < _MOST_UNMATCHED:
            self.unmatched.append(unmatched)
        return unmatched.answer
