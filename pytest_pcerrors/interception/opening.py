"""Cassettes opened for a block: the settings of vcrpy, our cassette class, and the patched HTTP clients."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from vcr import VCR
from vcr.request import Request

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.interception._interactions import redacted_request
from pytest_pcerrors.interception.answering import Front, installed
from pytest_pcerrors.interception.cassette import IndexedCassette
from pytest_pcerrors.interception.cassette_files import Persister
from pytest_pcerrors.interception.options import CassetteOptions
from pytest_pcerrors.interception.threads import StartedThreads
from pytest_pcerrors.text import nearest, represented

OURS = frozenset(
    {"cassette_library_dir", "func_path_generator", "inject_cassette", "path", "path_transformer", "persister"}
)
"""Settings of vcrpy for the path and the persister of a cassette, which this package sets itself."""

_SETTINGS = frozenset({*inspect.signature(VCR).parameters, "allow_playback_repeats", "additional_matchers"}) - OURS
_NOT_OF_CASSETTE = frozenset({"path_transformer", "func_path_generator", "record_on_exception"})
_LISTS = (
    *("match_on", "additional_matchers", "ignore_hosts", "custom_patches", "skip_patchers"),
    *("filter_headers", "filter_query_parameters", "filter_post_data_parameters", "filter_sensitive_data"),
)
_REPLACING = ("filter_headers", "filter_query_parameters", "filter_post_data_parameters")
_HOOKS = ("before_record", "before_record_request", "before_record_response")


@contextmanager
def open_cassette(options: CassetteOptions) -> Iterator[IndexedCassette]:
    """Patch every HTTP client to use a cassette for a block, and save it at the end if `keep` is set.

    Settings that vcrpy rejects are a `UsageError`.
    """
    cassette = _cassette(options)
    with ExitStack() as stack:
        stack.enter_context(StartedThreads(options.test).followed())
        stack.enter_context(installed(Front(cassette), skips_waits=options.mode == "none"))
        yield cassette
    cassette._save()  # noqa: SLF001 - as vcrpy's own context does


def _cassette(options: CassetteOptions) -> IndexedCassette:
    try:
        cassette = IndexedCassette(options, **_arguments(options))
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"vcrpy rejects its settings: {error.args[0] if error.args else error}") from None
    cassette.keep = options.is_kept and options.mode != "none"
    if options.is_kept and (options.mode != "rewrite" or options.continues):
        cassette._load()  # noqa: SLF001 - as vcrpy's own constructor does
    if options.is_kept:
        cassette.also = tuple(_further(options, path, name) for path, name in options.also.items())
    return cassette


def _further(options: CassetteOptions, path: Path, name: str) -> IndexedCassette:
    """Return a further cassette of a test, which is only replayed."""
    if not path.exists():
        raise UsageError(
            f"{name}: a test needs it (pc_cassette: also=), and there is no such file; record the test that it is named after"
        )
    return _cassette(replace(options, path=path, name=name, mode="none", also={}))


def _arguments(options: CassetteOptions) -> dict[str, Any]:
    """Return the arguments of vcrpy's cassette, made from its settings and ours."""
    config = _checked(options.config)
    vcr, names = VCR(), []
    for matcher in config.get("match_on", vcr.match_on):
        if callable(matcher):
            vcr.register_matcher(matcher.__name__, matcher)
        names.append(matcher.__name__ if callable(matcher) else matcher)
    _check_names(vcr, [*names, *config.get("additional_matchers", ())], config.get("serializer", "yaml"))
    arguments = {
        **config,
        "path": str(options.path),
        "match_on": names,
        "serializer": "json" if options.path.suffix == ".json" else config.get("serializer", "yaml"),
        "custom_patches": tuple(config.get("custom_patches", ())),
        "record_mode": _record_mode(options),
    }
    merged = vcr.get_merged_config(**arguments)
    merged["before_record_request"] = _filter(merged["before_record_request"], options)
    without_hooks = {key: value for key, value in arguments.items() if key not in _HOOKS}
    merged["filter_loaded"] = _filter(vcr.get_merged_config(**without_hooks)["before_record_request"], options)
    merged["persister"] = Persister(options.redaction, options.name)
    return {key: value for key, value in merged.items() if key not in _NOT_OF_CASSETTE}


def _checked(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return vcrpy's settings; an unknown or reserved one is a `UsageError`."""
    for key, value in config.items():
        if key in OURS:
            raise UsageError(
                f"vcrpy's setting {key!r} cannot be used: pc_cassette names and writes its files itself; leave it out"
            )
        if key not in _SETTINGS:
            raise UsageError(f"vcrpy has no setting {key!r}; {nearest(str(key), _SETTINGS)}")
        if key in _LISTS and (isinstance(value, str) or not isinstance(value, Iterable)):
            raise UsageError(f"vcrpy's setting {key!r}: expected a list, got {represented(value)}")
        _check_pairs(key, value)
        if key in _HOOKS and not all(map(callable, value if isinstance(value, Iterable) else [value])):
            raise UsageError(
                f"vcrpy's setting {key!r}: expected a function or a list of functions, got {represented(value)}"
            )
    return config


def _check_names(vcr: VCR, names: list[Any], serializer: Any) -> None:
    """Raise a `UsageError` for what vcrpy itself does not have, but another `VCR` may have had registered."""
    for name in names:
        if name not in vcr.matchers:
            raise UsageError(
                f"vcrpy has no matcher {represented(name)}; a matcher of your own is the function itself, in match_on of "
                f"pc_vcr_config; {nearest(str(name), vcr.matchers)}"
            )
    if not isinstance(serializer, str) or serializer not in vcr.serializers:
        raise UsageError(
            f"vcrpy's setting 'serializer': expected yaml or json, got {represented(serializer)}; "
            "a serializer of your own cannot be used, since all commands read the cassettes"
        )


def _check_pairs(key: str, value: Any) -> None:
    """Raise a `UsageError` for a filter without its names or pairs, which vcrpy would find only when it filters."""
    if key in _REPLACING and not all(isinstance(each, str) or _is_pair(each, tuple) for each in value):
        raise UsageError(
            f"vcrpy's setting {key!r}: expected names, or tuples of name and replacement, got {represented(value)}"
        )
    if key == "filter_sensitive_data":
        pairs = value.items() if isinstance(value, Mapping) else value
        if not all(_is_pair(each, (tuple, list)) for each in pairs):
            raise UsageError(f"vcrpy's setting {key!r}: expected a dict with the value for each placeholder")


def _is_pair(value: Any, kinds: Any) -> bool:
    return isinstance(value, kinds) and len(value) == len(("name", "value"))


def _record_mode(options: CassetteOptions) -> str:
    """Return vcrpy's record mode for ours; a file that was recorded in this run is extended."""
    if options.mode in ("once", "rewrite") and options.continues:
        return "new_episodes"
    return "all" if options.mode == "rewrite" else options.mode


def _filter(theirs: Callable[[Request], Any], options: CassetteOptions) -> Callable[[Request], Any]:
    """Return a function that makes the stored form of a request, with vcrpy's filters and then the redaction."""

    def stored(request: Request) -> Any:
        filtered = None if options.bypasses(request.uri) else theirs(request)
        return redacted_request(filtered, options.redaction) if filtered else None

    return stored
