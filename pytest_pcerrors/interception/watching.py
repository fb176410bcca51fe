"""Watching of vcrpy's own cassettes: the responses that they play or record, but not those that they only load."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest import mock

from vcr.cassette import Cassette
from vcr.request import Request

from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.interception._interactions import exchange_of_interaction


@contextmanager
def watching(on_response: Callable[[Exchange], object]) -> Iterator[None]:
    """Call `on_response` with each response that a client receives through a cassette of vcrpy, for a block.

    Cassettes opened by `open_cassette` are not included: they have an `on_response` of their own.
    """
    play, append, load = Cassette.play_response, Cassette.append, Cassette._load  # noqa: SLF001 - patched below
    loading: set[int] = set()

    def notify(cassette: Any, request: Any, response: Any) -> None:
        exchange = None
        if isinstance(request, Request):
            with suppress(Exception):  # a suite that is only watched may store anything
                exchange = exchange_of_interaction(request, response, str(cassette.path))
        if exchange is not None:
            on_response(exchange)

    def playing(cassette: Any, request: Any) -> Any:
        response = play(cassette, request)
        notify(cassette, request, response)
        return response

    def appending(cassette: Any, request: Any, response: Any) -> None:
        held = len(cassette)
        append(cassette, request, response)
        if len(cassette) > held and id(cassette) not in loading:
            notify(cassette, request, response)

    def loading_silently(cassette: Any) -> None:
        loading.add(id(cassette))
        try:
            load(cassette)
        finally:
            loading.discard(id(cassette))

    with (
        mock.patch.object(Cassette, "play_response", playing),
        mock.patch.object(Cassette, "append", appending),
        mock.patch.object(Cassette, "_load", loading_silently),
    ):
        yield
