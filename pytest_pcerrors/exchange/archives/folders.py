"""Find the files of a path: the file itself, or those in a folder and its subfolders."""

import os
from collections import deque
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from pytest_pcerrors.documents import refuse_named_pipe
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives.streams import PACKED

BODIES = "__files"
"""The folder in which WireMock keeps bodies; they are read with the mappings that name them."""

Identity = tuple[int, int]


def files_of(path: Path, endings: Collection[str]) -> list[Path]:
    """Return the file of a path, or the files with one of these suffixes in a folder, sorted.

    Hidden files and folders, the bodies of WireMock, pipes, sockets and devices in a folder are ignored. Linked folders are searched too, and each
    folder and file is returned once, even if it has several names. Raises `UsageError` if the path does not exist, is a named pipe, or if a
    folder cannot be read.
    """
    try:
        if path.is_dir():
            return sorted(_once(_found(path), endings))
        if path.exists():
            refuse_named_pipe(path)
            return [path]
    except OSError as error:
        raise UsageError(f"{error.filename or path}: cannot be read: {error.strerror or error}") from None
    raise UsageError(f"{path}: no such file or folder")


def identity(path: Path) -> Identity | Path:
    """Return the device and inode of a file, equal for all of its names; the path itself if they cannot be read."""
    try:
        status = path.stat()
    except OSError:
        return path
    return status.st_dev, status.st_ino


def ending(file: Path) -> str:
    """Return the suffix that gives the format of a file, in lower case; ``.gz`` and ``.zst`` are ignored."""
    *before, last = file.name.lower().lstrip(".").split(".")
    if len(before) > 1 and f".{last}" in PACKED:
        last = before.pop()
    return f".{last}" if before else ""


def _found(top: Path) -> Iterator[os.DirEntry[str]]:
    """Yield the entries of a folder and its subfolders; linked folders come last."""
    waiting = deque([top])
    seen = set()
    while waiting:
        folder = waiting.popleft()
        if (known := identity(folder)) in seen:
            continue
        seen.add(known)
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                if entry.name.startswith(".") or entry.name == BODIES:
                    continue
                if not _is(entry.is_dir):
                    yield entry
                elif entry.is_symlink():
                    waiting.append(Path(entry.path))
                else:
                    waiting.appendleft(Path(entry.path))


def _once(entries: Iterator[os.DirEntry[str]], endings: Collection[str]) -> list[Path]:
    """Return the files with these suffixes, each once: under its own name, or under a link if it has no other name."""
    fitting = [(entry, file) for entry in entries if ending(file := Path(entry.path)) in endings and _is(entry.is_file)]
    files: dict[Identity | Path, Path] = {}
    for _, file in sorted(fitting, key=lambda each: each[0].is_symlink()):
        files.setdefault(identity(file), file)
    return list(files.values())


def _is(kind: Callable[[], bool]) -> bool:
    """Return whether an entry is of a kind; True without permission to check, so that opening it reports the error."""
    try:
        return kind()
    except PermissionError:
        return True
    except OSError:
        return False
