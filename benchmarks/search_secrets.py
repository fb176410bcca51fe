"""Measure the search for secrets: `pcerrors check` with the rules secret-recorded and secret-suspected, and without them.

Run it with ``python benchmarks/search_secrets.py``, with folders of recordings of your own to measure those too. Both are measured
alternately in one process, so that a slow moment affects both; the figure to quote is the ratio of the best rounds.
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import process_time

from pytest_pcerrors import Contract
from pytest_pcerrors.exchange.archives.files import archive_files
from pytest_pcerrors.policy.audit import audit
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.policy.recordings import Recording

ROUNDS = 9
OFF = {"secret-recorded": "off", "secret-suspected": "off"}
ORDERS = [
    {
        "id": f"{number:08x}-7c1e-4c0e-9a51-2f3c6d7e8a90",
        "referenceCustomerId": "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04",
        "billingCycle": "monthly",
        "status": "completed",
        "lineItems": [{"offerId": f"MS-AZR-{number:04}P", "quantity": 3, "friendlyName": "Office 365 Business"}],
        "creationDate": "2024-05-06T07:08:09Z",
        "attributes": {"objectType": "Order"},
    }
    for number in range(40)
]


def write_ordinary(folder: Path) -> None:
    """Write recordings as clients make them: lists of orders and errors, with the headers of the service, tokens hidden."""
    from pytest_pcerrors import Exchange, Request
    from pytest_pcerrors.interception.cassette_text import cassette_text

    asked = {
        "Authorization": "Bearer ***",
        "Accept": "application/json",
        "MS-CorrelationId": "9240230a-0000-4000-8000-0",
    }
    answered = {"Content-Type": "application/json; charset=utf-8", "MS-RequestId": "1", "MS-CV": "Y4e3bZ8c1kqXz5a1.0"}
    url = "https://api.partnercenter.microsoft.com/v1/customers/4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04/orders"
    error = {"code": "800064", "description": "Another request is already processing cart 7", "source": "PartnerFD"}
    bodies = [(200, {"totalCount": 40, "items": ORDERS}), *[(409, error)] * 3]
    exchanges = [
        Exchange(status, answered, json.dumps(body).encode(), Request("GET", url, asked))
        for status, body in bodies * 100
    ]
    (folder / "orders.yaml").write_text(cassette_text(exchanges), "utf-8")
    lines = [
        {
            "status": each.status,
            "headers": answered,
            "body": each.body.decode(),
            "request": {"url": url, "headers": asked},
        }
        for each in exchanges
    ]
    (folder / "orders.ndjson").write_text("\n".join(map(json.dumps, lines)), "utf-8")


def seconds(files: list[Path], policy: Policy) -> float:
    """Return how long it takes to check the files."""
    start = process_time()
    for _ in audit((Recording.of_file(file, policy) for file in files), policy):
        pass
    return process_time() - start


def main(folders: Sequence[str] = ()) -> None:
    """Print the cost for ordinary recordings, and for each folder."""
    contract = Contract.default()
    ways = {
        "without": Policy(contract, hosts=frozenset(contract.hosts), overrides=OFF),
        "with": Policy(contract, hosts=frozenset(contract.hosts)),
    }
    with tempfile.TemporaryDirectory() as ordinary:
        write_ordinary(Path(ordinary))
        for folder in (ordinary, *folders):
            files = archive_files(Path(folder))
            rounds = [{name: seconds(files, policy) for name, policy in ways.items()} for _ in range(ROUNDS)]
            best = {name: min(each[name] for each in rounds) for name in ways}
            ratio = best["with"] / best["without"]
            shown = "ordinary recordings" if folder == ordinary else folder
            print(
                f"{shown}: {len(files)} files, {best['without']:.2f} s without the search, with it {ratio:.2f} times as long"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
