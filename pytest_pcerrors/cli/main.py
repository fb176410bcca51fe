"""The command ``pcerrors``: where it begins, and how Ctrl-C ends it."""

from collections.abc import Sequence

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0 conforms, 1 violations, 2 misuse, 130 Ctrl-C.

    The subcommands load in here, so that Ctrl-C ends quietly from the first moment on.
    """
    try:
        from pytest_pcerrors.cli.commands import run

        return run(arguments)
    except KeyboardInterrupt:
        return _INTERRUPTED
