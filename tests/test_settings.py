"""The table [tool.pcerrors]: found, validated against its published schema, and read."""

import os
import tomllib
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pytest_pcerrors.documents import published_schema
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.interception.options import MODES
from pytest_pcerrors.plugin import hooks
from pytest_pcerrors.settings import AllowanceSetting, RedactSetting, Settings

SCHEMA = published_schema("pytest_pcerrors", "settings.schema.json")
SAMPLE = """
[tool.pcerrors]
profile = "documented"
contract = "contracts/partner-center.json"
collect = ["cassettes"]
cassettes = "cassettes"
record = "once"
max-age = "180d"
watch = true
redact = {names = ["x-account"], patterns = ["CONTOSO-\\\\d+"], tenant-ids = true}
base-url = "http://127.0.0.1:8080/api"
cloud = "china"
token-command = ["az", "account", "get-access-token"]
hosts = ["API.partnercenter.microsoft.com"]
length-unit = "utf-16"
rules = ["mypkg.contracts:my_rule"]
[[tool.pcerrors.for]]
path = "cassettes/observed"
profile = "observed"
[tool.pcerrors.severity]
code-number = "warning"
[[tool.pcerrors.allow]]
rule = "code-number"
code = ["2000", "60012"]
reason = "the service sends numbers"
until = 2027-06-30
[[tool.pcerrors.allow]]
rule = "pairing"
code = 3000
status = 404
url = "*/carts/*"
path = "cassettes/cart.yaml"
reason = "seen since 2019"
"""
ALLOW = '[[allow]]\nrule = "pairing"\nreason = "seen"\n'


def table(text):
    """Read TOML as the content of the table."""
    return tomllib.loads(text)


def message_of(text, root=Path("/project")):
    """Return the error message for the content of the table, without the place."""
    with pytest.raises(UsageError) as caught:
        Settings.of_table(table(text), root)
    return str(caught.value).replace("pyproject.toml: [tool.pcerrors]: ", "")


def test_every_key_is_read(tmp_path):
    """Each key of the sample sets its field; paths are relative to the folder of the file, hosts in lower case."""
    (tmp_path / "pyproject.toml").write_text(SAMPLE)
    assert Settings.find(tmp_path) == Settings(
        root=tmp_path,
        profile="documented",
        contract=("contracts/partner-center.json",),
        collect=(tmp_path / "cassettes",),
        cassettes=tmp_path / "cassettes",
        record="once",
        max_age="180d",
        watch=True,
        redact=RedactSetting(("x-account",), (r"CONTOSO-\d+",), tenant_ids=True),
        base_url="http://127.0.0.1:8080/api",
        cloud="china",
        token_command=("az", "account", "get-access-token"),
        hosts=("api.partnercenter.microsoft.com",),
        length_unit="utf-16",
        rules=("mypkg.contracts:my_rule",),
        severity={"code-number": "warning"},
        profile_by_path=((tmp_path / "cassettes/observed", "observed"),),
        allow=(
            AllowanceSetting(
                "code-number",
                "the service sends numbers",
                code=frozenset({"2000", "60012"}),
                until=date(2027, 6, 30),
            ),
            AllowanceSetting(
                "pairing",
                "seen since 2019",
                code=frozenset({"3000"}),
                status=frozenset({404}),
                url="*/carts/*",
                path=tmp_path / "cassettes/cart.yaml",
            ),
        ),
    )


DEFAULTS = {
    "profile": "documented",
    "contract": (),
    "collect": (),
    "cassettes": Path("/project/cassettes"),
    "record": "none",
    "max_age": None,
    "watch": False,
    "redact": RedactSetting(names=(), patterns=(), tenant_ids=False),
    "base_url": None,
    "cloud": "global",
    "token_command": (),
    "hosts": None,
    "length_unit": "code-points",
    "rules": (),
    "severity": {},
    "profile_by_path": (),
    "allow": (),
    "entries": (),
    "map": None,
    "coverage_exclude": (),
}


@pytest.mark.parametrize(
    "make", [lambda: Settings.of_table({}, Path("/project")), lambda: Settings.find(Path("/project"))]
)
def test_without_a_table_the_defaults_hold(make):
    """An empty table equals a missing one; paths are absolute in both."""
    assert make()._asdict() == {"root": Path("/project"), **DEFAULTS}


@pytest.mark.parametrize("folder", [".", "a", "a/b"])
def test_the_table_is_searched_upward(tmp_path, folder):
    """The nearest file above with a table is used; files without one are skipped."""
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors]\nprofile = "observed"')
    (tmp_path / "a/pyproject.toml").write_text("[tool.ruff]")
    (tmp_path / "a/b/pyproject.toml").write_text("[project]")
    settings = Settings.find(tmp_path / folder)
    assert (settings.profile, settings.root) == ("observed", tmp_path)


def test_the_nearest_table_wins(tmp_path):
    """A table hides those above it: nothing is merged."""
    (tmp_path / "a").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.pcerrors]\nhosts = []")
    (tmp_path / "a/pyproject.toml").write_text("[tool.pcerrors]")
    assert Settings.find(tmp_path / "a").hosts is None


def test_a_relative_folder_is_searched_upward(tmp_path, monkeypatch):
    """The parent folders are searched too, and paths are absolute."""
    (tmp_path / "a").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors]\ncollect = ["c"]')
    monkeypatch.chdir(tmp_path / "a")
    assert Settings.find(Path()).collect == (tmp_path / "c",)


def test_a_tool_table_that_is_none_is_ignored(tmp_path):
    """A file in which `tool` is not a table has no table of ours."""
    (tmp_path / "pyproject.toml").write_text("tool = 3")
    assert Settings.find(tmp_path) == Settings(root=tmp_path, cassettes=tmp_path / "cassettes")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"[tool.pcerrors", "not TOML: Expected ']' at the end of a table declaration (at end of document)"),
        (b"[tool.pcerrors]\nhosts = ['\xe9']", "not UTF-8 at byte 26; save it as UTF-8"),
        (b"[tool]\npcerrors = 3", "tool.pcerrors is a table, write [tool.pcerrors]"),
        (b"[tool.pcerrors]\nhosts = " + b"[" * 5_000, "nested too deeply"),
        (b"[tool.pcerrors]\nhosts = " + b"9" * 5_000, "not TOML: Exceeds the limit"),
        (b"[tool.pcerrors]\nprofil = 1", '[tool.pcerrors]: at the top: unknown key "profil"; did you mean "profile"?'),
    ],
    ids=["broken", "latin-1", "no table", "deep", "digits", "unknown key"],
)
def test_a_file_that_cannot_be_read_is_reported(tmp_path, data, problem):
    """An invalid file is misuse, reported with its path."""
    file = tmp_path / "pyproject.toml"
    file.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        Settings.find(tmp_path)
    assert str(caught.value).startswith(f"{file}: {problem}")


def test_a_file_that_may_not_be_read_is_reported(tmp_path, monkeypatch):
    """A file without permission is misuse, reported with its path."""

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(UsageError, match=r"pyproject\.toml: cannot be read: Permission denied$"):
        Settings.find(tmp_path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("length_unit = 1", 'at the top: unknown key "length_unit"; did you mean "length-unit"?'),
        ('profile = "observe"', 'at /profile: "observe" is not known; did you mean "observed"?'),
        ("profile = 07:32:00", 'at /profile: "07:32:00" is not known; known are documented, observed'),
        ("contract = 3", "at /contract: expected a string or an array, got 3"),
        ("contract = []", "at /contract: it is empty"),
        ('contract = [""]', "at /contract/0: it is empty"),
        ('contract = ""', "at /contract: it is empty"),
        ('collect = "cassettes"', 'at /collect: expected a list of paths, such as ["cassettes"], got "cassettes"'),
        ('contract = ["shipped", "shipped"]', "at /contract: it has the same item twice; keep one of them"),
        ("cassettes = []", "at /cassettes: expected a path, got an array"),
        ('collect = ["a\\u0000b"]', r'at /collect/0: "a\u0000b" is not a path'),
        ('record = "onse"', 'at /record: "onse" is not known; did you mean "once"?'),
        ("record = false", f"at /record: false is not known; known are {', '.join(sorted(MODES))}"),
        ('max-age = "6m"', 'at /max-age: "6m" is not a number of days, such as 180d'),
        ("max-age = 180", "at /max-age: expected a number of days, such as 180d, got 180"),
        ('watch = "yes"', 'at /watch: expected a boolean, got "yes"'),
        ("redact = true", "at /redact: expected an object, got true"),
        ('redact.name = ["x"]', 'at /redact: unknown key "name"; did you mean "names"?'),
        ('redact.names = ["--"]', 'at /redact/names/0: "--" is not a name with a letter or a digit'),
        ('redact.patterns = [""]', "at /redact/patterns/0: it is empty"),
        ('redact.patterns = ["("]', 'at /redact/patterns/0: "(" is not a regular expression'),
        ("redact.tenant-ids = 1", "at /redact/tenant-ids: expected a boolean, got 1"),
        (
            'base-url = "localhost"',
            'at /base-url: "localhost" is not an http or https URL without query, such as https://api.example.com/v1',
        ),
        (
            'base-url = "http://a/?b"',
            'at /base-url: "http://a/?b" is not an http or https URL without query, such as https://api.example.com/v1',
        ),
        ('cloud = "chine"', 'at /cloud: "chine" is not known; did you mean "china"?'),
        (
            'token-command = "az"',
            'at /token-command: expected a list of words, such as ["az", "account", "get-access-token"], got "az"',
        ),
        ("token-command = []", "at /token-command: it is empty"),
        ('token-command = ["az", ""]', "at /token-command/1: it is empty"),
        (
            "hosts = [1]",
            "at /hosts/0: expected a host name as URLs have it, such as api.example.com, or an IP address: without scheme, port, path or *; beyond ASCII, as xn--..., got 1",
        ),
        ('length-unit = "utf8"', 'at /length-unit: "utf8" is not known; did you mean "utf-16"?'),
        ('rules = ["x"]', r'at /rules/0: "x" is not a function as package.module:function'),
        ('severity.code-number = "warn"', 'at /severity/code-number: "warn" is not known; did you mean "warning"?'),
        (
            'for = {path = "x"}',
            "at /for: expected tables, each below its own line [[tool.pcerrors.for]], got an object",
        ),
        ('for = [{path = "x"}]', 'at /for/0: "profile" is missing'),
        (
            'for = [{path = "a/*.yaml", profile = "observed"}]',
            'at /for/0/path: "a/*.yaml" is not the path of a file or a folder, without *',
        ),
        (
            ALLOW + 'path = "a\\u0000b"',
            r'at /allow/0/path: "a\u0000b" is not the path of a file or a folder, without *',
        ),
        ('[[allow]]\nrule = "pairing"', 'at /allow/0: "reason" is missing'),
        (ALLOW + "codes = 1", 'at /allow/0: unknown key "codes"; did you mean "code"?'),
        (ALLOW + "code = true", "at /allow/0/code: expected a string or an integer or an array, got true"),
        (ALLOW + "code = 2000.0", "at /allow/0/code: expected a string or an integer or an array, got 2000.0"),
        (ALLOW + "code = []", "at /allow/0/code: it is empty"),
        (ALLOW + "code = [1.5]", "at /allow/0/code/0: expected a string or an integer, got 1.5"),
        (ALLOW + 'status = "404"', 'at /allow/0/status: expected an integer or an array, got "404"'),
        (ALLOW + "status = [99]", "at /allow/0/status/0: 99 is not a status from 100 to 999"),
        (ALLOW + 'until = "2027-02-30"', 'at /allow/0/until: "2027-02-30" is not a date (YYYY-MM-DD)'),
        (ALLOW + "until = 2027-06-30T10:00:00", 'at /allow/0/until: "2027-06-30T10:00:00" is not a date (YYYY-MM-DD)'),
        (ALLOW.replace("seen", " "), r"at /allow/0/reason: it is empty"),
    ],
)
def test_what_does_not_fit_is_reported(text, line):
    """Each unknown key and each invalid value is reported with its place and the nearest known name."""
    assert message_of(text) == line


def test_a_table_beyond_all_depth_is_refused():
    """Dotted keys nest without brackets, and are rejected too; how many levels can be shown depends on the version of Python."""
    assert message_of("severity" + ".a" * 980 + " = 1") in (
        "pyproject.toml: nested too deeply",
        "at /severity/a: an object is not known; known are error, off, warning",
    )


@pytest.mark.parametrize(
    ("value", "codes"),
    [("800064", {"800064"}), ('"0"', {"0"}), ('["007", 2000]', {"007", "2000"})],
)
def test_codes_are_text_however_they_are_written(value, codes):
    """An allowance has one code or several, numbers or text; leading zeros are kept."""
    [allowance] = Settings.of_table(table(f"{ALLOW}code = {value}"), Path("/project")).allow
    assert allowance.code == codes


@pytest.mark.parametrize(("value", "statuses"), [("404", {404}), ("[404, 409]", {404, 409})])
def test_statuses_are_one_or_several(value, statuses):
    """An allowance has one status or several."""
    [allowance] = Settings.of_table(table(f"{ALLOW}status = {value}"), Path("/project")).allow
    assert allowance.status == statuses


@pytest.mark.parametrize("value", ["2027-06-30", '"2027-06-30"'], ids=["date", "text"])
def test_the_last_day_is_a_date_or_text(value):
    """The last day of an allowance may be a TOML date or text."""
    [allowance] = Settings.of_table(table(f"{ALLOW}until = {value}"), Path("/project")).allow
    assert allowance.until == date(2027, 6, 30)


def test_absolute_paths_stay():
    """An absolute path is not changed."""
    assert Settings.of_table({"collect": ["/elsewhere/c.json"]}, Path("/project")).collect == (
        Path("/elsewhere/c.json"),
    )


def test_the_published_schema_is_one():
    """The schema for editors is itself valid."""
    assert Draft202012Validator.check_schema(SCHEMA) is None


def test_the_published_schema_accepts_the_sample():
    """What the documentation shows passes the schema, with dates as editors see them: as text."""
    sample = tomllib.loads(SAMPLE.replace("2027-06-30", '"2027-06-30"'))["tool"]["pcerrors"]
    assert list(Draft202012Validator(SCHEMA).iter_errors(sample)) == []


@pytest.mark.parametrize(
    "properties",
    [
        SCHEMA["properties"],
        SCHEMA["properties"]["for"]["items"]["properties"],
        SCHEMA["properties"]["allow"]["items"]["properties"],
        SCHEMA["properties"]["redact"]["properties"],
    ],
    ids=["top", "for", "allow", "redact"],
)
def test_every_key_is_described(properties):
    """Every key has a description for editors."""
    assert [name for name, each in properties.items() if not each.get("description", "").endswith(".")] == []


def test_every_key_has_an_attribute():
    """A key that the schema permits is read: no setting is without effect."""
    renamed = {"coverage": "coverage_exclude", "entry": "entries", "for": "profile_by_path"}
    assert {renamed.get(key, key.replace("-", "_")) for key in SCHEMA["properties"]} | {"root"} == {*Settings._fields}


def test_one_pairing_has_one_entry():
    """A second entry for the same status and code is an error."""
    entry = {"status": 400, "code": "60012", "description": "No licence"}

    with pytest.raises(UsageError, match="at /entry: 400 with 60012 is repeated; keep one of them"):
        Settings.of_table({"entry": [entry, {**entry, "code": 60012}]}, Path("/project"))


@pytest.mark.parametrize("host", ["https://api.example.com", "localhost:8080", "", "a b"])
def test_a_host_is_a_name(host):
    """A host with a scheme, a port or a space would never match."""
    with pytest.raises(UsageError, match="at /hosts/0: "):
        Settings.of_table({"hosts": [host]}, Path("/project"))


MISNAMED = [
    "tool.pytest-pcerrors",
    "tool.pytest_pcerrors",
    "tool.pc-errors",
    "tool.pc_errors",
    "tool.PcErrors",
    "tool.pcerror",
]
MISNAMED += [
    "tool.pytest_pcerror",
    "pcerrors",
    "pc-errors",
    "pytest-pcerrors",
    "tools.pcerrors",
    "tool.pytest.pcerrors",
]
MISNAMED += ["tool.pcerors", "tool.pcerrros", "tool.pcerorrs", "tool.pceerrors", "tool.perrors", "tool.pcerrers"]
OTHERS = [
    "tool.pcerrors2",
    "tool.pcerrorsplus",
    "tool.errors",
    "tool.pytest",
    "tool.pcre",
    "tool.terrors",
    "tool.mypcerrors",
]
OTHERS += [
    "project.optional-dependencies.pcerrors",
    "tool.poetry.group.pcerrors",
    "tool.hatch.envs.pcerrors",
    "tool.perror",
]


@pytest.mark.parametrize("also", ["", "[tool.pcerrors]\n"])
@pytest.mark.parametrize("name", MISNAMED)
def test_a_table_with_nearly_our_name_is_refused(tmp_path, name, also):
    """It would be ignored, even next to ours."""
    file = tmp_path / "pyproject.toml"
    file.write_text(f'{also}[{name}]\nprofile = "observed"\n')
    with pytest.raises(UsageError) as caught:
        Settings.find(tmp_path)
    assert str(caught.value) == f"{file}: [{name}] is not read; the settings are in [tool.pcerrors]: rename it"


@pytest.mark.parametrize("name", OTHERS)
def test_the_table_of_another_tool_is_its_own(tmp_path, name):
    """No false alarm, even if it has our keys."""
    (tmp_path / "pyproject.toml").write_text(f'[{name}]\nprofile = "observed"\n')
    assert Settings.find(tmp_path).profile == "documented"


@pytest.mark.parametrize("content", ['profile = "observed"\nstrict = true', "", "x = 1"])
def test_a_name_alone_that_is_like_ours_does_not_count(tmp_path, content):
    """Such a table is ours only if all of its keys are."""
    (tmp_path / "pyproject.toml").write_text(f"[tool.pcerors]\n{content}\n[tool]\nperrors = 3")
    assert Settings.find(tmp_path).profile == "documented"


@pytest.mark.parametrize("name", ["pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg", "pytest.toml", ".pytest.toml"])
@pytest.mark.parametrize(
    "section", ["pcerrors", "tool.pcerrors", "tool:pcerrors", "pytest-pcerrors", "tool:pytest_pcerrors"]
)
def test_a_section_of_another_file_is_refused(tmp_path, name, section):
    """Pytest reads these files; our settings are only in pyproject.toml."""
    (tmp_path / name).write_bytes(f"[pytest]\n# \xe9\n[{section}]\nprofile = observed\n".encode("latin-1"))
    (tmp_path / "sub").mkdir()
    with pytest.raises(UsageError) as caught:
        Settings.find(tmp_path / "sub")
    assert str(caught.value) == (
        f"{tmp_path / name}: [{section}] is not read; the settings are in [tool.pcerrors] of pyproject.toml: move it there"
    )


@pytest.mark.posix
def test_a_named_pipe_is_not_waited_for(tmp_path):
    """Pytest does not read one either."""
    for name in ("pyproject.toml", "tox.ini"):
        os.mkfifo(tmp_path / name)
    assert Settings.find(tmp_path).profile == "documented"
    assert hooks._text_of(tmp_path / "pyproject.toml") == b""


@pytest.mark.parametrize(
    "section", ["testenv:pcerrors", "mypy-pcerrors.*", "pytest", "options.extras_require", "pcerrors2"]
)
def test_a_section_of_another_tool_is_its_own(tmp_path, section):
    """An environment of tox may have our name."""
    (tmp_path / "tox.ini").write_text(f"[{section}]\nx = [pcerrors]\n")
    assert Settings.find(tmp_path).profile == "documented"
