"""Everything that README and docs show is run, and what they say it prints is compared."""

import re
import runpy
from shlex import quote

import pytest
from pages import PAGES, ROOT, blocks, differs, links, run

from pytest_pcerrors.documents import published_schema
from pytest_pcerrors.interception.options import MODES
from pytest_pcerrors.reporting.formats import FORMATS
from pytest_pcerrors.simulation.answers.answer import FAULTS

NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_does_what_it_shows(name, tmp_path, programs):
    """Files are written, Python runs, commands print what the page shows, block after block in one folder."""
    for block in blocks(ROOT / name):
        where = f"{name}:{block.line}"
        if block.file_name:
            (tmp_path / block.file_name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block.file_name).write_text(block.text)
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
    assert second.rstrip().endswith(".venv/bin/pytest -n 2")


def test_every_block_is_run_or_a_file():
    """A block that nothing proves has no place in the docs, except sh, which the gate runs, and files, which have a name."""
    run_or_written = {"python", "console", "sh"}
    for page in PAGES:
        for block in blocks(page):
            assert block.language in run_or_written or block.file_name, f"{page.name}:{block.line}"


def test_every_link_has_a_target():
    """A relative link is a file; a link to the site or to the repository is a page or a file of this checkout."""
    assert [(page.name, target) for page in PAGES for target in links(page) if not target.exists()] == []


def test_contributing_names_files_that_exist():
    """Each path in CONTRIBUTING is a file or a folder of this checkout."""
    paths = re.findall(r"`([.\w-]+/[\w./-]*)`", (ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_page_is_in_the_navigation():
    """mkdocs.yml lists the pages of docs, each once."""
    listed = re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(name.removeprefix("docs/") for name in NAMES if name.startswith("docs/"))


def test_the_rule_reference_is_made_from_the_rules(tmp_path, programs):
    """docs/reference/rules.md is what ``pcerrors explain`` prints."""
    assert reference("rules") == run("pcerrors explain", tmp_path, programs)[0]


def test_the_pytest_reference_has_every_option_fixture_and_marker(tmp_path, programs):
    """Each name that pytest prints of this plugin is in a table of the page."""
    printed = "".join(run(f"pytest --{what}", tmp_path, programs)[0] for what in ("help", "markers", "fixtures"))
    names = re.findall(r"^  (--pc-[a-z-]+)|^@pytest[.]mark[.](pc_\w+)|^(pc_\w+)", printed, re.MULTILINE)
    assert len(names) > 10
    assert_in_tables("pytest", {*MODES, *(name for groups in names for name in groups if name)})


def test_the_command_reference_has_every_option(tmp_path, programs):
    """Each subcommand has a section with its options, and with the choices of each; that of a group has those of its subcommands."""

    def described(*words):
        """Return the options, choices and subcommands in the help of a command, and the names of its subcommands."""
        shown = run(" ".join(["pcerrors", *words, "--help"]), tmp_path, programs)[0]
        options = {*re.findall(r"--[a-z-]+", shown), *re.findall(r"\[([a-z]+(?:\|[a-z]+)+)\]", shown)} - {"--help"}
        inner = re.findall(r"^  ([a-z]+)  ", shown.partition("Commands:")[2], re.MULTILINE)
        return options.union(inner, *(described(*words, each)[0] for each in inner if words)), inner

    for command in described()[1]:
        section = reference("command").partition(f"## `pcerrors {command}`")[2].partition("\n## ")[0]
        assert {each for each in described(command)[0] if each not in section.replace("\\|", "|")} == set(), command


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("settings", published_schema("pytest_pcerrors", "settings.schema.json")["properties"]),
        ("reports", FORMATS),
        ("server", FAULTS),
    ],
    ids=["settings", "reports", "faults"],
)
def test_a_reference_has_every_name(page, names):
    """Each setting, report format and fault is in a table, or has a section."""
    assert_in_tables(page, set(names))


def test_the_table_of_clients_has_those_that_are_tested():
    """Each row of the how-to guide is a client that records and replays in a test, in the same order."""
    tested = runpy.run_path(str(ROOT / "tests" / "interception" / "http_clients.py"))["CLIENTS"]
    page = (ROOT / "docs" / "how-to" / "record.md").read_text("utf-8")
    assert re.findall(r"^[|] `([\w.]+)`", page, re.MULTILINE) == list(tested)


def reference(name):
    """Return the text of a page of the reference."""
    return (ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8")


def assert_in_tables(page, names):
    """Assert that each name begins a row of a table, or is a heading."""
    rows = re.findall(r"^(?:[|]|##) (.*?)(?: [|].*)?$", reference(page), re.MULTILINE)
    described = {name for row in rows for name in re.findall(r"`([\w-]+)", row)}
    assert names <= described, names - described
