"""The one definition of a secret, and `hide` and `Hider` to remove secrets from data that is stored or shown.

The search for secrets is imported when it is first needed: most recordings have no word of a secret.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_pcerrors.secrets.definition import BEYOND, MASK, Certainty, Found, Secrets

if TYPE_CHECKING:
    from pytest_pcerrors.secrets._hiding import Hider

_SHORT = 200
_DEFAULT = Secrets()

__all__ = ["BEYOND", "MASK", "Certainty", "Found", "Hider", "Secrets", "hide"]


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
    from pytest_pcerrors.secrets._hiding import hidden

    return hidden(text, longest)


@lru_cache(maxsize=1024)
def _hidden_in_short(text: str) -> str:
    """Hide the secrets of a short text; the reports of many responses have the same ones."""
    if not _DEFAULT.may_be_in(text):
        return text
    from pytest_pcerrors.secrets._hiding import hidden

    return hidden(text, None)


def __getattr__(name: str) -> object:
    if name != "Hider":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pytest_pcerrors.secrets._hiding import Hider

    return Hider
