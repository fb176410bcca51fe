"""The places of watched responses: vcrpy only names their file, so the line is looked up when a message needs it."""

from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_pcerrors.plugin._messages import shown_path
from pytest_pcerrors.policy.allowances import file_of

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.model import Exchange

    Key = tuple[str, int, bytes]


class Places:
    """Finds the interactions of responses in their cassettes; it keeps the places of the last file."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._last: "tuple[object, dict[Key, dict[str, str]]]" = (None, {})

    def placed(self, exchange: "Exchange") -> "Exchange":
        """Return an exchange with the origin ``path:line``, relative to the root directory if the file is in it.

        The URL may differ from the recorded one, as the matchers of vcrpy permit, if no other interaction has the same response.
        Without such an interaction, as when it was just recorded, the origin is the path alone. If there is no such file, because it
        may not be written, there is no origin.
        """
        origin = exchange.origin
        if origin is None or file_of(origin) != origin:
            return exchange
        file = Path(origin).absolute()
        if (state := _state_of(file)) is None:
            return exchange.at(None)
        name = shown_path(file, self._root)
        places = self._places_in(file, name, state).get(_key(exchange), {})
        single = next(iter(places.values())) if len(places) == 1 else name
        return exchange.at(places.get(_url(exchange), single))

    def _places_in(self, file: Path, name: str, state: object) -> "dict[Key, dict[str, str]]":
        """Return the places of the interactions of a file in this state: by response, then by URL."""
        from pytest_pcerrors.errors import UsageError
        from pytest_pcerrors.exchange.archives.files import exchanges_of, file_items

        if self._last[0] != state:
            places: "dict[Key, dict[str, str]]" = defaultdict(dict)
            with suppress(UsageError):  # an entry that cannot be read, or a file in a format of its own
                for each in exchanges_of(file_items(file, name), name):
                    places[_key(each)].setdefault(_url(each), each.origin or name)
            self._last = state, places
        return self._last[1]


def _key(exchange: "Exchange") -> "Key":
    return exchange.request.method if exchange.request else "", exchange.status, exchange.body


def _url(exchange: "Exchange") -> str:
    return exchange.request.url if exchange.request else ""


def _state_of(file: Path) -> object:
    """Return a value that differs when the file was written again; None if there is no such file."""
    try:
        status = file.stat()
    except OSError:
        return None
    return file, status.st_mtime_ns, status.st_size
