"""Secrets removed from log records of HTTP libraries, which contain URLs and headers and are shown with a failure."""

import logging
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.secrets import MASK, Secrets, hide
from pytest_pcerrors.secrets.names import Kind
from pytest_pcerrors.secrets.placeholders import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOGGERS = ("aiohttp", "httpcore", "httpx", "requests", "urllib3", "vcr")
_RAW_HEADER = re.compile(r"""\(b'([^'\\]{1,100})', b(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\)""")
"""A header in a trace of httpcore: the repr of a pair of bytes."""


@contextmanager
def hiding_secrets() -> "Iterator[None]":
    """Hide secrets in the log records of vcrpy and the HTTP clients, for a block.

    >>> with hiding_secrets():
    ...     logging.getLogger("vcr.cassette").info("GET https://host/v1?sig=%s", "c2VjcmV0")
    """
    make = logging.getLogRecordFactory()

    def make_masked(*args: Any, **kwargs: Any) -> logging.LogRecord:
        return _clean(make(*args, **kwargs))

    logging.setLogRecordFactory(make_masked)
    try:
        yield
    finally:
        logging.setLogRecordFactory(make)


def _clean(record: logging.LogRecord) -> logging.LogRecord:
    if record.name.partition(".")[0] in _LOGGERS:
        text = record.getMessage()
        shown = hide(_RAW_HEADER.sub(_hidden, text))
        if shown != text:
            record.msg, record.args = shown, ()
    return record


def _hidden(match: re.Match[str]) -> str:
    is_named = _SECRETS.kind_of_header(match[1]) not in (None, Kind.PUBLIC)
    certainty = is_named and not is_placeholder(match[2] or match[3] or "")
    return f"(b'{match[1]}', b'{MASK}')" if certainty else match[0]


_SECRETS = Secrets()
