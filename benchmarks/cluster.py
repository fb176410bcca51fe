"""Measure `pcerrors check` on a large NDJSON file, with several processes and on Dask, compared with `json.loads` of every line.

Run it with ``python benchmarks/cluster.py``; ``--dask`` adds a cluster of this machine, and ``--s3`` the same with the file in a
bucket of moto's server (pip install 'moto[server]' s3fs). 3 % of the exchanges break a rule, secrets are searched for, and the report is
written. Each way is a whole process; start-up, which is measured with one line, is taken off. The first number of a way is how
many times as fast as json.loads it is. Then come processor time for each exchange, and for a billion of them the core-hours, the cores that
do them in a day, the hours that 64 cores take, and the dollars at an assumed price of 0.04 for a core-hour.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

ITEMS, ROUNDS = 50_000, 3
URL = "https://api.partnercenter.microsoft.com/v1/customers"
JOBS = os.cpu_count() or 1
PARSE = "import json, sys\nfor line in open(sys.argv[1], 'rb'):\n    json.loads(line)"
BUCKET = "logs"
CORES, PRICE = 64, 0.04


def main(arguments: Sequence[str] = ()) -> None:
    """Print how many times as fast as json.loads each way is, and what an exchange costs."""
    check = [sys.executable, "-m", "pytest_pcerrors", "check", "--quiet", "--samples", "10"]
    ways = {"json.loads": [sys.executable, "-c", PARSE], "--jobs 1": [*check, "--jobs", "1"]}
    if ITEMS > 1000:  # noqa: PLR2004 - a smaller file is one piece
        ways[f"--jobs {JOBS}"] = [*check, "--jobs", str(JOBS)]
    if "--dask" in arguments:
        ways[f"--engine dask --jobs {JOBS}"] = [*check, "--engine", "dask", "--jobs", str(JOBS)]
    with TemporaryDirectory() as folder:
        large, small = _written(Path(folder, "large.ndjson"), ITEMS), _written(Path(folder, "small.ndjson"), 1)
        print(f"{ITEMS} exchanges, {large.stat().st_size // ITEMS} bytes each, medians of {ROUNDS} rounds")
        _compare(ways, str(large), str(small))
        if "--s3" in arguments:
            _compare_on_s3(check, large, small)


def _compare(ways: dict[str, list[str]], large: str, small: str) -> None:
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, command in ways.items():
            (wall, busy), (start, start_busy) = _timed([*command, large]), _timed([*command, small])
            runs[name].append((max(wall - start, 1e-6), max(busy - start_busy, 1e-6)))
    walls = {name: median(wall for wall, _ in found) for name, found in runs.items()}
    for name, found in runs.items():
        each = median(busy for _, busy in found) / ITEMS
        ratio = walls["json.loads"] / walls[name] if "json.loads" in walls else 1
        hours = each * 1e9 / 3600
        print(
            f"{name:28} {ratio:6.2f} {each * 1e6:8.1f} us {hours:8.1f} core-hours"
            f" {hours / 24:6.2f} cores {hours / CORES:6.2f} hours {hours * PRICE:6.2f} dollars"
        )


def _timed(command: list[str]) -> tuple[float, float]:
    """Return the seconds that a command takes, and those of the processor in it and its processes."""
    before, start = getrusage(RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own command
    if done.returncode not in (0, 1) or (done.returncode and not done.stdout):
        raise SystemExit(done.stderr.decode())
    after = getrusage(RUSAGE_CHILDREN)
    return perf_counter() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _written(file: Path, number: int) -> Path:
    with file.open("w") as lines:
        for each in range(number):
            code = 800064 if each % 33 == 32 else "800064"  # noqa: PLR2004 - 3 of 100
            body = {
                "code": code,
                "description": f"Another request is already processing cart {each}",
                "source": "PartnerFD",
            }
            headers = {"Content-Type": "application/json; charset=utf-8", "MS-CorrelationId": f"9240230a-{each:08}"}
            request = {"method": "POST", "url": f"{URL}/{each}/carts/7/checkout"}
            lines.write(json.dumps({"request": request, "status": 409, "headers": headers, "body": json.dumps(body)}))
            lines.write("\n")
    return file


def _compare_on_s3(check: list[str], large: Path, small: Path) -> None:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ |= {
        "FSSPEC_S3_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    import fsspec

    storage = fsspec.filesystem("s3")
    storage.mkdir(BUCKET)
    for file in (large, small):
        storage.put(str(file), f"{BUCKET}/{file.name}")
    ways = {f"dask, s3:// --jobs {JOBS}": [*check, "--engine", "dask", "--jobs", str(JOBS)]}
    _compare(ways, f"s3://{BUCKET}/{large.name}", f"s3://{BUCKET}/{small.name}")
    server.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
