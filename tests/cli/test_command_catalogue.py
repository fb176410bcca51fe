"""``pcerrors list`` and ``pcerrors explain``: the catalogue and the rules."""

import json

import pytest

ALL = 163


def test_list_has_a_line_for_each_documented_error(pcerrors):
    """Where output is piped, the lines are plain: status, code, description."""
    ended = pcerrors("list")
    assert len(ended.out.splitlines()) == ALL
    assert "409   800064  Another request is already processing cart {0}\n" in ended.out


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (["--status", "401"], ["400", "800001"]),
        (["--search", "phone number"], ["600051"]),
        (["--search", "80006", "--status", "409"], ["800060", "800064"]),
        (["--search", "PHONE Number"], ["600051"]),
    ],
    ids=" ".join,
)
def test_list_can_be_narrowed(pcerrors, arguments, codes):
    """By status, by a text in code or description, or both."""
    assert [line.split()[1] for line in pcerrors("list", *arguments).out.splitlines()] == codes


def test_list_in_json_has_every_text(pcerrors):
    """Each entry with status, code and all its descriptions."""
    rows = json.loads(pcerrors("list", "--format", "json").out)
    assert len(rows) == ALL
    assert {"status": 409, "code": "800064", "descriptions": ["Another request is already processing cart {0}"]} in rows
    assert max(len(row["descriptions"]) for row in rows) == 2


@pytest.mark.parametrize(
    ("form", "out", "err"), [("table", "", "pcerrors: no documented error matches\n"), ("json", "[]\n", "")]
)
def test_list_of_nothing_is_status_1(pcerrors, form, out, err):
    """Nothing matches, and the command reports it."""
    assert pcerrors("list", "--status", "418", "--format", form) == (1, out, err)


@pytest.mark.posix
def test_list_on_a_terminal_is_a_table(on_terminal, contract_file):
    """It has a head and reason phrases; what looks like markup in a text is text."""
    shown = on_terminal("list", "--contract", contract_file, streams=["stdout"], terminal="dumb")[0]
    lines = [line.split() for line in shown.splitlines()]
    assert lines[0] == ["Status", "Code", "Description"]
    assert lines[1] == ["404", "Not", "Found", "notFound", "[red]No[/red]"]


def test_list_of_another_contract_keeps_its_columns(pcerrors, contract_file):
    """Codes that are words make their column wider."""
    assert pcerrors("list", "--contract", contract_file).out == (
        "404       notFound  [red]No[/red]\n409  busyAndWillBe  Not now\n"
    )


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("0", "assert_pc_error(response, 0, status=501)"),
        ("400", "assert_pc_error(response, 400, status=401)"),
    ],
)
def test_explain_takes_codes_that_look_like_nothing_or_a_status(pcerrors, code, line):
    """0 and 400 are codes."""
    assert line in pcerrors("explain", code).out


def test_explain_reports_every_text_of_a_code(pcerrors):
    """A code with two rows has two texts."""
    assert len(pcerrors("explain", "600002").out.splitlines()) == 5


def test_explain_quotes_a_code_that_is_a_word(pcerrors, contract_file):
    """The line for a test is Python."""
    out = pcerrors("explain", "notFound", "--contract", contract_file).out
    assert 'assert_pc_error(response, "notFound", status=404)' in out


def test_explain_reports_an_expectation_without_severities(pcerrors):
    """A rule outside of the stages is always an error, so no profile is printed."""
    out = pcerrors("explain", "not-an-error").out
    assert (out.startswith("not-an-error (stage: assertion)\n"), "documented" in out) == (True, False)


def test_explain_shows_what_the_settings_change(pcerrors, tmp_path):
    """A severity of the settings is printed after that of the profile."""
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors.severity]\nmessage-only = "warning"\n')
    assert pcerrors("explain", "message-only").out.endswith(
        "\n  documented: error, warning by your settings\n  observed: warning\n"
    )


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("mesage-only", 'did you mean "message-only"?'),
        ("80064", 'did you mean "800064"?'),
        ("xyzzy", "see `pcerrors list` for codes, `pcerrors explain` for rules"),
    ],
)
def test_explain_answers_an_unknown_word_with_the_nearest(pcerrors, word, hint):
    """A typing error gets the nearest name, any other word a place to look."""
    assert pcerrors("explain", word) == (2, "", f'pcerrors: "{word}" is neither a code nor a rule; {hint}\n')


def test_explain_knows_a_status_for_what_it_is(pcerrors):
    """A status is not a code; the message names the command that lists its codes."""
    message = "404 is an HTTP status, not a code or a rule; see `pcerrors list --status 404`"
    assert pcerrors("explain", "404") == (2, "", f"pcerrors: {message}\n")


def test_explain_alone_is_the_rule_reference(pcerrors):
    """Every rule, as Markdown."""
    out = pcerrors("explain").out
    assert out.startswith("# Rules\n")
    assert {"### `pairing`", "### `unreadable`"} <= set(out.splitlines())


OTHERS = {
    "tree.json": {
        "hosts": ["tree.example"],
        "extends": "odata",
        "entries": [{"code": "locked", "descriptions": ["Locked"]}],
    },
    "harbour.json": {
        "page": {"title": "Harbour errors", "date": "2026-02-01"},
        "extends": "problem",
        "entries": [{"status": 409, "code": "400", "descriptions": ["Taken"]}],
    },
}


@pytest.fixture
def _others(tmp_path, monkeypatch):
    """Change to a project with two contracts beside the shipped one."""
    monkeypatch.chdir(tmp_path)
    for name, keys in OTHERS.items():
        (tmp_path / name).write_text(json.dumps({"format": 1, "name": name.title(), **keys}))
    (tmp_path / "pyproject.toml").write_text(f"[tool.pcerrors]\ncontract = {['shipped', *OTHERS]}\n")


@pytest.mark.usefixtures("_others")
def test_the_errors_of_several_contracts_are_listed_together(pcerrors):
    """The last are those of any status."""
    lines = pcerrors("list").out.splitlines()
    assert (len(lines), lines[-1].split()) == (ALL + 2, ["any", "locked", "Locked"])
    rows = json.loads(pcerrors("list", "--format", "json").out)
    assert rows[-1] == {"status": None, "code": "locked", "descriptions": ["Locked"]}


@pytest.mark.usefixtures("_others")
@pytest.mark.parametrize(
    ("what", "lines"),
    [
        ("locked", ["locked with any error status", 'in a test: assert_pc_error(response, "locked")']),
        ("400", ["400 with 409 Conflict", "documented in Harbour errors of 2026-02-01", "400 with 401 Unauthorized"]),
        ("error-message-missing", ["breaks         `/error/message` is missing.", "documented: error"]),
        ("status-differs", ["breaks         The member `status` of problem details is not the HTTP status."]),
    ],
)
def test_codes_and_rules_of_several_contracts_are_explained(pcerrors, what, lines):
    """With the source of their contract."""
    out = pcerrors("explain", what).out
    assert [line for line in lines if line not in out] == []


@pytest.mark.usefixtures("_others")
def test_the_rules_of_several_contracts_have_a_section_for_each_stage(pcerrors):
    """In the order of the stages."""
    headings = [line for line in pcerrors("explain").out.splitlines() if line.startswith("## ")]
    assert len(headings) == len(set(headings))
