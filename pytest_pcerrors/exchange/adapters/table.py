"""The table of adapters: each kind of response is one function of this package and one line in `ADAPTERS`."""

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.adapters import libraries, mappings
from pytest_pcerrors.exchange.adapters.parts import RequestData, ResponseData


class Adapter(NamedTuple):
    """An adapter for one kind of response: its name in messages, the types that it accepts, and the function that reads one."""

    kind: str
    accepts: Callable[[type], bool]
    read: Callable[[Any], ResponseData]


def named(*names: str) -> Callable[[type], bool]:
    """Return a predicate for types that inherit from one of these classes, without importing them.

    A class is given as ``package.Class``; it may be defined in any module of the package.
    """
    wanted = [name.rpartition(".") for name in names]

    def accepts(kind: type) -> bool:
        return any(
            base.__name__ == name and f"{base.__module__}.".startswith(f"{package}.")
            for base in kind.__mro__
            for package, _, name in wanted
        )

    return accepts


def derived(*bases: type) -> Callable[[type], bool]:
    """Return a predicate for types that inherit from, or are registered with, one of these classes."""
    return lambda kind: issubclass(kind, bases)


def _from_exchange(exchange: Any) -> ResponseData:
    """Read an `Exchange`, such as the ``.response`` of an exception."""
    request = exchange.request
    sent = request and RequestData(request.method, request.url, request.headers, request.body)
    own = (exchange.status, exchange.headers, exchange.body)
    known = (exchange.reason, exchange.origin, exchange.body_problem, exchange.recorded_at)
    return ResponseData(*own, sent, *known)


def _from_exception(error: Any) -> ResponseData:
    """Read the response that an exception carries as ``.response``."""
    response = getattr(error, "response", None)
    if response is None:
        raise UsageError(f"this {type(error).__name__} has no response; pass the response itself")
    return response_data(response)


def _from_exception_info(info: Any) -> ResponseData:
    """Read the exception that `pytest.raises` caught."""
    try:
        caught = info.value
    except AssertionError:
        raise UsageError("pytest.raises has caught nothing yet; use it after its `with` block") from None
    return response_data(caught)


ADAPTERS: tuple[Adapter, ...] = (
    Adapter("Exchange", named("pytest_pcerrors.Exchange"), _from_exchange),
    Adapter("requests", named("requests.Response", "niquests.Response"), libraries.from_requests),
    Adapter("httpx", named("httpx.Response", "httpx2.Response"), libraries.from_httpx),
    Adapter("aiohttp", named("aiohttp.ClientResponse"), libraries.from_aiohttp),
    Adapter("urllib3", named("urllib3.BaseHTTPResponse", "urllib3.HTTPResponse"), libraries.from_urllib3),
    Adapter("http.client", named("http.HTTPResponse"), libraries.from_http_client),
    Adapter("urllib.error.HTTPError", named("urllib.HTTPError"), libraries.from_urllib_error),
    Adapter("azure-core", named("azure.core.rest.HttpResponse"), libraries.from_azure),
    Adapter("azure-core, asynchronous", named("azure.core.rest.AsyncHttpResponse"), libraries.from_azure_async),
    Adapter(
        "azure-core's pipeline",
        named("azure.core.pipeline.transport.HttpResponse", "azure.core.pipeline.transport.AsyncHttpResponse"),
        libraries.from_azure_transport,
    ),
    Adapter("werkzeug and Flask", named("werkzeug.Response"), libraries.from_werkzeug),
    Adapter("Django", named("django.HttpResponseBase"), libraries.from_django),
    Adapter("WebTest", named("webob.Response"), libraries.from_webob),
    Adapter("Starlette and FastAPI", named("starlette.Response"), libraries.from_starlette),
    Adapter(
        "a mapping with status, headers, body (also a vcrpy interaction, a HAR entry)",
        derived(Mapping),
        mappings.from_mapping,
    ),
    Adapter("a pair (status, body)", derived(tuple), mappings.from_pair),
    Adapter("an exception caught by pytest.raises", named("_pytest.ExceptionInfo"), _from_exception_info),
    Adapter("an exception with a .response", derived(BaseException), _from_exception),
)


def response_data(response: object) -> ResponseData:
    """Read any kind of response; raise a `UsageError` that lists the kinds for anything else."""
    kind: type = type(response)
    adapter = _adapter_of(kind)
    if adapter is None and isinstance(response, Awaitable):
        raise UsageError(
            f"this is not a response, but the {kind.__name__} of one; await it: `response = await client.get(...)`"
        )
    if adapter is None:
        article = "an " if kind.__name__[0].lower() in "aeiou" else "a "
        named = "None" if response is None else article + kind.__name__
        alone = f"; {mappings.GIVE_STATUS}" if issubclass(kind, str | bytes | list) else ""
        raise UsageError(
            f"{named} is not a response{alone}\nresponses are: {'; '.join(each.kind for each in ADAPTERS)}"
        )
    return adapter.read(response)


@lru_cache(maxsize=256)
def _adapter_of(kind: type) -> Adapter | None:
    return next((adapter for adapter in ADAPTERS if adapter.accepts(kind)), None)
