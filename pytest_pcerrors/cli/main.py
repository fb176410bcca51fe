"""The entry point of the command ``pcerrors``, which handles Ctrl-C."""

import gc
import signal
import sys
from collections.abc import Sequence
from typing import Any

_INTERRUPTED, _TERMINATED = 130, 143
_SECONDS = 0.01


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 conforms, 1 violations, 2 misuse, 130 Ctrl-C.

    The subcommands are imported here, so that Ctrl-C during the import does not show a traceback.
    """
    if arguments is None:
        gc.disable()  # nothing that a process imports at its start is garbage
        signal.signal(signal.SIGTERM, _terminate)
        sys.unraisablehook = _raise_again
    try:
        from pytest_pcerrors.cli._commands import run

        return run(arguments)
    except KeyboardInterrupt:
        return _INTERRUPTED


def _terminate(*_: object) -> None:
    """End the command, so that no temporary file is left."""
    sys.exit(_TERMINATED)


def _raise_again(ignored: Any) -> None:
    """Raise Ctrl-C or the end of the command a moment later, if it was raised where Python ignores exceptions, as in a destructor."""
    error = ignored.exc_value
    is_end = isinstance(error, SystemExit) and error.code == _TERMINATED
    if not (is_end or isinstance(error, KeyboardInterrupt)) or not hasattr(signal, "setitimer"):
        sys.__unraisablehook__(ignored)
        return
    signal.signal(signal.SIGALRM, _terminate if is_end else signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS)
