"""The one definition of a secret, and `hide` to remove secrets from text that is shown.

`definition` decides by the kind of a name (`names`) and the look of its value (`values`); tokens of vendors (`_formats`) need no name.
`hiding` finds names with values in each notation: `headers`, `_urls`, `json_text` with `members`, and `_prose` with `_markup` and `_pairs`.
It is imported when it is first needed: most texts have no secret, which `_prefilter`, `harmless` and `_clean_json` prove faster.
"""

from functools import lru_cache

from pytest_pcerrors.secrets.definition import BEYOND, MASK, Certainty, Found, Secrets

_SHORT = 200
_DEFAULT = Secrets()

__all__ = ["BEYOND", "MASK", "Certainty", "Found", "Secrets", "hide"]


def hide(text: str, *, longest: int | None = None) -> str:
    """Return a text with its secrets hidden; sentences about tokens and passwords are kept.

    With `longest`, at most that many characters are returned. A secret that is cut off there is hidden too, since more of the text
    is searched than is returned; an even longer one is detected by the format of its beginning.

    >>> hide('{"access_token": "eyJhbGciOiJub25lIn0.e30.x", "code": "800064"}')
    '{"access_token": "***", "code": "800064"}'
    >>> hide("https://user:pass@host/v1?sig=x7Kq02pLm&size=3")
    'https://***@host/v1?sig=***&size=3'
    """
    if len(text) <= _SHORT and (longest is None or len(text) <= longest):
        return _hidden_in_short(text)
    from pytest_pcerrors.secrets.hiding import hidden

    return hidden(text, longest, _DEFAULT)


@lru_cache(maxsize=1024)
def _hidden_in_short(text: str) -> str:
    """Hide the secrets of a short text; the reports of many responses have the same ones."""
    if not _DEFAULT.may_be_in(text):
        return text
    from pytest_pcerrors.secrets.hiding import hidden

    return hidden(text, None, _DEFAULT)
