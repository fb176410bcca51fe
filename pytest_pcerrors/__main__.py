"""Run the command: ``python -m pytest_pcerrors`` is ``pcerrors``."""

import sys

from pytest_pcerrors.cli.main import main

sys.exit(main())
