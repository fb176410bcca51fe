"""Cassette files: read with exact error messages, written atomically and without secrets, and made from exchanges."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from types import SimpleNamespace
from typing import Any

from vcr.cassette import Cassette
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.request import Request
from vcr.serialize import serialize
from vcr.serializers import yamlserializer

from pytest_pcerrors.documents import write_atomically
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives.items import parsed
from pytest_pcerrors.exchange.archives.yaml_files import read_yaml_interactions
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.interception._interactions import (
    RecordedRequest,
    Response,
    interaction_of,
    redacted_request,
    redacted_response,
    vcrpy_response,
)
from pytest_pcerrors.redaction import Redaction

Loaded = tuple[list[RecordedRequest], list[Response], *tuple[dict[str, Any], ...]]


class Persister:
    """A persister for vcrpy, used instead of its own to load and save cassettes.

    The one of vcrpy writes in place and in the encoding of the locale, and treats a file that it cannot decode as empty.
    `name` is the path that messages show.
    """

    def __init__(self, redaction: Redaction, name: str) -> None:
        self._redaction = redaction
        self._name = name
        self.held = 0
        """The number of interactions that were written."""
        self._metadata: dict[str, Any] = {}
        self._loaded: tuple[int, ...] | None = None

    def load_cassette(self, cassette_path: str, serializer: Any) -> Loaded:
        """Return requests, responses, and metadata if this version of vcrpy supports them.

        A file that cannot be read completely is an `ArchiveError`.
        """
        self._loaded = self._version(Path(cassette_path))
        try:
            data = Path(cassette_path).read_bytes()
        except FileNotFoundError:
            raise CassetteNotFoundError from None
        except OSError as error:
            raise UsageError(f"{self._name}: cannot be read: {error.strerror}") from None
        if not data.strip():
            raise CassetteNotFoundError  # an empty file has nothing to lose
        others: dict[str, Any] = {}
        interactions = [interaction_of(item, origin) for item, origin in self._items(data, serializer, others)]
        requests, responses = [request for request, _ in interactions], [response for _, response in interactions]
        self._metadata = others.get("metadata") or {}
        # vcrpy 9.2 accepts no metadata from a persister
        return (requests, responses, self._metadata) if hasattr(Cassette, "get_metadata") else (requests, responses)

    def save_cassette(self, cassette_path: str, cassette_dict: dict[str, Any], serializer: Any) -> None:
        """Write all interactions as UTF-8 and without secrets; a reader sees either the old file or the new one."""
        hidden = {
            **cassette_dict,
            "requests": [redacted_request(each, self._redaction) for each in cassette_dict["requests"]],
            "responses": [redacted_response(each, self._redaction) for each in cassette_dict["responses"]],
        }
        path = Path(cassette_path)
        version = self._version(path)
        try:
            text = serialize(hidden, self._with_metadata(serializer))
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{path.parent}: cannot be created: {error.strerror}") from None
        except TypeError as error:  # the JSON serializer, on a body that is not UTF-8
            raise UsageError(f"{self._name}: cannot be written: {error}") from None
        if self._loaded is not None and version not in ((), self._loaded):
            raise UsageError(
                f"{self._name}: was changed during the test, by another process or an inner cassette, and is not written: "
                "the change would be lost; record the tests that share it one after the other"
            )
        write_atomically(path, text)
        self._loaded = self._version(path)
        self.held = len(hidden["requests"])

    def _version(self, path: Path) -> tuple[int, ...]:
        """Return what differs if a file was written again; empty without a file. Refuse a pipe or a device, which may never end."""
        try:
            status = path.stat()
        except OSError:
            return ()
        if not (S_ISREG(status.st_mode) or S_ISDIR(status.st_mode)):
            raise UsageError(f"{self._name}: not a regular file; remove it, or name another cassette")
        return status.st_ino, status.st_mtime_ns, status.st_size

    def _with_metadata(self, serializer: Any) -> Any:
        """Return a serializer that also writes the metadata of the file, which vcrpy 9.2 drops."""
        kept = {"metadata": self._metadata} if self._metadata else {}
        return SimpleNamespace(serialize=lambda data: serializer.serialize({**kept, **data}))

    def _items(self, data: bytes, serializer: Any, others: dict[str, Any]) -> Iterator[tuple[Any, str]]:
        """Yield the interactions as plain data, each with its origin."""
        if serializer is yamlserializer:
            yield from read_yaml_interactions(BytesIO(data), self._name, others)
            return
        document = parsed(data, self._name)
        items = document.get("interactions") if isinstance(document, dict) else None
        if not isinstance(items, list):
            raise UsageError(f"{self._name}: not a cassette: expected an object with a list of interactions")
        others |= document
        for index, item in enumerate(items):
            yield item, f"{self._name}#/interactions/{index}"


def cassette_text(exchanges: Iterable[Exchange]) -> str:
    """Return the text of a YAML cassette that vcrpy replays; an exchange without a request is a `UsageError`."""
    requests, responses = [], []
    for exchange in exchanges:
        request = exchange.request
        if request is None:
            raise UsageError(f"{exchange!r} has no request, so a cassette cannot replay it")
        requests.append(Request(request.method, request.url, request.body or None, dict(request.headers)))
        responses.append(vcrpy_response(exchange.status, exchange.reason or "", exchange.headers or (), exchange.body))
    text: str = serialize({"requests": requests, "responses": responses}, yamlserializer)
    return text
