"""Run the command: ``python -m pytest_pcerrors`` is ``pcerrors``."""

import sys

from pytest_pcerrors.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
