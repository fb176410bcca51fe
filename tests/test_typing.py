"""The types of the public surface, tested as a user sees them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

API = Path(__file__).with_name("typing") / "api.py"
CACHE = API.parents[2] / ".mypy_cache" / "typing"
MYPY = [sys.executable, "-m", "mypy", "--strict", "--config-file=mypy.ini", f"--cache-dir={CACHE}"]
CONFIG = """
[mypy]
follow_imports = silent
[mypy-anyio.*,click.*,h11.*,httpcore.*,hyperscan.*,jsonschema.*,markdown_it.*,msgspec.*,rich.*,urllib3.*,yaml.*]
follow_imports = skip
"""
"""No type of the public surface is of a library that is skipped; to read them would take half the time."""
SLIPS = [
    "p.assert_pc_error((409, b''), 4.5)",
    "p.assert_pc_error((409, b''), status='409')",
    "p.assert_pc_error((409, b''), description=7)",
    "p.assert_pc_error((409, b'')).codes",
    "p.check((409, b''), profile=1)",
    "p.Exchange(409, {}, 'text')",
    "p.no_such_name",
]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Return the output of mypy for a user of the installed package, without our settings."""
    folder = tmp_path_factory.mktemp("mypy")
    (folder / "slips.py").write_text("\n".join(["import pytest_pcerrors as p", *SLIPS, ""]))
    (folder / "mypy.ini").write_text(CONFIG)
    command = [*MYPY, str(API), "slips.py"]
    untraced = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(command, cwd=folder, env=untraced, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_code_of_users_is_accepted(found):
    """A strict type checker reports nothing."""
    assert [line for line in found[:-1] if not line.startswith("slips.py:")] == []
    assert found[-1].endswith("(checked 2 source files)")


@pytest.mark.parametrize("slip", SLIPS)
def test_slips_are_found(found, slip):
    """The type checker reports mistakes that would fail at run time."""
    place = f"slips.py:{SLIPS.index(slip) + 2}: error"
    assert any(line.startswith(place) for line in found)
