"""Files with the bodies of stubs: ``__files`` beside the folder ``mappings`` of WireMock."""

import os
from pathlib import Path

from pytest_pcerrors.exchange.archives.folders import BODIES
from pytest_pcerrors.exchange.archives.foreign._tools import MADE_WHEN_SERVED, TEMPLATE
from pytest_pcerrors.text import readable

_MAPPINGS = "mappings"
_MAX_BODY = 64 * 1024 * 1024


def body_of_file(name: str, mapping: Path) -> tuple[bytes, str | None]:
    """Return the body in a file that a mapping names, and why it is not known, or None."""
    if TEMPLATE in name:
        return b"", MADE_WHEN_SERVED
    file = body_file(name, mapping)
    if file is None:
        return b"", readable(f"in the file {name}, which was not found")
    with file.open("rb") as stream:
        body = stream.read(_MAX_BODY + 1)
    return (b"", "longer than 64 MiB") if len(body) > _MAX_BODY else (body, None)


def body_file(name: str, mapping: Path) -> Path | None:
    """Return the path of the file that a mapping names, or None; files outside the folders of bodies are never read."""
    for folder in _folders(mapping):
        file = folder / name
        try:
            if file.resolve().is_relative_to(folder.resolve()) and file.is_file() and os.access(file, os.R_OK):
                return file
        except (OSError, ValueError):
            continue
    return None


def _folders(mapping: Path) -> list[Path]:
    """Return where bodies of a mapping can be: beside the folder ``mappings`` that it is in, or in that folder (WireMock.Net)."""
    inner = next((each for each in mapping.parents if each.name == _MAPPINGS), mapping.parent)
    return [inner.parent / BODIES, mapping.parent / BODIES, inner, mapping.parent]
