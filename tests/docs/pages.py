"""The pages of README and docs as what they are: blocks to write to files, and commands whose output they show."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer

from warm import ENVIRONMENT

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY")), *(ROOT / "docs").rglob("*.md")]
)

_SITE = "https://pytest-pcerrors.github.io/pytest-pcerrors/"
_REPOSITORY = "https://github.com/pytest-pcerrors/pytest-pcerrors/"
_FENCE = re.compile(r'^```(\w+)(?: title="(.*?)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
_OF_PYTEST = re.compile(
    r"[.FEsxX]+ +\[ *\d+%\]|=+ .* =+|_+ .* _+|(?:FAILED|ERROR) .*|\d+ (?:passed|failed|error).* in [\d.]+s"
)
"""A line of pytest's own, which each version words as it likes."""
_RUN_OF_PYTEST = re.compile(r"(?:\w+=(?:\$\(.*?\)|\S+) )*pytest ")
_FAILURE = re.compile(r"^[.sx]*[FE]|^\d+ (?:failed|error)", re.MULTILINE)
_FILE_NAME = re.compile(r"\A# ([\w./-]+\.\w+)\n")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its title, its text, and the line of the page that it begins on."""

    language: str
    title: str | None
    text: str
    line: int

    @property
    def file_name(self) -> str | None:
        """The title, or the name in a comment on the first line."""
        match = _FILE_NAME.match(self.text)
        return match.group(1) if match else self.title

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Each command of a console block, with the output that it shows."""
        parts = re.split(r"^\$ (.*)\n", self.text, flags=re.MULTILINE)[1:]
        return list(zip(parts[::2], parts[1::2], strict=True))


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page."""
    text = page.read_text("utf-8")
    return [Block(*match.groups(), text.count("\n", 0, match.start()) + 1) for match in _FENCE.finditer(text)]


def links(page: Path) -> list[Path]:
    """Return the files that a page links to: by relative links, and by links to the site or to the repository."""
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
    return [path for target in targets if (path := _file_of(target, page))]


def _file_of(target: str, page: Path) -> Path | None:
    if target.startswith(_SITE):
        return ROOT / "docs" / f"{target.removeprefix(_SITE).rstrip('/') or 'index'}.md"
    if target.startswith(_REPOSITORY + "blob/main/"):
        return ROOT / target.removeprefix(_REPOSITORY + "blob/main/")
    return None if target.startswith("https:") else page.parent / target


def run(command: str, folder: Path, programs: Path) -> tuple[str, int]:
    """Run a command of a page in a folder, with these programs first; return all that it prints, and its exit code."""
    path = f"{programs}:{Path(sys.executable).parent}:/usr/bin:/bin"
    with TemporaryFile() as printed:  # a pipe would wait for what the command leaves in the background
        started = subprocess.Popen(
            ["bash", "-c", command],
            cwd=folder,
            env=ENVIRONMENT | {"PATH": path, "HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        end = Timer(300, started.kill)  # a wait with a time-out would look only every 50 ms
        end.start()
        status = started.wait()
        end.cancel()
        printed.seek(0)
        return printed.read().decode(), status


def differs(command: str, shown: str, printed: str, status: int) -> bool:
    """Return whether a page does not show what a command printed; ``...`` is anything, and white space is folded.

    Of a run of pytest its own lines are left out, and whether it fails is known by its exit code.
    """
    if _RUN_OF_PYTEST.match(command):
        if bool(status) != bool(_FAILURE.search(shown)):
            return True
        shown, printed = _without_pytest(shown), _without_pytest(printed)
    parts = (re.escape(part.strip()) for part in " ".join(shown.split()).split("..."))
    return not re.fullmatch(".*".join(parts), " ".join(printed.split()))


def _without_pytest(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not _OF_PYTEST.fullmatch(line.rstrip("\n")))
