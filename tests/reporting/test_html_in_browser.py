"""The page of the format ``html`` in Chromium, which must be there: Debian's package is chromium."""

from importlib.resources import files

import pytest
from report_of import report_of

from pytest_pcerrors import Contract, Exchange, Request
from pytest_pcerrors.policy.audit import finding
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting.coverage import ErrorCoverage
from pytest_pcerrors.reporting.formats._html import as_html

pytestmark = pytest.mark.browser
CONTRACT = Contract.default()
POLICY = Policy(CONTRACT)
JSON = {"Content-Type": "application/json"}
NUMBER = '{"data": [{"code": 1}, "code"], "code": 800064, "description": "Busy", "source": "PartnerFD"}'
SLOW = '{"statusCode": 429, "message": "Rate limit is exceeded"}'
ATTACKS = [
    "<script>window.attacked = 1</script>",
    "</script><script>window.attacked = 1</script>",
    "<img src=x onerror='window.attacked = 1'>",
    "\"'><svg onload=window.attacked=1>",
    "<!--<script>",
    "]]>{{ 7 * 7 }}${window.attacked = 1}",
    "\ud800 \u2028 \u2029 \x00 \x1b[31m",
    '{"code": "</pre><script>window.attacked = 1</script>", "description": 1}',
    '{"code": 1, "x": "' + "<b>" * 1_000_000,
]


@pytest.fixture(scope="module")
def chromium():
    """Give a running browser without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, tmp_path):
    """Open a page from disk; at the end it has had no error, and has asked for nothing but itself."""
    contexts, errors, requests = [], [], []

    def opened(findings=(), *coverages, **options):
        path = tmp_path / "report.html"
        report = report_of(findings, POLICY)
        report.coverage, report.base = (*coverages, None, None)[:2]
        path.write_text("".join(as_html(report)), "utf-8")
        contexts.append(chromium.new_context(**options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(error.message))
        page.on("console", lambda message: errors.append(message.text))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        return page

    opened.errors = errors
    yield opened
    for each in contexts:
        each.close()
    assert errors == []
    assert {each.split(":")[0] for each in requests} <= {"file", "data"}
    assert len([each for each in requests if each.startswith("file")]) == len(contexts)


def found(status, body, place="a.yaml:2", headers=JSON):
    """Return the finding for a response."""
    request = Request("GET", "https://host/v1/customers/17/carts")
    return finding(Exchange(status, headers, body.encode("utf-8", "surrogatepass"), request, None, place), POLICY)


def covered(*met):
    """Return a coverage in which these (way, status, code) were met."""
    coverage = ErrorCoverage(CONTRACT, frozenset({(501, "0")}))
    for way, status, code, *place in met:
        coverage.add(way, status, [] if code is None else [code], *place)
    return coverage


MANY = [found(409, NUMBER, f"carts.yaml:{number}") for number in range(130)] + [found(429, SLOW, "slow.yaml:7")]
MET = covered(
    *(
        (way, 400, code)
        for way, code in zip(
            ("asserted", "replayed", "served", "simulated"), "2001 2002 2006 2011".split(), strict=True
        )
    ),
    ("asserted", 409, "800064"),
    ("replayed", 409, "800064"),
)
BASE = covered(("replayed", 403, "2006"))


def shown(page):
    """Return the number of rows that are shown for each rule."""
    return {
        each.get_attribute("data-rule"): each.locator(".finding").count()
        for each in page.locator(".rule:visible").all()
    }


def test_rows_are_added_on_demand(opened):
    """The first of a rule, and then a hundred more with each press of the button, which gives the focus to the first of them."""
    page = opened(MANY)
    assert shown(page) == {"code-number": 25, "data-item-string": 25, "gateway-envelope": 1, "retry-after": 0}
    more = page.locator("[data-rule=code-number] .more")
    assert more.text_content() == "Show 100 of 105 more"
    more.click()
    assert page.evaluate("document.activeElement.querySelector('.place').textContent") == "carts.yaml:25"
    assert more.text_content() == "Show 5 of 5 more"
    more.click()
    assert shown(page)["code-number"] == 130
    assert more.is_hidden()


@pytest.mark.parametrize(
    ("filters", "rules", "text"),
    [
        ({"status": "429"}, {"gateway-envelope", "retry-after"}, "2 of 262 violations"),
        ({"severity": "warning"}, {"retry-after"}, "1 of 262 violations"),
        ({"rule": "code-number"}, {"code-number"}, "130 of 262 violations"),
        ({"query": "carts.yaml:1"}, {"code-number", "data-item-string"}, "82 of 262 violations"),
        ({"query": "RATE  limit", "severity": "error"}, {"gateway-envelope"}, "1 of 262 violations"),
        ({"query": "<b>"}, set(), "0 of 262 violations"),
    ],
)
def test_filters_show_what_fits_all_of_them(opened, filters, rules, text):
    """In any letter case; the number of what is shown is a live region."""
    page = opened(MANY)
    for name, value in filters.items():
        field = page.locator(f"#{name}")
        field.fill(value) if name == "query" else field.select_option(value)
    assert set(shown(page)) == rules
    assert page.get_by_role("status").text_content() == text
    assert page.locator("#nothing").is_visible() == (not rules)


def test_the_search_is_at_the_key_slash_and_dims_cells(opened):
    """Escape empties it; a slash in the field is a slash."""
    page = opened([], MET)
    page.keyboard.press("/")
    page.keyboard.type("409 /")
    assert page.locator("#query").input_value() == "409 /"
    page.keyboard.press("Backspace")
    assert page.locator(".cell:not(.dim)").count() == len(CONTRACT.catalogue.select(status=409))
    page.keyboard.press("Escape")
    assert page.locator(".cell.dim").count() == 0
    assert page.locator("#query").input_value() == ""


def test_arrow_keys_go_from_cell_to_cell_and_enter_shows_one(opened):
    """There is one stop of the tabulator for all of them."""
    page = opened([], MET)
    assert page.locator(".cell[tabindex='0']").count() == 1
    page.locator(".cell").first.focus()
    for key, code in [
        ("ArrowRight", "2002"),
        ("ArrowLeft", "2001"),
        ("ArrowLeft", "2001"),
        ("End", "0"),
        ("Home", "2001"),
    ]:
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.querySelector('.code').textContent") == code
    page.keyboard.press("ArrowDown")
    below = page.evaluate("[document.activeElement.offsetLeft, document.activeElement.dataset.number]")
    assert below[0] == page.evaluate("document.querySelector('.cell').offsetLeft")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    details = page.locator("#details")
    assert details.locator("h3").text_content() == "2001"
    assert CONTRACT.catalogue["2001"][0].description in details.text_content()
    assert details.locator(".state").text_content() == "asserted 1"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert details.locator("h3").text_content() == "2002"
    assert page.locator(".cell[aria-current]").count() == 1


@pytest.mark.parametrize(
    ("body", "rule", "marked"),
    [
        (NUMBER, "code-number", "800064"),
        (NUMBER, "data-item-string", '"code"'),
        ('{"code": "800064", "description": {"a": ["]"]}, "source": "s"}', "description-type", '{"a": ["]"]}'),
        ('{"code": "800064", "description": "' + "x" * 5000, "body-not-json", None),
        ('{"code": "800064", "source": "s"}', "description-missing", None),
        ('{"c\\u006fde": 7, "description": "x", "source": "s"}', "code-number", "7"),
        (SLOW, "gateway-envelope", None),
    ],
)
def test_the_part_that_breaks_the_rule_is_marked(opened, body, rule, marked):
    """Where the violation names a member of the body and the body has it."""
    page = opened([found(409, body)])
    page.locator(f"[data-rule={rule}]").evaluate("element => { element.open = true; }")
    page.locator(f"[data-rule={rule}] .finding summary").click()
    pre = page.locator(f"[data-rule={rule}] pre")
    assert pre.text_content()[:4000] == body[:4000]
    assert pre.locator("mark").all_text_contents() == ([] if marked is None else [marked])


def test_hostile_texts_run_nothing_and_are_shown_as_text(opened):
    """In bodies, places, URLs, and undocumented codes."""
    findings = [found(404, each, f"{each[:40]}:2") for each in ATTACKS]
    coverage = covered(*(("replayed", 404, each[:60], each[:60]) for each in ATTACKS))
    page = opened(findings, coverage)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true;")
    page.wait_for_timeout(100)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true;")
    page.wait_for_timeout(100)
    assert page.evaluate("window.attacked") is None
    assert page.locator("script").count() == 2
    assert page.locator("main img, pre b, pre script, svg[onload]").count() == 0
    bodies = "\n".join(page.locator("pre").all_text_contents())
    assert all(each[:12] in bodies for each in ATTACKS[:6])


def test_an_injected_script_would_not_run(opened):
    """The policy of the page forbids what it did not write itself, and every connection."""
    page = opened(MANY)
    violated = page.evaluate("""async () => {
        const violated = [];
        document.addEventListener("securitypolicyviolation", (event) => violated.push(event.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "window.attacked = 1";
        document.body.append(script);
        await fetch("https://host.invalid/").catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 50));
        return [violated, window.attacked === undefined];
    }""")
    assert violated == [["script-src-elem", "connect-src"], True]
    assert all("Content Security Policy" in each for each in opened.errors)
    opened.errors.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_everyone_can_read_it(opened, width, scheme):
    """Nothing is wider than the page, and axe-core finds nothing: contrast, names, landmarks, headings."""
    size = {"viewport": {"width": width, "height": 844}, "color_scheme": scheme}
    coverage = covered(("replayed", 404, "77", "a.yaml:1"))
    coverage.plus(MET)
    coverage.rules["pairing", True] = 1
    page = opened([*MANY[-2:], found(404, "x" * 2000, "p" * 300)], coverage, BASE, **size)
    page.locator(".cell").first.click()
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true;")
    page.locator(".finding summary").first.scroll_into_view_if_needed()
    needed, given = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert needed <= given
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found_by_axe = page.evaluate("axe.run({resultTypes: ['violations']}).then((result) => result.violations)")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found_by_axe] == []


def test_without_scripts_the_summary_and_the_coverage_are_there(opened):
    """A cell leads to its row of the table; there are no filters that do nothing."""
    page = opened(MANY, MET, java_script_enabled=False)
    assert page.locator("#tools").is_hidden()
    assert page.locator("noscript").is_visible()
    page.locator(".cell").nth(1).click()
    assert page.locator("tr#error-1").is_visible()
