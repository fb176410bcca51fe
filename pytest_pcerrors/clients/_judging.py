"""What is wrong with the tries of one call. Each function judges one thing."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from pytest_pcerrors.clients._tries import Try, seconds
from pytest_pcerrors.text import counted

_THOUSAND = 1000


class Finding(NamedTuple):
    """What is wrong: the name of the fault, what was seen, what was expected, and the fix."""

    rule: str
    seen: str
    expected: str
    fix: str


def never_retries(tries: list[Try]) -> Iterator[Finding]:
    """Yield a finding if an error that stays was retried."""
    if len(tries) > 1:
        yield Finding(
            "error-retried",
            "retried",
            "one try: the same request gets the same error again",
            "retry only 429, 502, 503 and 504; a status that your client may retry is permitted with also=",
        )


def retries_once_with_new_token(tries: list[Try]) -> Iterator[Finding]:
    """Yield a finding for each retry of a 401 but one with another token."""
    if len(tries) > 1 and tries[1].authorization == tries[0].authorization:
        yield Finding(
            "old-token-sent-again",
            "retried with the Authorization that was refused" if tries[0].authorization else "retried without a token",
            "another token in the second try, or no second try",
            "get a new token before the retry, and do not take it from a cache or from a header of the session",
        )
    elif len(tries) > 2:  # noqa: PLR2004 - one retry
        yield Finding(
            "unauthorized-retried",
            "retried again after a new token was refused",
            "two tries at most, the second one with a new token",
            "raise the second 401 to the caller: another token does not help either",
        )


def waits_long_enough(tries: list[Try]) -> Iterator[Finding]:
    """Yield a finding for the first wait that is shorter than ``Retry-After``."""
    for refused, following in pairwise(tries):
        if refused.is_followed_early(following):
            is_date = refused.until is not None
            in_milliseconds = refused.shortest_wait / 2 <= following.waited * _THOUSAND <= refused.shortest_wait * 2
            yield Finding(
                "retry-after-date-ignored" if is_date else "retry-after-seconds-ignored",
                f"waited {seconds(following.waited)} before the next try",
                f"a wait of {refused.shortest_wait} s",
                "the wait is in seconds, and was taken as milliseconds"
                if in_milliseconds
                else "wait until the date of Retry-After"
                if is_date
                else "wait for the seconds of Retry-After, and use your own delay only without that header",
            )
            return


def gives_up(max_tries: int) -> Callable[[list[Try]], Iterator[Finding]]:
    """Return the function that yields a finding if there were more tries than `max_tries`."""

    def judge(tries: list[Try]) -> Iterator[Finding]:
        if len(tries) > max_tries:
            yield Finding(
                "never-gives-up",
                f"tried more than {counted(max_tries, 'time')}",
                f"an end after {counted(max_tries, 'try')} at most",
                "limit the number of tries, then raise the last error to the caller; max_tries= permits more",
            )

    return judge


def keeps_request_id(tries: list[Try]) -> Iterator[Finding]:
    """Yield a finding if the tries of a call have different identifiers."""
    if len({each.request_id for each in tries}) > 1:
        yield Finding(
            "request-id-changed",
            "tries of one call had different values of MS-RequestId",
            "the same value in each try of a call",
            "make the identifier once a call, outside of the loop over tries: the service recognizes a repeated order by it",
        )


def reused_request_id(first: str) -> Finding:
    """Return the finding for two calls with one identifier."""
    return Finding(
        "request-id-reused",
        f"the call had the MS-RequestId of another call ({first})",
        "another value for each call",
        "make a new identifier for each call: with the old one, the service takes it for a repetition",
    )
