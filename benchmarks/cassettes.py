"""Measure `pcerrors check` on cassettes, as a whole process, against loading the same files with vcrpy's own loader.

The cassettes are one large one, many small ones, and the corpora; the secrets in them are searched.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks._comparison import Case, Comparison, faster, process
from benchmarks._setting import Setting
from pytest_pcerrors import Exchange, Request
from pytest_pcerrors.interception.cassette_text import cassette_text

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
OF_CORPORA = {"datadog": 2, "asyncpraw": 0.8}
"""How many times as fast as vcrpy each corpus should be checked, by a part of its path; others once."""


def comparisons(setting: Setting) -> Iterator[Comparison]:
    """Yield the large cassette, the small ones, and each corpus."""
    large, small = setting.count(10_000, 20), setting.count(2_000, 3)
    folder = setting.folder()
    write(folder / "large/all.yaml", range(large))
    for number in range(small):
        write(folder / f"small/{number}.yaml", range(number, number + 1))
    yield _compared(f"a cassette of {large:,} interactions", folder / "large", 15, folder)
    yield _compared(f"{small:,} cassettes of one interaction", folder / "small", 3, folder)
    for corpus in setting.corpora:
        times = next((times for word, times in OF_CORPORA.items() if word in str(corpus).lower()), 1)
        yield _compared(str(corpus), corpus.absolute(), times, folder)


def _compared(what: str, path: Path, times: float, folder: Path) -> Comparison:
    return Comparison(
        f"pcerrors check: {what}",
        [
            Case("vcrpy loads it", process([sys.executable, "-c", LOAD, str(path)], folder)),
            Case("pcerrors check", process([sys.executable, *CHECK, str(path)], folder), faster(times)),
        ],
        rounds=3,
    )


def write(file: Path, numbers: range) -> None:
    """Write a cassette of conflicts, each of another customer."""
    file.parent.mkdir(exist_ok=True)
    conflicts = [Exchange(409, HEADERS, BODY, Request("GET", URL.format(number)), "Conflict") for number in numbers]
    file.write_text(cassette_text(conflicts), "utf-8")
