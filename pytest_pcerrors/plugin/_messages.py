"""How a run shows warnings, problems, paths, and the files that it writes."""

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from traceback import format_exception
from types import TracebackType

import pytest

from pytest_pcerrors.documents import write_atomically
from pytest_pcerrors.errors import PcErrorsWarning, UsageError


def warn_at(item: pytest.Item, messages: Iterable[str]) -> None:
    """Warn of each message once, at the place of a test, as `warn` does."""
    if several := list(messages):  # it takes long to find the place
        path, line, _ = item.reportinfo()
        warn(several, str(path), 0 if line is None else line + 1)


def warn(messages: Iterable[str], place: str, line: int = 0) -> None:
    """Warn of each message once; where warnings are errors, raise a single one with all messages.

    In a recording, the line is 0, so that Python finds no source line to print: it would show what was recorded, unmasked.
    """
    distinct = list(dict.fromkeys(messages))
    try:
        for message in distinct:
            warnings.warn_explicit(message, PcErrorsWarning, place, line)
    except PcErrorsWarning:
        raise PcErrorsWarning("\n".join(distinct)) from None


def shown_path(path: Path, folder: Path) -> str:
    """Return a path for messages and ids, relative to a folder if it is inside it."""
    return encodable(path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()


def encodable(path: Path) -> Path:
    """Return a path whose bytes that are not UTF-8 are escaped: pytest-xdist sends only text in UTF-8."""
    return Path(str(path).encode("utf-8", "backslashreplace").decode())


def is_explained(problem: Exception) -> bool:
    """Return whether the message of a problem says all; that of a user's hook needs its traceback."""
    from pytest_pcerrors.interception.unmatched import UnmatchedRequest
    from pytest_pcerrors.simulation.server import NoMatchingRuleError
    from pytest_pcerrors.simulation.simulations import NotSimulatedError, UnusedSimulationError

    ours = UsageError | UnmatchedRequest | NoMatchingRuleError | NotSimulatedError | UnusedSimulationError
    return isinstance(problem, ours)


def described(problem: Exception) -> str:
    """Return the message of a problem, with its traceback where it is needed."""
    return str(problem) if is_explained(problem) else "".join(format_exception(problem)).rstrip()


def own_frames(traceback: TracebackType | None, root: Path) -> TracebackType | None:
    """Return a traceback up to its last frame in the project, because frames of HTTP clients would show whole requests."""
    frames = []
    while traceback is not None:
        frames.append(traceback)
        traceback = traceback.tb_next
    while len(frames) > 1 and not _is_own(Path(frames[-1].tb_frame.f_code.co_filename), root):
        frames.pop()
    for frame in reversed(frames):
        traceback = TracebackType(traceback, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return traceback


def _is_own(file: Path, root: Path) -> bool:
    return file.is_relative_to(root) and "site-packages" not in file.parts


@dataclass
class Files:
    """The files that options ask for, each in a format; a target without a file is for the terminal."""

    noun: str
    targets: Iterable[tuple[str, Path | None]]
    texts: list[str] = field(default_factory=list)
    """What is for the terminal."""
    lines: list[tuple[str, bool]] = field(default_factory=list)
    """What is printed of the files, and whether it is a failure."""

    def write(self, text: Callable[[str], str | Iterable[str]], session: pytest.Session) -> None:
        """Write each file with the text in its format; the session fails if one cannot be written."""
        for form, file in self.targets:
            try:
                if file is None:
                    self.texts.append("".join(text(form)))
                else:
                    write_atomically(file, text(form))
                    self.lines.append((f"{form} {self.noun}: {shown_path(file, Path.cwd())}", False))
            except UsageError as error:
                self.lines.append((str(error), True))
                session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def print_lines(self, terminal: pytest.TerminalReporter) -> None:
        """Print the lines, failures in red."""
        for text, is_failure in self.lines:
            terminal.write_line(f"pcerrors: {text}", red=is_failure, bold=is_failure)
