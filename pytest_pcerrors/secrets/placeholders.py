"""Placeholders: what replaces a secret, or says that there is not any."""

import re

from pytest_pcerrors.secrets.opacity import is_opaque

QUOTES = "\"'` \t\r\n"
"""What may be around a value, and is not part of it."""

_BRACKETS = re.compile(
    r"[$#%@]?(?:<.{0,200}>|\[.{0,200}\]|\{.{0,200}\}|\(.{0,200}\))[#%@]?|@?[A-Za-z][\w.]{0,200}\(.{0,200}\)", re.DOTALL
)
"""A text in brackets (``<token>``, ``[FILTERED]``, ``${{ secrets.TOKEN }}``, ``#{TOKEN}#``), or a call (``env("TOKEN")``)."""

_VARIABLE = re.compile(
    r"\$(?:env:)?[A-Za-z_][\w.-]{0,200}(?:/\S{0,200})?|%[A-Za-z_]\w{1,200}%|:[a-z_]{2,100}|(__|@@)\w{2,200}\1|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
    r"|(?:process\.|os\.)?env(?:iron)?(?:\.\w{1,200}|\[.{1,200}\])|(?:var|local|secrets?)\.[A-Za-z_]\w{0,200}|op://\S{1,200}"
)
"""A variable of a shell, a template or a configuration, or the address of a secret that is kept elsewhere."""

_DIGEST = re.compile(r"(?:sha\d{1,3}|md5|blake2b):[\w+/=.-]{1,200}", re.IGNORECASE)
_REPEATED = re.compile(r"[*.•…x#_0?-]*|([^\W\d_])\1{3,}", re.IGNORECASE)
"""One sign or letter again and again, such as ``xxxx-xxxx``."""

_ELIDED = re.compile(r"[*•]{3,}|\.{3}|…|[xX]{6,}")
_MAX_REST = 16
"""How much of an elided secret, such as ``sk-1a2b...9f`` or ``****1234``, may be readable."""

_DOCUMENTED = "EXAMPLE"
"""What the made-up keys in Amazon's documentation have in them."""

_STAND_INS = frozenset(
    "redacted filtered scrubbed sanitized sanitised masked omitted censored obfuscated anonymized anonymised dummy"
    " fake placeholder example changeme replaceme todo bogus your".split()
)
"""Words that say, whatever is beside them, that a value takes the place of a secret."""

_STAND_IN_STARTS = ("your", "fake", "dummy", "redact", "placeholder", "example")
_MADE_UP = frozenset(
    "hidden removed mock mocked sample my some replace test testing invalid stub insert here with".split()
)
"""Words that say so of the words in `_NOTHING` alone: ``my-token`` is a placeholder, ``my-summer`` is not."""

_NOTHING = frozenset(
    "none null nil na undefined true false yes no on off ok enabled disabled required optional missing expired empty"
    " blank default unknown anonymous never always any all auto automatic include omit accepted rejected strict lax"
    " valid basic bearer digest oauth oauth2 value string text object array number token tokens secret password"
    " passwd key keys code auth authentication authorization credential credentials cookie cookies signature session"
    " access x api client refresh id user jwt managed private public primary secondary shared".split()
)
"""Words that are no value at all, and the kinds of secret themselves (``"auth": "bearer"``)."""

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_LONGEST = 200


def is_placeholder(text: str) -> bool:
    """Return whether a text replaces a secret, or says that there is not any.

    >>> [is_placeholder(each) for each in ("***", "${TOKEN}", "fake-token", "Bearer DUMMY", "sk-1a...9f", "n/a", "hunter2")]
    [True, True, True, True, True, True, False]
    """
    text = text.strip(QUOTES)
    return not text or is_stand_in(text) or _says_nothing(_words(text), text)


def is_stand_in(text: str) -> bool:
    """Return whether a text takes the place of a secret, which was there before or is where the recording was made.

    >>> [is_stand_in(each) for each in ("***", "${TOKEN}", "fake-token", "n/a", "hunter2")]
    [True, True, True, False, False]
    """
    text = text.strip(QUOTES)
    if not text or _REPEATED.fullmatch(text) or _DIGEST.fullmatch(text) or _DOCUMENTED in text:
        return bool(text)
    if _BRACKETS.fullmatch(text) or _VARIABLE.fullmatch(text):
        return not is_opaque(text)
    return _is_elided(text) or _is_made_up(_words(text), text)


def _is_elided(text: str) -> bool:
    shown = _ELIDED.sub("", text)
    return shown != text and len(shown) <= _MAX_REST


def _words(text: str) -> list[str]:
    """Return the words of a text, in lower case; none where it is long, or mostly of other signs."""
    words = [word.lower() for word in _WORDS.findall(text[:_LONGEST])]
    return [] if len(text) > _LONGEST or len(text) > len("".join(words)) * 2 else words


def _says_nothing(words: list[str], text: str) -> bool:
    if "".join(words) in _NOTHING:
        return True
    plain = [word for word in words if not word.isdigit()]
    is_numbered = len(plain) < len(words)
    if not words or not all(word in _NOTHING or word in _MADE_UP for word in plain):
        return False
    return not is_numbered or not (text.isalnum() or _MADE_UP.isdisjoint(plain))


def _is_made_up(words: list[str], text: str) -> bool:
    """Return whether words name a stand-in, or say of the words in `_NOTHING` alone that they are none of a real secret."""
    if any(word in _STAND_INS or word.startswith(_STAND_IN_STARTS) for word in words):
        return not is_opaque(text)
    return not _MADE_UP.isdisjoint(words) and _says_nothing(words, text)
