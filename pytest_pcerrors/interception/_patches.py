"""What is replaced in the process while clients are patched: for concurrent requests, for waits of retries, and for secrets in logs."""

import logging
import re
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from http.client import HTTPMessage
from types import FunctionType
from typing import Any
from unittest import mock

import vcr.patch
import vcr.stubs
from urllib3.util.retry import Retry
from vcr.stubs import VCRConnection, VCRHTTPConnection, VCRHTTPSConnection

from pytest_pcerrors.interception._interactions import encodable_headers
from pytest_pcerrors.secrets import MASK, Secrets, hide
from pytest_pcerrors.secrets.names import Kind
from pytest_pcerrors.secrets.values import is_placeholder

_HTTPS: Any = VCRHTTPSConnection._baseclass  # noqa: SLF001 - the real class, even if it is already patched

_SLEEP = time.sleep
_LOGGERS = ("aiohttp", "httpcore", "httpx", "requests", "urllib3", "vcr")
_RAW_HEADER = re.compile(r"""\(b'([^'\\]{1,100})', b(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\)""")
"""A header in a trace of httpcore: the repr of a pair of bytes."""


@contextmanager
def patches_kept() -> Iterator[None]:
    """Keep vcrpy's patches in place for a block, also while it makes a real connection or sends a request.

    vcrpy removes them from the whole process for that time, and requests of other threads then bypass the cassette. It
    does so because real classes look up names in `http.client` and would find the patched ones: `HTTPSConnection` its own
    name, and a subclass such as httplib2's the constructor of its base.
    """
    with (
        mock.patch.object(vcr.patch, "force_reset", nullcontext),
        _knowing_itself(_HTTPS),
        _knowing_itself(getattr(sys.modules.get("httplib2"), "HTTPSConnectionWithTimeout", None)),
        mock.patch.object(vcr.stubs, "parse_headers", _parsed),
        mock.patch.object(VCRConnection, "_real_host", _bracketed(VCRConnection._real_host)),  # noqa: SLF001 - as above
        mock.patch.object(VCRHTTPConnection, "__init__", _also_of_real_class(VCRHTTPConnection)),
        mock.patch.object(VCRHTTPSConnection, "__init__", _also_of_real_class(VCRHTTPSConnection)),
    ):
        yield


@contextmanager
def waits_skipped() -> Iterator[None]:
    """Let the retries of urllib3, and so of requests, not wait in a block: an answer from a recording is there at once.

    A test that has replaced `time.sleep`, to see how long its client would wait, still sees it.
    """
    wait = Retry.sleep

    def skip(retry: Any, response: Any = None) -> None:
        if time.sleep is not _SLEEP:
            wait(retry, response)

    with mock.patch.object(Retry, "sleep", skip):
        yield


def _parsed(headers: dict[str, list[str]]) -> HTTPMessage:
    """Return headers as `http.client` has them, which reads ISO-8859-1; vcrpy writes them in UTF-8 and parses them again."""
    message = HTTPMessage()
    for name, values in encodable_headers(headers).items():
        for value in values:
            message[name] = value if value.isascii() else value.encode().decode("iso-8859-1")
    return message


def _bracketed(host_of: Any) -> Any:
    """Return the method that finds the host of a URL; an IPv6 address needs its brackets there (RFC 3986, section 3.2.2)."""

    def bracketed(connection: Any) -> str:
        host = str(host_of(connection))
        return f"[{host}]" if ":" in host and not host.startswith("[") else host

    return bracketed


def _also_of_real_class(stub: Any) -> Any:
    """Return the constructor of one of vcrpy's connections, which for an object of another class is the real constructor."""
    constructor, real = stub.__init__, stub._baseclass  # noqa: SLF001 - the class that it replaces

    def construct(self: Any, *arguments: Any, **options: Any) -> None:
        (constructor if isinstance(self, stub) else real.__init__)(self, *arguments, **options)

    return construct


def _knowing_itself(real: Any) -> AbstractContextManager[object]:
    """Bind the name of a class in its constructor to the class itself in a block; nothing changes for None or a stub."""
    function = getattr(real, "__init__", None)
    if not isinstance(function, FunctionType) or issubclass(real, VCRConnection):
        return nullcontext()
    names = {**function.__globals__, real.__name__: real}
    bound = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    bound.__kwdefaults__ = function.__kwdefaults__
    return mock.patch.object(real, "__init__", bound)


@contextmanager
def hiding_secrets() -> Iterator[None]:
    """Hide secrets in the log records of vcrpy and the HTTP clients, for a block."""
    make = logging.getLogRecordFactory()

    def make_masked(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if record.name.partition(".")[0] in _LOGGERS:
            text = record.getMessage()
            shown = hide(_RAW_HEADER.sub(_hidden, text))
            if shown != text:
                record.msg, record.args = shown, ()
        return record

    logging.setLogRecordFactory(make_masked)
    try:
        yield
    finally:
        logging.setLogRecordFactory(make)


def _hidden(match: re.Match[str]) -> str:
    is_named = _SECRETS.kind_of_header(match[1]) not in (None, Kind.PUBLIC)
    certainty = is_named and not is_placeholder(match[2] or match[3] or "")
    return f"(b'{match[1]}', b'{MASK}')" if certainty else match[0]


_SECRETS = Secrets()
