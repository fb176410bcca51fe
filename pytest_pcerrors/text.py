"""Texts of messages: cut, counted, made visible, escaped, and with the word that was probably meant."""

import re
from typing import TYPE_CHECKING, Any, AnyStr, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_MOST_KNOWN = 20
_MOST_PLACES = 5
_MOST_CHARACTERS, _MAX_REPR = 400, 100


class _LatePattern:
    """A pattern that is compiled when it is first used."""

    def __init__(self, *arguments: Any) -> None:
        self._arguments = arguments

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(*self._arguments), name)
        setattr(self, name, value)
        return value


def late_pattern(pattern: AnyStr, flags: int = 0) -> "re.Pattern[AnyStr]":
    """Return a pattern that is compiled when it is first used: most runs need few of the patterns of the package."""
    return cast("re.Pattern[AnyStr]", _LatePattern(pattern, flags))


_CONTROL, _CHARACTERS_PER_CONTROL = late_pattern(r"[\0-\x08\x0e-\x1a\x1c-\x1f]"), 20
_CONSONANT_AND_Y = late_pattern(r"(?<![aeiou])y$")
_MARKDOWN = late_pattern(r"([\\|`*_\[\]~])")


def phrase_of(status: int) -> str:
    """Return the reason phrase of a status; empty if it is unknown."""
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def cut(text: str, longest: int) -> str:
    """Return a text shortened to `longest` characters, with an ellipsis if anything was removed."""
    return text if len(text) <= longest else f"{text[:longest]}..."


def represented(value: object, longest: int = _MAX_REPR) -> str:
    """Return the `repr` of a value for a message, shortened; its type if it has none, such as an int of very many digits.

    >>> represented("a" * 200)[-9:], represented(10**5000)
    ('aaaaaa...', '<int>')
    """
    try:
        return cut(visible(repr(value)), longest)
    except Exception:  # noqa: BLE001 - `repr` runs the code of any object
        return f"<{type(value).__name__}>"


def text_of(value: object) -> str:
    """Return a value as text; its type if Python cannot write it: an int of very many digits, or lists that are nested too deeply.

    >>> text_of(800064), text_of(10**5000)
    ('800064', '<int>')
    """
    try:
        return str(value)
    except (ValueError, RecursionError):
        return f"<{type(value).__name__}>"


def counted(count: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it is not one."""
    if count == 1:
        return f"1 {noun}"
    return f"{count} {_CONSONANT_AND_Y.sub('ie', noun)}{'es' if noun.endswith('s') else 's'}"


def listed(texts: "Sequence[str]", most: int = 5) -> str:
    """Return the first `most` texts of a list, and how many more there are."""
    more = [f"and {len(texts) - most} more"] if len(texts) > most else []
    return ", ".join([*texts[:most], *more])


def at_places(problem: str, places: "Sequence[str]", count: int = 0) -> str:
    """Return a problem with the further places of a file that have it: the first and the last of so many, or of all."""
    count = count or len(places)
    if not places:
        return problem
    named = places if count <= _MOST_PLACES else [*places[: _MOST_PLACES - 1], "...", places[-1]]
    return f"{problem}; the same at {counted(count, 'more place')}: {', '.join(named)}"


def ranked(counts: "Mapping[str, int]", most: int) -> str:
    """Return the first `most` names with their counts, those with the highest count first, and how many more there are.

    >>> ranked({"a": 1, "b": 2, "c": 1}, 2)
    'b 2, a 1, and 1 more'
    """
    in_order = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return listed([f"{name} {count}" for name, count in in_order], most)


def visible(text: str, kept: str = "") -> str:
    r"""Return a text with its control characters and surrogates escaped, except those that are `kept`.

    >>> visible("a\ud800\x1b[31m"), visible("a\n\r", kept="\n")
    ('a\\ud800\\x1b[31m', 'a\n\\r')
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter in kept else ascii(letter)[1:-1] for letter in text)


def nearest(word: str, known: "Iterable[str]") -> str:
    """Return a hint naming the known word that looks most like `word`, or some of those known."""
    from difflib import get_close_matches

    choices = sorted(known)
    close = get_close_matches(word, choices, n=1)
    return suggestion(close[0] if close else None, choices)


def suggestion(word: str | None, known: "Iterable[str]") -> str:
    """Return a hint naming the word that was probably meant; without one, some of those known."""
    if word is not None:
        return f'did you mean "{word}"?'
    choices = sorted(known)
    more = ", ..." if len(choices) > _MOST_KNOWN else ""
    return f"known are {', '.join(choices[:_MOST_KNOWN])}{more}"


def has_controls(text: str) -> bool:
    """Return whether a text begins with many control characters, as decoded images, archives and protocol buffers do."""
    head = text[:4096]
    return len(_CONTROL.findall(head)) * _CHARACTERS_PER_CONTROL > len(head)


def readable(text: str) -> str:
    """Return text from a foreign file as a message can hold it: not long, and encodable as UTF-8."""
    return cut(text, _MOST_CHARACTERS).encode("utf-8", "backslashreplace").decode()


def markdown_cell(text: str) -> str:
    r"""Return a text on one line, escaped for a Markdown table, with at signs escaped so that nobody is mentioned.

    >>> markdown_cell("a|b <i> @me `x`")
    'a\\|b &lt;i> &#64;me \\`x\\`'
    """
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace("@", "&#64;")
    return _MARKDOWN.sub(r"\\\1", text)
