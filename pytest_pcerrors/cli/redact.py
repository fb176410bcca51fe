"""``pcerrors redact``: recordings on the disk without their secrets."""

from typing import TYPE_CHECKING

import click

from pytest_pcerrors.checking.showing import safe
from pytest_pcerrors.cli.input import sources_of
from pytest_pcerrors.cli.output import complain, say
from pytest_pcerrors.documents import write_whole
from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.exchange.redaction import Redaction
from pytest_pcerrors.exchange.redaction.files.rewriting import rewritten
from pytest_pcerrors.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit status 1 where something would change.")
def redact(paths: tuple[str, ...], *, only_check: bool) -> int:
    """Hide the secrets in cassettes, HAR and NDJSON files, or folders of them, in place.

    Only what holds a secret changes; a file is written whole, and only if something in it changes. Each secret is told by
    its place. Exit status 1 if a file cannot be read; it is left as it is, and the others are cleaned.
    """
    from pathlib import Path

    redaction = Redaction.of_settings(Settings.find(Path.cwd()).redact)
    counts, unreadable = [], False
    files = sources_of(paths)
    if None in files:
        raise UsageError("name a file or folder; standard input cannot be changed in place")
    for file in {file.resolve(): file for file in filter(None, files)}.values():
        try:
            counts.append(_clean(file, redaction, only_check=only_check))
        except ArchiveError as error:
            complain(f"{safe(str(error))}; left as it is")
            unreadable = True
    hidden, changed = sum(counts), sum(map(bool, counts))
    verb = "would be hidden" if only_check else "hidden"
    say(
        f"{hidden} value{'' if hidden == 1 else 's'} {verb} in {changed} of {len(counts)} file{'' if len(counts) == 1 else 's'}"
    )
    return int(unreadable or (only_check and bool(changed)))


def _clean(file: "Path", redaction: Redaction, *, only_check: bool) -> int:
    """Clean one file, and return how many values were hidden in it."""
    if not file.is_file():
        raise ArchiveError(str(file), "no regular file, so it cannot be changed in place")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ArchiveError(str(file), f"cannot be read: {error.strerror or error}") from None
    new = rewritten(data, str(file), redaction)
    if new.data != data and not only_check:
        write_whole(file, new.data)
    for line, place in new.places:
        say(safe(f"{file}:{line}  {place}"))
    return len(new.places)
