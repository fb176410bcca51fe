"""``pcerrors redact``: remove secrets from recordings."""

from collections import Counter
from pathlib import Path

import click

from pytest_pcerrors.cli._input import sources_of
from pytest_pcerrors.cli._output import print_output, print_problem
from pytest_pcerrors.documents import read_bytes, write_atomically
from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.exchange.archives.items import joined
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.redaction.rewriting import rewritten
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.settings import Settings
from pytest_pcerrors.text import counted


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit code 1 if something would change.")
@click.option("--quiet", is_flag=True, help="Print errors only: no place of a secret, no summary.")
def redact(paths: tuple[str, ...], *, only_check: bool, quiet: bool) -> int:
    """Hide the secrets in recordings, or folders of them, in place.

    It reads all formats of recordings but flows of mitmproxy. Bodies in files that a stub of WireMock names are changed too. Only secrets change; a file is replaced atomically, and only if it contains a secret. The place of each secret is printed,
    and whether it is only suspected. Exit code 1 if something cannot be read, searched or written; such a file stays unchanged,
    and the others are cleaned.
    """
    redaction = Redaction.of_settings(Settings.find(Path.cwd()).redact)
    pipes = [path for path in map(Path, paths) if path.is_fifo()]
    files = [*pipes, *sources_of([path for path in paths if Path(path) not in pipes])]
    if None in files:
        raise UsageError("give a file or folder; standard input cannot be changed in place")
    done = Counter[str]()
    for file in filter(None, files):
        try:
            _clean(file, redaction, done, only_check=only_check, quiet=quiet)
        except UsageError as error:  # also of writing
            print_problem(f"{safe(str(error))}; not changed")
            done["problems"] += 1
    if not quiet:
        verb = "would be hidden" if only_check else "hidden"
        hidden, searched = counted(done["hidden"], "value"), counted(done["files"], "file")
        print_output(f"{hidden} {verb} in {done['changed']} of {searched}")
    return int(bool(done["problems"]) or (only_check and bool(done["changed"])))


def _clean(file: Path, redaction: Redaction, done: Counter[str], *, only_check: bool, quiet: bool) -> None:
    """Clean a file; print the hidden secrets and the parts that could not be searched, and count both in `done`."""
    if not file.is_file():
        raise ArchiveError(str(file), "not a regular file, so it cannot be changed in place")
    data = read_bytes(file)
    new = rewritten(data, str(file), redaction)
    written = {**({file: new.data} if new.data != data else {}), **new.files}
    if not only_check:
        for path, content in written.items():
            write_atomically(path, content)
    done["files"] += 1
    done["changed"] += bool(written)
    for problem in joined(new.problems):
        print_problem(safe(f"{problem}; searched as it is"))
    done["problems"] += len(new.problems)
    for line, _, found in new.locations:
        if found.problem:
            print_problem(safe(f"{file}:{line}  {found.place}  not searched for secrets: {found.problem}"))
            done["problems"] += 1
            continue
        done["hidden"] += 1
        if not quiet:
            suspected = " (suspected)" if found.certainty == "suspected" else ""
            print_output(safe(f"{file}:{line}  {found.place}{suspected}"))
