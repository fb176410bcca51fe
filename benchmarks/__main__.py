"""The command ``python -m benchmarks``."""

import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks import _peers, _picture, _runner, _table
from benchmarks._results import Results
from benchmarks._setting import Setting

_FILE = click.Path(dir_okay=False, path_type=Path)
_DOCS = Path(__file__).parents[1] / "docs"
PAGE, PICTURE, DATA = _DOCS / "explanation/speed.md", _DOCS / "assets/speed.svg", _DOCS / "assets/speed.json"


@click.command()
@click.option("-k", "names", multiple=True, metavar="NAME", help="Run only this benchmark (repeatable).")
@click.option(
    "--quick", is_flag=True, help="Show that everything works, with very little data; the numbers mean nothing."
)
@click.option(
    "--corpus",
    "corpora",
    multiple=True,
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="Measure this folder of real recordings too (repeatable).",
)
@click.option(
    "--read",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Show the results in this JSON file, and measure nothing.",
)
@click.option("--json", "data", type=_FILE, help="Write the results to this file.")
@click.option("--picture", type=_FILE, help="Draw the results as SVG.")
@click.option("--docs", is_flag=True, help="Rewrite the table, the picture and the data of the page about speed.")
def main(*, names: tuple[str, ...], quick: bool, corpora: tuple[Path, ...], read: Path | None, **outputs: Any) -> None:
    """Measure pytest-pcerrors and its peers alternately in one run, and print how many times as fast each case is.

    Exit with 1 if a goal was missed.
    """
    console = Console()
    results = Results.read(read) if read else measured(names, Setting(quick, corpora), console)
    _table.show(results, console)
    write(results, **outputs)
    if results.missed and not quick:
        sys.exit(1)


def write(results: Results, data: Path | None, picture: Path | None, *, docs: bool) -> None:
    """Write the files that were asked for."""
    if data:
        results.write(data)
    if picture:
        picture.write_text(_picture.drawn(results), "utf-8")
    if docs:
        results.write(DATA)
        PICTURE.write_text(_picture.drawn(results), "utf-8")
        PAGE.write_text(_table.inserted(PAGE.read_text("utf-8"), results), "utf-8")


def measured(names: tuple[str, ...], setting: Setting, console: Console) -> Results:
    """Return the results of the benchmarks of these names, or of all."""
    known = list(_runner.names())
    if unknown := set(names) - set(known):
        raise click.BadParameter(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    found = _peers.versions()
    console.print("peers:", ", ".join(f"{name} {version}" for name, version in found.items() if version))
    console.print("not installed:", ", ".join(name for name, version in found.items() if not version))
    with setting, console.status("") as status:
        return _runner.run([name for name in known if not names or name in names], setting, status.update)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
