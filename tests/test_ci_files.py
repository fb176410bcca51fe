"""The GitHub Action, the pre-commit hook, and the GitLab job of the docs, run as far as that is possible without their services."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from pre_commit import clientlib

from pytest_pcerrors.exchange.archives.folders import BODIES
from pytest_pcerrors.exchange.archives.formats import READERS
from pytest_pcerrors.exchange.archives.streams import PACKED

ROOT = Path(__file__).parents[1]
ACTION = ROOT / ".github" / "actions" / "check" / "action.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
PAGE = ROOT / "docs" / "how-to" / "ci.md"
GOOD = '{"status": 404, "body": {"code": "1000", "description": "No customer", "source": "PartnerFD"}}'
BAD = '{"status": 404, "body": "gone"}'
SECRET = '{"status": 200, "headers": {"Set-Cookie": "sid=kX7pQz19; Path=/"}, "body": {}}'
EXPRESSION = re.compile(r"\$\{\{ inputs\.([a-z-]+) \}\}")

pytestmark = [
    pytest.mark.untraced,
    pytest.mark.skipif(os.name == "nt", reason="the bash of Windows may be that of WSL, which has other files"),
]


@pytest.fixture
def repository(tmp_path):
    """Write a folder with recordings that conform, break the contract, and hold a secret."""
    for name, line in {"good": GOOD, "bad": BAD, "secret": SECRET, "with space": GOOD}.items():
        (tmp_path / "cassettes" / name).mkdir(parents=True)
        (tmp_path / "cassettes" / name / "seen.ndjson").write_text(f"{line}\n")
    return tmp_path


@pytest.fixture
def shell(programs):
    """Run a script as GitHub runs the steps of an action; return its exit code, and what it prints."""

    def shell(script, folder, *first, **variables):
        path = ":".join(map(str, (*first, programs, Path(sys.executable).parent, "/usr/bin", "/bin")))
        environment = {"PATH": path, "HOME": str(folder), "COLUMNS": "80", **variables}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        ended = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        return ended.returncode, ended.stdout + ended.stderr

    return shell


DOCUMENT = yaml.safe_load(ACTION.read_text())
STEPS = {step.get("name", step.get("uses")): step for step in DOCUMENT["runs"]["steps"]}


@pytest.fixture
def run_step(shell):
    """Run a step of the action with these inputs, and the defaults of the others; the programs in `first` come before any other."""

    def run_step(name, folder, *first, summary="summary.md", **inputs):
        declared = {each: what.get("default", "") for each, what in DOCUMENT["inputs"].items()}
        given = declared | {each.replace("_", "-"): value for each, value in inputs.items()}
        step = STEPS[name]
        variables = {each: EXPRESSION.sub(lambda found: given[found[1]], value) for each, value in step["env"].items()}
        return shell(step["run"], folder, *first, GITHUB_STEP_SUMMARY=summary, **variables)

    return run_step


def test_the_action_is_a_composite_one_whose_inputs_are_variables_only():
    """An input in the text of a script would be run by the shell."""
    assert DOCUMENT["runs"]["using"] == "composite"
    assert set(EXPRESSION.findall(ACTION.read_text())) == set(DOCUMENT["inputs"])
    for step in DOCUMENT["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert step.get("uses", "").startswith("actions/") or step["shell"] == "bash"
    assert all(each["description"] for each in [DOCUMENT, *DOCUMENT["inputs"].values()])


@pytest.mark.parametrize(
    ("inputs", "status", "printed"),
    [
        ({"paths": "cassettes/good"}, 0, "1 error response checked, 0 violations\n"),
        ({"paths": "cassettes/good\n\ncassettes/with space\n"}, 0, "2 error responses checked, 0 violations\n"),
        ({"paths": "cassettes/bad"}, 1, "::error file=cassettes/bad/seen.ndjson,line=1,title=body-plain-text::"),
        ({"paths": "cassettes/secret"}, 1, "title=secret-recorded::"),
        ({"paths": "cassettes/bad", "profile": "observed"}, 0, "::warning file=cassettes/bad/seen.ndjson,line=1,"),
        ({"paths": "cassettes/bad", "profile": "observed", "fail_on": "warning"}, 1, "::warning file="),
        ({"paths": "cassettes/bad", "fail_on": "never"}, 0, "::error file="),
        ({"paths": "cassettes/good", "coverage_min": "50"}, 1, "1 error response checked, 0 violations"),
        ({"paths": ""}, 2, "give a file or folder to check, or set `collect` in [tool.pcerrors]"),
        ({"paths": "none"}, 2, "pcerrors: none: no such file or folder"),
        ({"paths": "--help"}, 2, "pcerrors: --help: no such file or folder"),
        ({"paths": "$(touch run); `touch run`"}, 2, "no such file or folder"),
        ({"paths": "cassettes", "profile": '"; touch run; "'}, 2, "--profile"),
    ],
)
def test_the_action_checks_recordings(run_step, repository, inputs, status, printed):
    """The exit code is that of the command, and the inputs are data."""
    ended, shown = run_step("Check the recordings", repository, **inputs)
    assert (ended, printed in shown) == (status, True), shown
    assert not (repository / "run").exists()
    assert (repository / "summary.md").exists() == (status < 2)


def test_the_action_without_paths_checks_what_the_settings_name(run_step, repository):
    """As the command does."""
    (repository / "pyproject.toml").write_text('[tool.pcerrors]\ncollect = ["cassettes/good"]\n')
    assert run_step("Check the recordings", repository)[0] == 0


def test_the_action_writes_a_sarif_file_too(run_step, repository):
    """Also if there are violations."""
    assert run_step("Check the recordings", repository, paths="cassettes/bad", sarif_file="my results.sarif")[0] == 1
    [run] = json.loads((repository / "my results.sarif").read_text())["runs"]
    assert [each["ruleId"] for each in run["results"]] == ["body-plain-text"]


@pytest.mark.parametrize(("wanted", "requirement"), [("", "pytest-pcerrors"), ("0.1.0", "pytest-pcerrors==0.1.0")])
def test_the_action_installs_the_version_that_is_asked_for(run_step, tmp_path, wanted, requirement):
    """The newest one by default."""
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    program.chmod(0o755)
    status, printed = run_step("Install pytest-pcerrors", tmp_path, tmp_path, version=wanted)
    assert (status, printed.splitlines()[-1]) == (0, requirement)


def hook():
    """Return the pre-commit hook."""
    [only] = yaml.safe_load(HOOKS.read_text())
    return only


def test_the_hook_is_valid_for_pre_commit():
    """By the check that pre-commit itself makes."""
    assert [each["id"] for each in clientlib.load_manifest(str(HOOKS))] == [hook()["id"]]


def test_the_hook_takes_every_file_that_the_command_reads_in_a_folder_of_cassettes():
    """And no other file."""

    def is_taken(path):
        return re.search(hook()["files"], path) and not re.search(hook()["exclude"], path)

    for ending in READERS:
        assert is_taken(f"cassettes/cart{ending}")
        assert is_taken(f"cassettes/CART{ending.upper()}")
        for packed in PACKED:
            assert is_taken(f"tests/cassettes/orders/cart{ending}{packed}")
        assert not is_taken(f"tests/data/cart{ending}")
        assert not is_taken(f"cassettes/stubs/{BODIES}/cart{ending}")
        assert not is_taken(f"cassettes/.cart{ending}")
    assert not is_taken("cassettes/README.md")
    assert not is_taken("my-cassettes/cart.yaml")


@pytest.mark.parametrize(
    ("staged", "status"),
    [
        ("cassettes/good", 0),
        ("cassettes/bad", 1),
        ("cassettes/secret", 1),
        ("openapi.yaml", 0),
        ("cassettes/api.yaml", 1),
    ],
)
def test_the_hook_checks_staged_recordings(shell, repository, staged, status):
    """Files elsewhere are not read; one beside recordings that is not a recording is reported, as it is in a folder."""
    for name in ("openapi.yaml", "cassettes/api.yaml"):
        (repository / name).write_text("openapi: 3.1.0\n")
    hooks = [hook() | {"language": "system"}]  # as it is installed: a new environment would need the network
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}))
    script = f"git init -q . && git add .pre-commit-config.yaml {staged} && python -m pre_commit run"
    ended, printed = shell(script, repository, PRE_COMMIT_HOME=str(repository / ".cache"), GIT_CONFIG_GLOBAL=os.devnull)
    assert ended == status, printed
    assert ("no files to check" in printed) == (staged == "openapi.yaml")


def files_of_page():
    """Return the YAML files of the page by their names."""
    found = re.findall(r"^```yaml\n# (\S+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return {name: yaml.safe_load(text) for name, text in found}


def test_the_page_uses_the_action_and_the_hook_as_they_are():
    """Their names, inputs, and the version of this package."""
    release = f"v{version('pytest-pcerrors')}"
    pages = files_of_page()
    used = [step for job in pages[".github/workflows/recordings.yml"]["jobs"].values() for step in job["steps"]]
    [check] = [step for step in used if step["uses"].startswith("pytest-pcerrors/")]
    assert check["uses"] == f"pytest-pcerrors/pytest-pcerrors/{ACTION.parent.relative_to(ROOT)}@{release}"
    inputs = list(DOCUMENT["inputs"])
    assert re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE) == inputs
    assert set(check["with"]) <= set(inputs)
    [source] = pages[".pre-commit-config.yaml"]["repos"]
    assert source == {
        "repo": "https://github.com/pytest-pcerrors/pytest-pcerrors",
        "rev": release,
        "hooks": [{"id": hook()["id"]}],
    }


@pytest.mark.parametrize(("line", "status"), [(GOOD, 0), (BAD, 1)])
def test_the_job_of_gitlab_writes_its_report(shell, tmp_path, line, status):
    """The last line of its script writes the file that it uploads, whatever the result."""
    (tmp_path / "cassettes").mkdir()
    (tmp_path / "cassettes" / "seen.ndjson").write_text(line)
    [job] = files_of_page()[".gitlab-ci.yml"].values()
    assert job["artifacts"]["when"] == "always"
    assert shell(job["script"][-1], tmp_path)[0] == status
    report = ET.parse(tmp_path / job["artifacts"]["reports"]["junit"])
    assert len(report.findall(".//failure")) == status
