"""The page in a browser, which must be there: Debian's package is chromium."""

import re
import subprocess

import pytest

from pytest_pcerrors import Contract
from pytest_pcerrors.simulation import SHAPES

pytestmark = pytest.mark.browser
NARROW = """
<iframe src="/" style="width: 390px; height: 800px; border: 0"></iframe>
<script>
onload = () => {
  const shown = frames[0].document.documentElement;
  document.body.dataset.width = `${shown.clientWidth} ${shown.scrollWidth}`;
};
</script>
"""


@pytest.fixture
def dom(server, tmp_path):
    """Open a path in the browser, and return the document after its scripts have run."""

    def dom(path):
        browser = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
        command = [*browser, "--dump-dom", server.url + path]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    return dom


def test_a_browser_shows_every_link(server, dom):
    """The page as the browser has understood it holds all of them, and asked for nothing else but an icon."""
    shown = dom("/")
    links = set(re.findall(r'<a href="(/[^"]+)"', shown))
    assert 'id="filter" hidden' not in shown
    assert links == {
        *(f"/errors/{status}/{code}" for status, code in Contract.default().pairings),
        *(f"/shapes/{name}" for name in SHAPES),
    }
    assert {each.path for each in server.requests} <= {"/", "/favicon.ico"}


def test_a_filter_shows_the_rows_with_all_of_its_words(dom):
    """In any letter case, and in any column."""
    shown = re.findall(r'<tr><td><a href="(/[^"]+)"', dom("/?filter=CART+409").partition("<tbody>")[2])
    assert "/errors/409/800064" in shown
    assert {link.split("/")[2] for link in shown} == {"409"}
    assert len(shown) < len(Contract.default().catalogue.select(status=409))


def test_the_page_fits_a_phone(server, dom):
    """At 390 pixels nothing is wider than the page, and what is too long has a scroll bar of its own."""
    server.respond("GET", "/narrow", {"status": 200, "headers": {"Content-Type": "text/html"}, "body": NARROW})
    width, needed = map(int, re.search(r'data-width="(\d+) (\d+)"', dom("/narrow")).groups())
    assert 0 < needed <= width <= 390
