"""Verdicts on recorded exchanges, of which many are equal error responses: these are checked once, and the texts of their violations made once."""

from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.policy.verdict import Verdict
from pytest_pcerrors.rules.head import content_type_of

if TYPE_CHECKING:
    from pytest_pcerrors.policy.policy import Policy

_SHORT = 1000


def judged(exchange: Exchange, policy: "Policy") -> Verdict:
    """Return the verdict of a policy on a recorded exchange, as `Policy.judge` does; equal error responses share their violations."""
    policy, profile = policy.of(exchange), policy.profile_for(exchange.origin)
    content_type = content_type_of(exchange)
    if (
        exchange.body[:1] == b"{"
        and len(exchange.body) <= _SHORT
        and not policy.allowances
        and policy.profiled(profile).quick.is_by_body(exchange.status, content_type)
    ):
        of_body, violations, *_ = _of_body(policy, profile, exchange.status, content_type, exchange.body)
        if of_body.is_object:
            parsed = copy(of_body)
            parsed.exchange = exchange
            return Verdict(parsed, violations)
    return policy.judge(exchange, profile=profile)


@lru_cache(maxsize=1024)
def _of_body(policy: "Policy", profile: str, status: int, content_type: str | None, body: bytes) -> Verdict:
    headers = None if content_type is None else {"Content-Type": content_type}
    return policy.judge(Exchange(status, headers, body), profile=profile)
