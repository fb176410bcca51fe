"""Measure the HTML report of 10 000 responses with violations in Chromium: its size, the first paint, and the filters.

Run it with ``python benchmarks/html_report.py [CHROMIUM]``; it needs the extra ``dev`` and Chromium. The time of a filter is that from the
input to the end of the layout that shows its result.
"""

import json
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from playwright.sync_api import sync_playwright

from pytest_pcerrors import Contract, Exchange, Request
from pytest_pcerrors.policy.audit import finding
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting.coverage import ErrorCoverage
from pytest_pcerrors.reporting.html.page import as_html
from pytest_pcerrors.reporting.report import Report

FINDINGS, ROUNDS = 10_000, 5
QUERIES = ["409", "cart", "carts/77", "nothing has this", "partner description", ""]
HEADERS = {"Content-Type": "application/json"}
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
FILTER = """(text) => {
    const field = document.getElementById("query");
    const start = performance.now();
    field.value = text;
    field.dispatchEvent(new Event("input"));
    document.body.offsetHeight;
    return performance.now() - start;
}"""


def main(chromium: str = "/usr/bin/chromium") -> None:
    """Print the measurements, medians of a few rounds."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "report.html")
        start = perf_counter()
        path.write_text("".join(page()), "utf-8")
        print(
            f"{FINDINGS} findings, {path.stat().st_size / 1e6:.1f} MB, checked and written in {perf_counter() - start:.1f} s"
        )
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        paints, filters = [], {query: [] for query in QUERIES}
        for _ in range(ROUNDS):
            opened = browser.new_page(viewport={"width": 1280, "height": 900})
            opened.goto(path.as_uri())
            # `wait_for_function` needs eval, which the page forbids
            while (paint := opened.evaluate(FIRST_PAINT)) is None:
                opened.wait_for_timeout(20)
            paints.append(paint)
            for query in QUERIES:
                filters[query].append(opened.evaluate(FILTER, query))
            opened.close()
        browser.close()
    print(f"first paint {median(paints):.0f} ms")
    for query, times in filters.items():
        print(f"filter {query!r:22} {median(times):4.0f} ms")


def page() -> "list[str]":
    """Return the report of responses that break the contract in several ways, in pieces."""
    contract = Contract.default()
    policy, coverage = Policy(contract), ErrorCoverage(contract)
    entries = list(contract.catalogue)
    findings = []
    for number in range(FINDINGS):
        entry = entries[number % len(entries)]
        coverage.add("replayed", entry.status, entry.code)
        body = {
            "code": int(entry.code),
            "description": entry.description,
            "data": ["carts", "17"],
            "source": "PartnerFD",
        }
        if number % 3 == 0:
            del body["source"]
        request = Request("POST", f"https://api.partnercenter.microsoft.com/v1/customers/17/carts/{number}/checkout")
        exchange = Exchange(
            entry.status, HEADERS, json.dumps(body, indent=2).encode(), request, None, f"carts.yaml:{number + 1}"
        )
        findings.append(finding(exchange, policy))
    report = Report.of_audit(findings, policy)
    report.coverage = coverage
    return list(as_html(report))


if __name__ == "__main__":
    main(*sys.argv[1:])
