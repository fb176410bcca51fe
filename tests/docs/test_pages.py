"""Everything that README and docs show is run, and what they say it prints is compared."""

from pathlib import Path
from shlex import quote

import pytest
import warm
from pages import PAGES, ROOT, blocks, differs, run

NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


@pytest.fixture(scope="module")
def programs():
    """Start the process that the programs of all pages run in."""
    with warm.programs() as folder:
        yield folder


@pytest.mark.parametrize("name", NAMES)
def test_a_page_does_what_it_shows(name, tmp_path, programs):
    """Files are written, Python runs, commands print what the page shows, block after block in one folder."""
    for block in blocks(ROOT / name):
        where = f"{name}:{block.line}"
        if block.file_name:
            (tmp_path / block.file_name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block.file_name).write_text(block.content)
        elif block.language == "python":
            printed, status = run(f"python -c {quote(block.text)}", tmp_path, programs)
            assert status == 0, f"{where}: {printed}"
        elif block.language == "console":
            for command, shown in block.commands:
                printed, status = run(command, tmp_path, programs)
                assert not differs(command, shown, printed, status), f"{where}: $ {command}\n{printed}"


def test_readme_begins_with_two_commands():
    """The first two sh blocks of README are one line each: the main job, and the tests."""
    first, second = [block.text for block in blocks(ROOT / "README.md") if block.language == "sh"][:2]
    assert first.count("\n") == second.count("\n") == 1
    assert "--pc-cassettes=cassettes" in first
    assert second.rstrip().endswith(".venv/bin/pytest")


def test_every_block_is_of_a_language_that_is_run_or_a_file():
    """A block that nothing proves has no place in the docs, but for sh, which the gate runs, and http."""
    known = {"python", "console", "toml", "json", "sh", "http", "yaml", "markdown"}
    assert {block.language for page in PAGES for block in blocks(page)} <= known


def test_every_link_leads_somewhere():
    """A relative link in README or docs leads to a file of the repository."""
    import re

    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_rule_reference_is_made_from_the_rules(programs):
    """docs/rules.md is what ``pcerrors explain`` prints."""
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == run("pcerrors explain", Path("/"), programs)[0]
