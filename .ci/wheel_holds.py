"""Check that a wheel holds the package with all its data, and nothing else."""

import sys
from pathlib import Path
from zipfile import ZipFile

PACKAGE = Path("pytest_pcerrors")


def main(wheel: str) -> int:
    """Print what is missing from the wheel or too much in it; return 1 if there is anything."""
    names = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = {str(file) for file in PACKAGE.rglob("*") if file.is_file() and "__pycache__" not in file.parts}
    for name in sorted(wanted ^ names):
        print(f"{'missing from' if name in wanted else 'too much in'} the wheel: {name}")
    return int(wanted != names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
