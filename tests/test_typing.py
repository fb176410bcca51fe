"""The types of the public surface, proved from outside."""

import subprocess
import sys
from pathlib import Path

import pytest

API = Path(__file__).with_name("typing") / "api.py"
MYPY = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--config-file="]


def mypy(folder, *arguments):
    """Run mypy as a user of the installed package does, far from our settings."""
    return subprocess.run(
        [*MYPY, "--cache-dir", str(folder / "cache"), *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give the runs of mypy one cache."""
    return tmp_path_factory.mktemp("mypy")


def test_code_of_users_is_accepted(folder):
    """A strict type checker has nothing to say to it."""
    done = mypy(folder, API)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "line",
    [
        "p.assert_pc_error((409, b''), 4.5)",
        "p.assert_pc_error((409, b''), status='409')",
        "p.assert_pc_error((409, b''), description=7)",
        "p.assert_pc_error((409, b'')).codes",
        "p.check((409, b''), profile=1)",
        "p.Exchange(409, {}, 'text')",
        "p.no_such_name",
    ],
)
def test_slips_are_found(folder, line):
    """What would fail when it runs fails before."""
    file = folder / "slip.py"
    file.write_text(f"import pytest_pcerrors as p\n\n{line}\n")
    assert "slip.py:3: error" in mypy(folder, file).stdout
