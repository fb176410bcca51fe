"""Which files a path stands for: itself, or the archives of a folder and of all folders in it."""

import os
from collections import deque
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from pytest_pcerrors.errors import UsageError

Identity = tuple[int, int]


def files_of(path: Path, endings: Collection[str]) -> list[Path]:
    """Return the file that a path names, or all files with one of these endings in a folder, sorted.

    Hidden files and folders, pipes, sockets and devices in a folder are passed over. A linked folder is searched like any
    other, and no folder or file is taken twice, whatever it is called. A path that does not exist, and a folder that cannot be
    entered, is a `UsageError`.
    """
    try:
        if path.is_dir():
            return sorted(_once(_found(path), endings))
        if path.exists():
            return [path]
    except OSError as error:
        raise UsageError(f"{error.filename or path}: cannot be read: {error.strerror or error}") from None
    raise UsageError(f"{path}: no such file or folder")


def identity(path: Path) -> Identity | Path:
    """Return what two names of one file have in common; the path itself where it cannot be looked at."""
    try:
        status = path.stat()
    except OSError:
        return path
    return status.st_dev, status.st_ino


def ending(file: Path) -> str:
    """Return the ending that says which format a file has, in lower case, without ``.gz``.

    >>> ending(Path("cart.YAML.gz"))
    '.yaml'
    """
    suffixes = [suffix.lower() for suffix in file.suffixes]
    if suffixes[-1:] == [".gz"] and len(suffixes) > 1:
        return suffixes[-2]
    return suffixes[-1] if suffixes else ""


def _found(top: Path) -> Iterator[os.DirEntry[str]]:
    """Yield what is in a folder and below it: first all that lies in it, then what links lead to."""
    waiting = deque([top])
    seen = set()
    while waiting:
        folder = waiting.popleft()
        if (known := identity(folder)) in seen:
            continue
        seen.add(known)
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                if entry.name.startswith("."):
                    continue
                if not _is(entry.is_dir):
                    yield entry
                elif entry.is_symlink():
                    waiting.append(Path(entry.path))
                else:
                    waiting.appendleft(Path(entry.path))


def _once(entries: Iterator[os.DirEntry[str]], endings: Collection[str]) -> list[Path]:
    """Return the files with these endings, each once: by its own name if one of its names is not a link."""
    files: dict[Identity | Path, Path] = {}
    links = []
    for entry in entries:
        if ending(Path(entry.name)) in endings and _is(entry.is_file):
            if entry.is_symlink():
                links.append(Path(entry.path))
            else:
                files.setdefault(identity(Path(entry.path)), Path(entry.path))
    for link in links:
        files.setdefault(identity(link), link)
    return list(files.values())


def _is(kind: Callable[[], bool]) -> bool:
    """Return whether an entry is of a kind; one that may not be looked at is, so that opening it reports why."""
    try:
        return kind()
    except PermissionError:
        return True
    except OSError:
        return False
