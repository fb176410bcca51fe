"""Read a contract document from its source: ``shipped``, a contract file, or a page in a file or at a URL."""

import re
from codecs import BOM_UTF8
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from pytest_pcerrors.contract.files import SHIPPED, complete_document, named_document
from pytest_pcerrors.contract.sources._pages import parsed_page
from pytest_pcerrors.contract.sources.model import Imported
from pytest_pcerrors.contract.sources.partner_center import read_partner_center
from pytest_pcerrors.documents import json_object, read_bytes
from pytest_pcerrors.errors import UsageError, misuse_of

if TYPE_CHECKING:
    import requests

_SECONDS_TO_CONNECT, _SECONDS_TO_READ = 10, 30
_SECONDS_IN_ALL = 60
_MAX_REDIRECTS = 5
_TYPES = re.compile(
    r"(?:application|text)/(?:(?:[\w.+-]+[+-])?(?:json|ya?ml|markdown|xhtml\+xml)|html|plain|csv|tab-separated-values|octet-stream)"
)
MAX_DATA = 32 * 1024 * 1024
"""The largest JSON, YAML or CSV file that is read, in bytes."""
_CHUNK = 64 * 1024


def document_of(source: str) -> Imported:
    """Return the contract document of a source: ``shipped``, a contract file (JSON), or a page in a file or at a URL.

    The message of a `UsageError` begins with the source.
    """
    path, is_file = Path(source), not _is_url(source)
    if source == SHIPPED or (is_file and (path.suffix.lower() == ".json" or not path.exists())):
        return Imported(named_document(source), ())
    data = bytes_of(source)  # once: a pipe cannot be read again
    if is_file and data[:_CHUNK].removeprefix(BOM_UTF8).lstrip().startswith(b"{"):
        return Imported(complete_document(json_object(data, source), path), ())
    with misuse_of(source):
        return read_partner_center(parsed_page(decoded(data)))


def bytes_of(source: str) -> bytes:
    """Return the content of a file, or of an http or https URL: a page, JSON, YAML or CSV."""
    if not _is_url(source):
        return read_bytes(Path(source))
    with misuse_of(source):
        return _fetched(source)


def _is_url(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def decoded(data: bytes) -> str:
    """Return the text of a page in UTF-8, or in UTF-16 with a byte order mark."""
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"not UTF-8 at byte {error.start}; save the page as UTF-8") from None
    if "\0" in text:
        place = f"a zero at character {text.index(chr(0))}"
        raise UsageError(f"{place}, as in UTF-16 without a mark; save the page as UTF-8")
    return text


def _fetched(url: str) -> bytes:
    """Fetch a page; raise a `UsageError` if it takes too long, is too large, or is not a page."""
    import requests
    from urllib3.exceptions import HTTPError

    try:
        with requests.Session() as session:
            session.max_redirects = _MAX_REDIRECTS
            with session.get(url, timeout=(_SECONDS_TO_CONNECT, _SECONDS_TO_READ), stream=True) as response:
                return _body(response)
    except (requests.RequestException, HTTPError) as error:
        raise UsageError(f"cannot be fetched: {type(error).__name__}: {error}") from None


def _body(response: "requests.Response") -> bytes:
    if response.status_code != HTTPStatus.OK:
        raise UsageError(f"cannot be fetched: the server responded {response.status_code} {response.reason}")
    media_type = response.headers.get("Content-Type", "text/plain").partition(";")[0].strip().lower()
    if not _TYPES.fullmatch(media_type):
        raise UsageError(f"is {media_type}; expected a page, HTML or Markdown")
    body, end = b"", monotonic() + _SECONDS_IN_ALL
    # as it arrives, so that the time limit holds for a slow server too
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > MAX_DATA:
            raise UsageError(f"has more than {MAX_DATA} bytes; it is not a page of error codes")
        if monotonic() > end:
            raise UsageError(f"did not arrive within {_SECONDS_IN_ALL} seconds")
    return body
