"""Detect placeholders: texts that replace a secret, or state that there is no value."""

import re

from pytest_pcerrors.secrets._opacity import is_opaque
from pytest_pcerrors.text import late_pattern

QUOTES = "\"'` \t\r\n"
"""Characters around a value that are not part of it."""

_BRACKETS = late_pattern(
    r"[$#%@]?(?:<.{0,200}>|\[.{0,200}\]|\{.{0,200}\}|\(.{0,200}\))[#%@]?|@?[A-Za-z][\w.]{0,200}\(.{0,200}\)", re.DOTALL
)
"""A text in brackets (``<token>``, ``[FILTERED]``, ``${{ secrets.TOKEN }}``, ``#{TOKEN}#``), or a call (``env("TOKEN")``)."""

_VARIABLE = late_pattern(
    r"\$(?:env:)?[A-Za-z_][\w.-]{0,200}(?:/\S{0,200})?|%[A-Za-z_]\w{1,200}%|:[a-z_]{2,100}|(__|@@)\w{2,200}\1|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
    r"|(?:process\.|os\.)?env(?:iron)?(?:\.\w{1,200}|\[.{1,200}\])|(?:var|local|secrets?)\.[A-Za-z_]\w{0,200}|op://\S{1,200}"
)
"""A variable of a shell, a template or a configuration, or a reference to a secret that is stored elsewhere."""

_CLASS = late_pattern(r"(?:\[(?=[^\s\]]{0,40}[\\^-])[^\s\]]{1,40}\]|\\[wWsSdD])(?:[*+?]|\{\d+(?:,\d*)?\})+")
"""A repeated class of characters in a regular expression, which a stub of a mock server matches with credentials."""

_DIGEST = late_pattern(r"(?:sha\d{1,3}|md5|blake2b):[\w+/=.-]{1,200}", re.IGNORECASE)
_REPEATED = late_pattern(r"[*.•…x#_0?-]*|([^\W\d_])\1{3,}", re.IGNORECASE)
"""One repeated character, such as ``xxxx-xxxx``."""

_ELIDED = late_pattern(r"[*•]{3,}|\.{3}|…|[xX]{6,}")
_MAX_REST = 16
"""The maximum number of readable characters of an elided secret, such as ``sk-1a2b...9f`` or ``****1234``."""

_AMAZON_EXAMPLE = "EXAMPLE"
"""The text in the example keys of Amazon's documentation."""

_REPLACEMENT_WORDS = frozenset(
    "redacted filtered scrubbed sanitized sanitised masked omitted censored obfuscated anonymized anonymised dummy"
    " fake placeholder example changeme replaceme todo bogus your".split()
)
"""Words that mark a value as the replacement of a secret, with any other words."""

_REPLACEMENT_STARTS = ("your", "fake", "dummy", "redact", "placeholder", "example")
_EXAMPLE_WORDS = frozenset(
    "hidden removed mock mocked sample my some replace test testing invalid stub insert here with".split()
)
"""Words that do so only with words in `_EMPTY_WORDS`: ``my-token`` is a placeholder, ``my-summer`` is not."""

_EMPTY_WORDS = frozenset(
    "none null nil na undefined true false yes no on off ok enabled disabled required optional missing expired empty"
    " blank default unknown anonymous never always any all auto automatic include omit accepted rejected strict lax"
    " valid basic bearer digest oauth oauth2 value string text object array number token tokens secret password"
    " passwd key keys code auth authentication authorization credential credentials cookie cookies signature session"
    " access x api client refresh id user jwt managed private public primary secondary shared".split()
)
"""Words that mean "no value", and the names of kinds of secrets (``"auth": "bearer"``)."""

_WORDS = late_pattern(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_MAX_LENGTH = 200


def is_placeholder(text: str) -> bool:
    """Return whether a text replaces a secret, or states that there is no value.

    >>> [is_placeholder(each) for each in ("***", "${TOKEN}", "fake-token", "Bearer DUMMY", "sk-1a...9f", "n/a", "hunter2")]
    [True, True, True, True, True, True, False]
    """
    text = text.strip(QUOTES)
    return not text or is_replacement(text) or _is_empty_value(_words(text), text)


def is_replacement(text: str) -> bool:
    """Return whether a text replaces an actual secret, which was removed or is known where the recording was made.

    >>> [is_replacement(each) for each in ("***", "${TOKEN}", "fake-token", "n/a", "hunter2")]
    [True, True, True, False, False]
    """
    text = text.strip(QUOTES)
    if not text or _REPEATED.fullmatch(text) or _DIGEST.fullmatch(text) or _AMAZON_EXAMPLE in text:
        return bool(text)
    if _BRACKETS.fullmatch(text) or _VARIABLE.fullmatch(text):
        return not is_opaque(text)
    pattern = _CLASS.sub("", text)
    if pattern != text:
        return not is_opaque(pattern)
    return _is_elided(text) or _has_replacement_words(_words(text), text)


def _is_elided(text: str) -> bool:
    shown = _ELIDED.sub("", text)
    return shown != text and len(shown) <= _MAX_REST


def _words(text: str) -> list[str]:
    """Return the words of a text in lower case; an empty list if it is long or consists mostly of other characters."""
    words = [word.lower() for word in _WORDS.findall(text[:_MAX_LENGTH])]
    return [] if len(text) > _MAX_LENGTH or len(text) > len("".join(words)) * 2 else words


def _is_empty_value(words: list[str], text: str) -> bool:
    if "".join(words) in _EMPTY_WORDS:
        return True
    plain = [word for word in words if not word.isdigit()]
    is_numbered = len(plain) < len(words)
    if not words or not all(word in _EMPTY_WORDS or word in _EXAMPLE_WORDS for word in plain):
        return False
    return not is_numbered or not (text.isalnum() or _EXAMPLE_WORDS.isdisjoint(plain))


def _has_replacement_words(words: list[str], text: str) -> bool:
    """Return whether words mark a replacement, alone or together with words in `_EMPTY_WORDS`."""
    if any(word in _REPLACEMENT_WORDS or word.startswith(_REPLACEMENT_STARTS) for word in words):
        return not is_opaque(text)
    if words and words[0] in _EXAMPLE_WORDS and words[-1] in _EMPTY_WORDS and "".join(words).isalpha():
        return not is_opaque(text)  # test_openai_api_key
    return not _EXAMPLE_WORDS.isdisjoint(words) and _is_empty_value(words, text)
