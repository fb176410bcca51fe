"""Unmatched requests: the message with the request, the nearest recordings, and the command that records it."""

from difflib import get_close_matches
from heapq import nsmallest
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from vcr.errors import CannotOverwriteExistingCassetteException

from pytest_pcerrors.interception.responders import simulated_lines
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted, cut

if TYPE_CHECKING:
    from vcr.request import Request

    from pytest_pcerrors.interception._matching import Difference

_MOST_NEAREST = 3
_MOST_DIFFERENCES = 6
_LONGEST_URL = 200
_LONGEST_VALUE = 100
_OF_ADDRESS = {"scheme", "host", "port", "netloc"}
_WEIGHTS = {"method": 2, "path": 3, "scheme": 3, "port": 3, "host": 4, "netloc": 4}


class UnmatchedRequest(CannotOverwriteExistingCassetteException):  # type: ignore[misc]  # vcrpy ships no types
    """A request does not match any recording, and the record mode does not allow sending it.

    It replaces the exception of vcrpy with a better message: `cassette`, `failed_request` and `reason` are the same.
    """

    def __init__(self, cassette: Any, request: "Request") -> None:
        matches = list(cassette.index.matches(request))
        lines = [
            *_recorded_lines(cassette, matches),
            *([] if matches else _nearest_lines(cassette, request)),
            *(f"simulated: {line}" for line in simulated_lines()),
            f"record it: {cassette.options.command} --pc-record={'new_episodes' if cassette.rewound else 'once'}",
        ]
        Exception.__init__(self, "\n  ".join([f"no recording answers {described(request)}", *lines]))
        self.cassette = cassette
        self.failed_request = request
        self.similar_requests: list[Any] = []
        found = "already_played" if matches else "no_match"
        self.reason: str = found if cassette.rewound else "cassette_not_found"


def label(cassette: Any, index: int) -> str:
    """Return the label of an interaction in messages: its number, counted from 1, and its request."""
    return f"#{index + 1} {described(cassette.data[index][0])}"


def described(request: "Request") -> str:
    """Return a request for messages: its method and URL, without secrets."""
    return cut(f"{safe(request.method)} {safe(request.uri)}", _LONGEST_URL)


def _recorded_lines(cassette: Any, matches: list[int]) -> list[str]:
    others = [_held(each) for each in cassette.also]
    if not cassette.rewound:
        return [_missing(cassette), *others]
    lines = [_held(cassette), *others]
    if matches:
        numbers = ", ".join(f"#{index + 1}" for index in matches[:_MOST_DIFFERENCES])
        more = f" and {len(matches) - _MOST_DIFFERENCES} more" if len(matches) > _MOST_DIFFERENCES else ""
        lines.append(
            f"it matches {numbers}{more}, already played: the client sends this request more often than it was recorded"
        )
        lines.append('to play a recording again and again: pc_vcr_config with "allow_playback_repeats": True')
    return lines


def _held(cassette: Any) -> str:
    return f"{cassette.name} holds {counted(len(cassette), 'interaction')}, {len(cassette.play_counts)} of them played"


def _missing(cassette: Any) -> str:
    path = Path(cassette.path)
    if path.exists():
        return f"{cassette.name} is empty"
    others = cassette.options.others
    beside = [file.name for file in path.parent.glob("*") if file.is_file() and str(file).casefold() not in others]
    close = get_close_matches(path.name, beside, n=1)
    hint = f"; was it called {close[0]} before?" if close else ""
    return f"there is no {cassette.name}{hint}"


def _nearest_lines(cassette: Any, request: "Request") -> list[str]:
    """Return the recorded requests with the fewest differences, and these differences."""
    lines = []
    for index, differing in nsmallest(
        _MOST_NEAREST, cassette.index.differences(request), key=lambda each: (sum(map(_weight, each[1])), len(each[1]))
    ):
        played = "already played" if cassette.play_counts[index] else "not played"
        lines.append(f"near: {label(cassette, index)}, {played}")
        lines += [f"    {_line(each)}" for each in differing[:_MOST_DIFFERENCES]]
        if len(differing) > _MOST_DIFFERENCES:
            lines.append(f"    and {len(differing) - _MOST_DIFFERENCES} more")
        if differing and {each.what for each in differing} <= _OF_ADDRESS:
            recorded = urlsplit(cassette.data[index][0].uri)
            address = safe(f"{recorded.scheme}://{recorded.netloc}")
            lines.append(f"    only the address differs; to replay it with pc_session: --pc-base-url={address}")
    return lines


def _weight(difference: "Difference") -> int:
    """Return the weight of a difference: a value, or a similar path (its first segments, or the last one) counts least, then method, path, host."""
    sent, recorded = difference.sent.split("/"), difference.recorded.split("/")
    if difference.what == "path" and (sent[:4] == recorded[:4] or sent[-1] == recorded[-1]):
        return 1
    return _WEIGHTS.get(difference.what, 0)


def _line(difference: "Difference") -> str:
    what, sent, recorded = (cut(safe(text), _LONGEST_VALUE) for text in difference)
    return f"{what}: sent {sent}, recorded {recorded}"
