"""The many spellings of one JSON document and of one header."""

import json
import re
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from pytest_pcerrors.contract.model import Contract

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SPACES = st.sampled_from(["", " ", "\n", "\r\n", "\t "])

letters = st.characters(exclude_categories=["Cs"])
"""All characters that UTF-8 can encode. To name the encoding would be slow: Hypothesis tries every character when it draws the first."""

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(letters, max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(letters, max_size=8), inner, max_size=3),
    max_leaves=5,
)
"""Values of every JSON type."""


def _escaped(string: str) -> str:
    """Return a JSON string with every character escaped."""
    units = json.loads(string).encode("utf-16-be", "surrogatepass")
    return '"' + "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)) + '"'


_ESCAPES: tuple[Callable[[str], str], ...] = (str, lambda string: string.replace("/", r"\/"), _escaped)


@st.composite
def spellings(draw: st.DrawFn, documents: st.SearchStrategy[dict[str, Any]]) -> bytes:
    """Return a document as UTF-8: its members in any order, with any white space and any escapes."""
    members = draw(documents.flatmap(lambda document: st.permutations(list(document.items()))))
    text = json.dumps(
        dict(members),
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, 0, 2, "\t"])),
        separators=draw(st.sampled_from([(", ", ": "), (",", ":"), (" ,", " : ")])),
    )
    escape = draw(st.sampled_from(_ESCAPES))
    text = _STRING.sub(lambda match: escape(match[0]), text)
    return f"{draw(_SPACES)}{text}{draw(_SPACES)}".encode()


_CASES: tuple[Callable[[str], str], ...] = (str, str.lower, str.upper)
_MEDIA_TYPES = (
    "application/json",
    "application/json; charset=utf-8",
    "APPLICATION/JSON;charset=UTF-8",
    "application/problem+json",
)
_DATE = ("Date", "Mon, 05 Jan 2026 08:00:00 GMT")
_CORRELATION = ("MS-CorrelationId", "00000000-0000-4000-8000-000000000000")
_WAITS = (
    "57",
    "0",
    " 7 ",
    "Mon, 05 Jan 2026 08:00:57 GMT",
    "Monday, 05-Jan-26 08:00:57 GMT",
    "Mon Jan  5 08:00:57 2026",
)


@st.composite
def headers(
    draw: st.DrawFn, required: dict[str, str], *, may_wait: bool, contract: Contract, media_type: str | None = None
) -> list[tuple[str, str]]:
    """Return the headers of a response with a JSON body: the required ones, a media type, and perhaps others."""
    types = _MEDIA_TYPES if media_type is None else (media_type, media_type.upper())
    pairs = [("Content-Type", draw(st.sampled_from(types))), *required.items()]
    further = [_DATE, _CORRELATION] if contract.is_partner_center else [_DATE]
    pairs += draw(st.lists(st.sampled_from(further), unique=True))
    if may_wait:
        pairs.append(("Retry-After", draw(st.sampled_from(_WAITS))))
    case = draw(st.sampled_from(_CASES))
    return [(case(name), value) for name, value in draw(st.permutations(pairs))]
