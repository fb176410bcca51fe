"""The entry point of the command ``pcerrors``, which handles Ctrl-C."""

import gc
import signal
import sys
from collections.abc import Sequence

_INTERRUPTED, _TERMINATED = 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 conforms, 1 violations, 2 misuse, 130 Ctrl-C.

    The subcommands are imported here, so that Ctrl-C during the import does not show a traceback.
    """
    if arguments is None:
        gc.disable()  # nothing that a process imports at its start is garbage
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))  # so that no temporary file is left
    try:
        from pytest_pcerrors.cli._commands import run

        return run(arguments)
    except KeyboardInterrupt:
        return _INTERRUPTED
