"""The page in a browser, which must be there: Debian's package is chromium."""

import re
import subprocess

import pytest

from pytest_pcerrors import Contract
from pytest_pcerrors.simulation import SHAPES


@pytest.mark.browser
def test_a_browser_shows_every_link(server, tmp_path):
    """The page as the browser has understood it holds all of them, and asked for nothing else but an icon."""
    browser = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
    done = subprocess.run(
        [*browser, "--dump-dom", f"{server.url}/"], capture_output=True, text=True, check=True, timeout=60
    )
    links = set(re.findall(r'<a href="([^"]+)"', done.stdout))
    assert links == {
        *(f"/errors/{status}/{code}" for status, code in Contract.default().pairings),
        *(f"/shapes/{name}" for name in SHAPES),
    }
    assert {each.path for each in server.requests} <= {"/", "/favicon.ico"}
