"""Which kinds of response there are. A new kind is one function in `kinds` and one line in `ADAPTERS`."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.kinds import clients, frameworks, plain
from pytest_pcerrors.exchange.model import Exchange


class Adapter(NamedTuple):
    """One kind of response: how messages name it, which types it takes, and how it makes an exchange of one."""

    kind: str
    takes: Callable[[type], bool]
    make: Callable[[Any], Exchange]


def named(*names: str) -> Callable[[type], bool]:
    """Take types that are, or inherit from, a class of this package and name, without importing the package."""
    wanted = frozenset(names)

    def takes(kind: type) -> bool:
        return any(f"{each.__module__.partition('.')[0]}.{each.__name__}" in wanted for each in kind.__mro__)

    return takes


def derived(*bases: type) -> Callable[[type], bool]:
    """Take types that inherit from, or are registered with, one of these."""
    return lambda kind: issubclass(kind, bases)


ADAPTERS: tuple[Adapter, ...] = (
    Adapter("Exchange", derived(Exchange), plain.from_exchange),
    Adapter("requests", named("requests.Response", "niquests.Response"), clients.from_requests),
    Adapter("httpx", named("httpx.Response", "httpx2.Response"), clients.from_httpx),
    Adapter("aiohttp", named("aiohttp.ClientResponse"), clients.from_aiohttp),
    Adapter("urllib3", named("urllib3.BaseHTTPResponse", "urllib3.HTTPResponse"), clients.from_urllib3),
    Adapter("http.client", named("http.HTTPResponse"), clients.from_http_client),
    Adapter("urllib.error.HTTPError", named("urllib.HTTPError"), clients.from_urllib_error),
    Adapter("werkzeug and Flask", named("werkzeug.Response"), frameworks.from_werkzeug),
    Adapter("Django", named("django.HttpResponseBase"), frameworks.from_django),
    Adapter("WebTest", named("webob.Response"), frameworks.from_webob),
    Adapter("Starlette and FastAPI", named("starlette.Response"), frameworks.from_starlette),
    Adapter(
        "a mapping with status, headers, body (also a vcrpy interaction, a HAR entry)",
        derived(Mapping),
        plain.from_mapping,
    ),
    Adapter("a pair (status, body)", derived(tuple), plain.from_pair),
    Adapter("what pytest.raises caught", named("_pytest.ExceptionInfo"), plain.from_exception_info),
    Adapter("an exception with a .response", derived(BaseException), plain.from_exception),
)


def exchange_of(response: object) -> Exchange:
    """Make an exchange of any kind of response; a `UsageError` names the kinds where it is none."""
    kind: type = type(response)
    adapter = _adapter_of(kind)
    if adapter is None:
        article = "an" if kind.__name__[0].lower() in "aeiou" else "a"
        raise UsageError(
            f"{article} {kind.__name__} is no response\nresponses are: {'; '.join(each.kind for each in ADAPTERS)}"
        )
    return adapter.make(response)


@lru_cache(maxsize=256)
def _adapter_of(kind: type) -> Adapter | None:
    return next((adapter for adapter in ADAPTERS if adapter.takes(kind)), None)
