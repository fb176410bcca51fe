"""Measure `pcerrors check` on cassettes, as a whole process, against loading the same files with vcrpy's own loader.

Each figure is the CPU time of one process. The cassettes are one large one, many small ones, and any folders given as arguments; both
are measured alternately, and the medians of several rounds are compared. A ratio above 1 means that the check is faster.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from pytest_pcerrors import Exchange, Request
from pytest_pcerrors.interception.cassette_text import cassette_text

SMALL, LARGE = 2_000, 10_000
ROUNDS = 3
URL = "https://api.partnercenter.microsoft.com/v1/customers/{}/orders?size=3"
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "MS-CorrelationId": "9240230a-1f2c-4c0e-8ac1-5a0f2d1c7e11",
}
BODY = b'{"code": "800064", "description": "' + b"Busy. " * 130 + b'", "data": [], "source": "PartnerFD"}'
LOAD = """
import sys
from pathlib import Path
from vcr.serialize import deserialize
from vcr.serializers import jsonserializer, yamlserializer
for file in sorted(Path(sys.argv[1]).rglob("*.*")):
    if file.suffix in (".yaml", ".yml", ".json"):
        deserialize(file.read_text("utf-8"), jsonserializer if file.suffix == ".json" else yamlserializer)
"""
CHECK = ("-m", "pytest_pcerrors", "check", "--quiet", "--fail-on=never")


def main(folders: list[str] | None = None) -> None:
    """Print one line for each kind of cassettes."""
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder, "large"), Path(folder, "small")
        write(large / "all.yaml", range(LARGE))
        for number in range(SMALL):
            write(small / f"{number}.yaml", range(number, number + 1))
        for path in (str(large), str(small), *(folders or ())):
            loaded, checked = zip(*((cpu("-c", LOAD, path), cpu(*CHECK, path)) for _ in range(ROUNDS)), strict=True)
            print(f"{Path(path).name}: vcrpy {median(loaded):.2f} s, check {median(checked):.2f} s,", end=" ")
            print(f"ratio {median(loaded) / median(checked):.2f}")


def write(file: Path, numbers: range) -> None:
    """Write a cassette of conflicts, each of another customer."""
    file.parent.mkdir(exist_ok=True)
    conflicts = [Exchange(409, HEADERS, BODY, Request("GET", URL.format(number)), "Conflict") for number in numbers]
    file.write_text(cassette_text(conflicts), "utf-8")


def cpu(*arguments: str) -> float:
    """Return the CPU time of a Python process in seconds."""
    before = os.times()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)  # noqa: S603 - our own arguments
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    main(sys.argv[1:])
