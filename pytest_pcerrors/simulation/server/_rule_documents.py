"""Rules as documents, in TOML or JSON: one schema and one reading for both."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from pytest_pcerrors.documents import published_schema, validate
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.jsontext import is_deeper
from pytest_pcerrors.simulation.answers.answer import Answer, AnswerFactory, in_sequence
from pytest_pcerrors.simulation.answers.faults import FAULTS
from pytest_pcerrors.simulation.answers.rules import RequestPattern, ResponseRule
from pytest_pcerrors.text import counted, readable, visible

_SHOWN_PROBLEMS = 5
_DEEPEST = 64
_JSON = ("Content-Type", "application/json; charset=utf-8")


def rules_schema() -> dict[str, Any]:
    """Return the JSON Schema of a file of rules."""
    return published_schema("pytest_pcerrors.simulation.server", "rules.schema.json")


def rules_of(documents: Sequence[Any], factory: AnswerFactory, place: Callable[[int], str]) -> list[ResponseRule]:
    """Return the rules of these documents; `place` names one by its index in the `UsageError` that lists the problems.

    >>> from pytest_pcerrors import Contract
    >>> factory = AnswerFactory(Contract.default())
    >>> [str(rule) for rule in rules_of([{"path": "/v1/*", "answer": [429, "ok"]}], factory, str)]
    ['* /v1/*']
    >>> rules_of([{"answer": "gatway-429"}], factory, "rules.toml: rule {}".format)
    Traceback (most recent call last):
    pytest_pcerrors.errors.UsageError: rules.toml: rule 0: at /answer: "gatway-429" is not the name of an answer, a shape or a code; did you mean "gateway-429"?
    """
    rules, problems = [], []
    for index, document in enumerate(documents):
        try:
            rules.append(_rule(document, factory, place(index)))
        except UsageError as error:
            problems.append(str(error))
    if len(problems) > _SHOWN_PROBLEMS:
        more = f"and {counted(len(problems) - _SHOWN_PROBLEMS, 'more rule')} with a problem"
        problems = [*problems[:_SHOWN_PROBLEMS], more]
    if problems:
        raise UsageError("\n".join(problems))
    return rules


def _rule(document: Any, factory: AnswerFactory, place: str) -> ResponseRule:
    if is_deeper(document, _DEEPEST):
        raise UsageError(f"{place}: nested too deeply")
    validate(_schema_of_rule(), document, place)
    faults: Any = {name: document[name] for name in FAULTS if name in document}
    try:
        pattern = RequestPattern(document.get("method", "*"), document.get("path", "/**"))
        answers = in_sequence(_answers(document["answer"], factory), document.get("retry_after"), faults)
        return ResponseRule(pattern, answers, document.get("times"), document=document)
    except UsageError as error:
        raise UsageError(f"{place}: {readable(visible(str(error)))}") from None


@cache
def _schema_of_rule() -> dict[str, Any]:
    return {**rules_schema()["$defs"]["rule"], "$defs": rules_schema()["$defs"]}


def _answers(answer: Any, factory: AnswerFactory) -> Iterator[Answer]:
    several = isinstance(answer, list)
    for index, each in enumerate(answer if several else [answer]):
        try:
            yield _response(each) if isinstance(each, dict) else factory.by_name(each)
        except UsageError as error:
            raise UsageError(f"at /answer{f'/{index}' if several else ''}: {error}") from None


def _response(response: dict[str, Any]) -> Answer:
    body, named = response.get("body", ""), response.get("headers", {})
    headers = [(name, each) for name, value in named.items() for each in ([value] if isinstance(value, str) else value)]
    if not isinstance(body, str):
        try:
            body = json.dumps(body, allow_nan=False)
        except ValueError:
            raise UsageError("at /body: NaN and Infinity are not JSON values") from None
        if all(name.lower() != "content-type" for name, _ in headers):
            headers.append(_JSON)
    exchange = Exchange(response["status"], headers, body.encode("utf-8", "replace"))
    return Answer(exchange, str(exchange.status))
