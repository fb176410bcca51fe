"""A cassette opened for a block: vcrpy's settings, our cassette, and every HTTP client of the process sent through it."""

import inspect
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vcr import VCR
from vcr.patch import CassettePatcherBuilder

from pytest_pcerrors.errors import UsageError, nearest
from pytest_pcerrors.interception.cassette import IndexedCassette
from pytest_pcerrors.interception.interactions import redacted_request
from pytest_pcerrors.interception.logs import hiding_secrets
from pytest_pcerrors.interception.persister import Persister

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from vcr.request import Request

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.exchange.redaction import Redaction

_OF_VCR = frozenset(inspect.signature(VCR).parameters)
_OF_CASSETTE = frozenset({"allow_playback_repeats", "additional_matchers", "persister", "path"})
_NOT_OF_CASSETTE = frozenset({"path_transformer", "func_path_generator", "record_on_exception"})
_REQUEST_FILTERS = frozenset(
    {
        "filter_headers",
        "filter_query_parameters",
        "filter_post_data_parameters",
        "before_record_request",
        "before_record",
        "ignore_hosts",
        "ignore_localhost",
    }
)
_IN_PROCESS = frozenset({"WSGITransport", "ASGITransport", "MockTransport"})


@dataclass(frozen=True, kw_only=True)
class Opening:
    """How a cassette is opened: where it lies, in which of our record modes, and who takes part.

    `config` holds vcrpy's own settings. `passes_by` tells of a request whether it goes its way, unrecorded and unanswered.
    `command` runs the test, for advice. `is_kept` is false where nothing is to be written.
    """

    path: "Path"
    name: str
    mode: str
    command: str
    config: "Mapping[str, Any]"
    redaction: "Redaction"
    hear: "Callable[[Exchange], object]"
    passes_by: "Callable[[str], bool]" = lambda _: False
    is_kept: bool = True


@contextmanager
def opened(opening: Opening) -> "Iterator[IndexedCassette]":
    """Send every client through a cassette for a block, and save it in the end, if it is to be kept by then.

    What vcrpy refuses in its settings is a `UsageError`.
    """
    cassette = _cassette(opening)
    with ExitStack() as stack:
        for patcher in _Patchers(cassette).build():
            stack.enter_context(patcher)
        stack.enter_context(hiding_secrets())
        yield cassette
    cassette._save()  # noqa: SLF001 - as vcrpy's own context does


class _Patchers(CassettePatcherBuilder):  # type: ignore[misc]  # vcrpy ships no types
    """vcrpy's patches without those of transports that stay in the process: what they carry was never on the wire."""

    def _build_patcher(self, obj: Any, patched_attribute: str, replacement_class: Any) -> Any:
        if getattr(obj, "__name__", "") in _IN_PROCESS:
            return None
        return super()._build_patcher(obj, patched_attribute, replacement_class)


def _cassette(opening: Opening) -> IndexedCassette:
    arguments = _arguments(opening)
    arguments["before_record_request"] = _filter(arguments["before_record_request"], opening)
    arguments["persister"] = Persister(opening.redaction, opening.name)
    if opening.mode == "rewrite":
        arguments["drop_unused_requests"] = True
    cassette = IndexedCassette(hear=opening.hear, name=opening.name, command=opening.command, **arguments)
    cassette.keep = opening.is_kept
    if opening.mode != "rewrite" and opening.is_kept:
        cassette._load()  # noqa: SLF001 - as vcrpy's own constructor does
    return cassette


def _arguments(opening: Opening) -> dict[str, Any]:
    """Return vcrpy's arguments for a cassette, from its own settings."""
    for key in opening.config:
        if key not in _OF_VCR | _OF_CASSETTE:
            raise UsageError(f"vcrpy has no setting {key!r}; {nearest(str(key), _OF_VCR | _OF_CASSETTE)}")
    serializer = "json" if opening.path.suffix == ".json" else opening.config.get("serializer", "yaml")
    asked = {
        **opening.config,
        "path": str(opening.path),
        "serializer": serializer,
        "record_mode": "all" if opening.mode == "rewrite" else opening.mode,
    }
    try:
        made = VCR(**{key: value for key, value in opening.config.items() if key in _OF_VCR})
        merged = made.get_merged_config(**asked)
    except (KeyError, TypeError, ValueError) as error:
        said = error.args[0] if error.args else error
        raise UsageError(f"vcrpy refuses its settings: {said}") from None
    return {key: value for key, value in merged.items() if key not in _NOT_OF_CASSETTE}


def _filter(theirs: "Callable[[Request], Any]", opening: Opening) -> "Callable[[Request], Any]":
    """Return what makes the stored form of a request: what the settings of vcrpy say, and then the redaction."""
    has_filters = any(opening.config.get(key) for key in _REQUEST_FILTERS)

    def stored(request: "Request") -> Any:
        if opening.passes_by(request.uri):
            return None
        filtered = theirs(request) if has_filters else request
        return redacted_request(filtered, opening.redaction) if filtered else None

    return stored
