"""Measure the HTML report of 10,000 responses with violations, compared with the JSON report; in Chromium, its first paint and its filter.

The cases in a browser need the extra ``dev`` and Chromium. The time of a filter is that from the input to the end of the layout that shows its result.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks._comparison import Case, Comparison, calls
from benchmarks._peers import has
from benchmarks._setting import Setting
from pytest_pcerrors import Contract, Exchange, Request
from pytest_pcerrors.policy.audit import finding
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting.coverage import ErrorCoverage
from pytest_pcerrors.reporting.formats import FORMATS
from pytest_pcerrors.reporting.report import Report
from pytest_pcerrors.reporting.totals import Totals, Wanted

if TYPE_CHECKING:
    from playwright.sync_api import Page

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


def comparisons(setting: Setting) -> Iterator[Comparison]:
    """Yield the reports, and the page in a browser if there is one."""
    count = setting.count(10_000, 30)
    made, path = report(count), setting.folder() / "report.html"
    path.write_text("".join(FORMATS["html"](made)), "utf-8")
    cases = [Case(name, calls(partial(_written, made, name))) for name in ("json", "html")]
    chromium = shutil.which("chromium")
    if chromium and has("playwright") and not setting.quick:
        paint, filtered = (partial(_in_browser, chromium, path, each) for each in (_painted, _filtered))
        cases += [Case("first paint in Chromium", paint), Case("a filter in Chromium", filtered)]
    yield Comparison(f"the report of {count:,} responses with violations", cases, rounds=5)


def _written(made: Report, name: str) -> int:
    return sum(map(len, FORMATS[name](made)))


def _in_browser(chromium: str, path: Path, measured: "Callable[[Page], float]") -> float:
    """Return the seconds that something takes in a new page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page(viewport={"width": 1280, "height": 900})
        opened.goto(path.as_uri())
        milliseconds = measured(opened)
        browser.close()
    return milliseconds / 1000


def _painted(opened: "Page") -> float:
    # `wait_for_function` needs eval, which the page forbids
    while (paint := opened.evaluate(FIRST_PAINT)) is None:
        opened.wait_for_timeout(20)
    return float(paint)


def _filtered(opened: "Page") -> float:
    return median(opened.evaluate(FILTER, query) for query in QUERIES)


def report(count: int) -> Report:
    """Return the report of responses that break the contract in several ways."""
    contract = Contract.default()
    policy, coverage = Policy(contract), ErrorCoverage(contract)
    entries = list(contract.catalogue)
    findings = []
    for number in range(count):
        entry = entries[number % len(entries)]
        coverage.add("replayed", entry.status, [entry.code])
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
    totals = Totals()
    made = Report.of_findings(totals.counting(findings, policy, Wanted()), totals, policy)
    made.coverage = coverage
    return made
