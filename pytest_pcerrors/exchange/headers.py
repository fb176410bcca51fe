"""Header fields of a request or a response (RFC 9110, section 5)."""

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    RawHeaders: TypeAlias = "Headers | Mapping[str, str] | Iterable[tuple[str, str]]"


class Headers:
    """Header fields in their order, with repeated fields kept separate; names are case-insensitive.

    >>> headers = Headers([("Set-Cookie", "a=1"), ("set-cookie", "b=2")])
    >>> headers.all("SET-COOKIE"), headers.get("retry-after")
    (['a=1', 'b=2'], None)
    """

    __slots__ = ("_pairs",)

    def __init__(self, pairs: "RawHeaders" = ()) -> None:
        items = pairs.items() if hasattr(pairs, "items") else pairs
        try:
            self._pairs = tuple(
                [
                    (name if type(name) is str else _text(name), value if type(value) is str else _text(value))
                    for name, value in items
                ]
            )
        except (TypeError, ValueError):
            raise UsageError("expected headers as a mapping or pairs of name and value") from None

    def __iter__(self) -> "Iterator[tuple[str, str]]":
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._pairs == other._pairs

    def __hash__(self) -> int:
        return hash(self._pairs)

    def all(self, name: str) -> list[str]:
        """Return the values of a header, in order."""
        wanted = name.lower()
        return [value for each, value in self._pairs if each.lower() == wanted]

    def get(self, name: str) -> str | None:
        """Return the first value of a header, or None."""
        wanted, length = name.lower(), len(name)
        for each, value in self._pairs:
            if len(each) == length and each.lower() == wanted:
                return value
        return None


@lru_cache(maxsize=64)
def media_type(content_type: str) -> str:
    """Return the media type in a ``Content-Type`` header, in lower case and without parameters."""
    return content_type.partition(";")[0].strip().lower()


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if not isinstance(value, str | int | float):
        raise TypeError
    return str(value)
