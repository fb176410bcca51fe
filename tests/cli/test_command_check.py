"""``pcerrors check``: what it reads, what it prints, and its exit code."""

import base64
import gzip
import json
import os
import textwrap

import pytest

from pytest_pcerrors.reporting.formats import FORMATS

MIB = 1024 * 1024
GOOD_BODY = '{"code": "800064", "description": "Cart 7 is being processed", "source": "PartnerFD"}'
BAD_BODY = GOOD_BODY.replace('"800064"', "800064")
URL = "https://api.partnercenter.microsoft.com/v1/customers"


def in_yaml(body):
    """Return a cassette in YAML."""
    return textwrap.dedent(f"""\
        interactions:
        - request: {{method: GET, uri: '{URL}', body: null, headers: {{}}}}
          response:
            status: {{code: 409, message: Conflict}}
            headers: {{Content-Type: [application/json]}}
            body: {{string: '{body}'}}
        version: 1
        """)


def in_json(body):
    """Return a cassette in JSON."""
    headers = {"Content-Type": ["application/json"]}
    response = {"status": {"code": 409, "message": "Conflict"}, "headers": headers, "body": {"string": body}}
    return json.dumps(
        {"version": 1, "interactions": [{"request": {"method": "GET", "uri": URL}, "response": response}]}
    )


def in_har(body):
    """Return a HAR document."""
    content = {"encoding": "base64", "text": base64.b64encode(body.encode()).decode()}
    headers = [{"name": "Content-Type", "value": "application/json"}]
    response = {"status": 409, "statusText": "Conflict", "headers": headers, "content": content}
    return json.dumps(
        {"log": {"version": "1.2", "entries": [{"request": {"method": "GET", "url": URL}, "response": response}]}}
    )


def in_ndjson(body):
    """Return NDJSON of one line."""
    return json.dumps({"request": {"method": "GET", "url": URL}, "status": 409, "body": body}) + "\n"


FORMS = {".yaml": in_yaml, ".json": in_json, ".har": in_har, ".ndjson": in_ndjson}


def test_a_response_that_conforms_is_status_0(pcerrors, recorded, good):
    """Nothing is wrong: one line, exit code 0."""
    assert pcerrors("check", recorded(good)) == (0, "1 error response checked, 0 violations\n", "")


def test_a_violation_is_status_1_and_reported_in_full(pcerrors, recorded, bad):
    """Every line of a finding: the rule, the place, the actual value."""
    ended = pcerrors("check", recorded(bad).name)
    assert ended.status == 1
    assert ended.out == textwrap.dedent("""\
        409 Conflict breaks the Partner Center error contract in 1 place:
          code-number  /code  the number 800064 instead of a string
                              the real service sends this; the profile "observed" permits it
        in seen.ndjson:1, POST https://api.partnercenter.microsoft.com/v1/customers
        body: {"code": 800064, "description": "Cart 7 is being processed", "source": "PartnerFD"}

        1 error response checked, 1 violation (code-number 1)
        """)


def test_json_is_one_document_with_all_that_text_says(pcerrors, recorded, good, bad, doubtful):
    """Every error response, each with its violations, and the summary."""
    document = json.loads(pcerrors("check", "--format", "json", recorded(good, bad, doubtful).name).out)
    assert (document["schema"], document["contract"]) == (1, "Partner Center")
    assert [(each["path"], each["line"]) for each in document["findings"]] == [("seen.ndjson", n) for n in (1, 2, 3)]
    assert document["findings"][1] == {
        "path": "seen.ndjson",
        "line": 2,
        "entry": None,
        "kind": "error",
        "status": 409,
        "reason": "Conflict",
        "method": "POST",
        "url": URL,
        "code": "800064",
        "correlation_id": None,
        "body": BAD_BODY,
        "violations": [
            {
                "rule": "code-number",
                "severity": "error",
                "message": "the number 800064 instead of a string",
                "pointer": "/code",
                "expected": "a string",
                "actual": "the number 800064",
                "hint": 'the real service sends this; the profile "observed" permits it',
            }
        ],
        "allowed": [],
    }
    assert [rule["name"] for rule in document["rules"]] == ["retry-after", "code-number"]
    assert document["summary"]["errors"] == 3


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize(("body", "status"), [(GOOD_BODY, 0), (BAD_BODY, 1)], ids=["conforms", "violates"])
def test_every_format_is_read_from_a_file(pcerrors, tmp_path, ending, body, status):
    """A cassette in YAML or JSON, HAR and NDJSON are known by their ending."""
    (tmp_path / f"seen{ending}").write_text(FORMS[ending](body))
    assert pcerrors("check", f"seen{ending}").status == status


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize("packed", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_every_format_is_read_from_standard_input(pcerrors, piped, ending, packed):
    """A ``-`` means standard input; its format is detected from its beginning."""
    piped(packed(FORMS[ending](BAD_BODY).encode()))
    ended = pcerrors("check", "-")
    assert ended.status == 1
    assert "code-number  /code" in ended.out


@pytest.mark.posix
def test_a_pipe_of_a_shell_is_read_to_its_end(pcerrors, shell_pipe):
    """Such as ``<(zcat log.gz)``, which can be read only once."""
    line = json.dumps({"status": 404, "body": "{}"}) + "\n"
    ended = pcerrors("check", shell_pipe((line * 4000).encode()))
    assert "4000 error responses checked" in ended.out


def test_a_file_named_like_standard_input_can_be_read(pcerrors, recorded, good):
    """A path with a folder in front is a file, whatever its name."""
    recorded(good, name="-")
    assert pcerrors("check", "./-").out == "1 error response checked, 0 violations\n"


@pytest.mark.parametrize(
    ("fail_on", "statuses"),
    [("error", (0, 0, 1)), ("warning", (0, 1, 1)), ("never", (0, 0, 0))],
    ids=["error", "warning", "never"],
)
def test_fail_on_says_what_is_status_1(pcerrors, by_severity, fail_on, statuses):
    """Errors, warnings too, or nothing."""
    assert tuple(pcerrors("check", "--fail-on", fail_on, each).status for each in by_severity) == statuses


def test_quiet_leaves_violations_only(pcerrors, recorded, good, bad):
    """No summary: nothing at all where nothing is wrong."""
    assert pcerrors("check", "--quiet", recorded(good)).out == ""
    assert pcerrors("check", "--quiet", recorded(bad)).out.endswith('"source": "PartnerFD"}\n\n')


def test_a_profile_holds_for_everything(pcerrors, recorded, bad):
    """What the real service sends passes under its profile."""
    assert pcerrors("check", "--profile", "observed", recorded(bad)).status == 0


def test_another_contract_is_held_against(pcerrors, recorded, good, contract_file):
    """The contract of another API has its own envelope and name."""
    ended = pcerrors("check", "--contract", contract_file, recorded(good))
    assert ended.status == 1
    assert "409 Conflict breaks the Acme error contract in 1 place:\n  error-missing  /error" in ended.out


def test_without_a_path_the_settings_say_what_to_read(pcerrors, recorded, bad, tmp_path):
    """The paths in `collect` are read, and printed relative to the working directory."""
    recorded(bad)
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors]\ncollect = ["seen.ndjson"]\n')
    ended = pcerrors("check")
    assert (ended.status, "\nin seen.ndjson:1, POST" in ended.out) == (1, True)


def test_settings_above_the_working_directory_are_found(pcerrors, recorded, good, tmp_path, monkeypatch):
    """What `collect` names lies beside the settings, wherever the command runs."""
    recorded(good)
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors]\ncollect = ["seen.ndjson"]\n')
    (tmp_path / "inside").mkdir()
    monkeypatch.chdir(tmp_path / "inside")
    assert pcerrors("check").status == 0


def test_a_missing_path_of_the_settings_names_the_setting(pcerrors, tmp_path):
    """On the command line there is no such path to look for."""
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors]\ncollect = ["cassetes"]\n')
    assert pcerrors("check") == (2, "", "pcerrors: collect in [tool.pcerrors]: cassetes: no such file or folder\n")


def test_without_a_path_and_without_settings_there_is_nothing_to_do(pcerrors):
    """The message says what to name, and where."""
    message = "pcerrors: give a file or folder to check, or set `collect` in [tool.pcerrors]\n"
    assert pcerrors("check") == (2, "", message)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("cassetes", "cassetes: no such file or folder"),
        ("", "an argument is empty; is a shell variable not set?"),
    ],
    ids=["misspelt", "empty"],
)
def test_a_path_that_is_invalid_is_misuse(pcerrors, recorded, bad, path, message):
    """It is reported before anything is read."""
    assert pcerrors("check", recorded(bad), path) == (2, "", f"pcerrors: {message}\n")


def test_an_unreadable_file_fails_and_the_others_are_read(pcerrors, recorded, good, tmp_path):
    """A broken recording is one finding with its place; the rest is judged."""
    recorded(good)
    (tmp_path / "broken.yaml").write_text("interactions: [\n")
    ended = pcerrors("check", ".")
    assert ended.status == 1
    assert ended.out.startswith("broken.yaml:2 cannot be read:\n  unreadable  not a YAML cassette")
    assert ended.out.endswith("1 error response checked, 0 violations, 1 unreadable place\n")


def test_an_unreadable_file_is_a_finding_in_json(pcerrors, tmp_path):
    """It has a path and a violation, and no response."""
    (tmp_path / "empty.ndjson").touch()
    [finding] = json.loads(pcerrors("check", "--format", "json", ".").out)["findings"]
    assert (finding["kind"], finding["path"], finding["status"]) == ("unreadable", "empty.ndjson", None)


PASSED_OVER = "1 exchange with another host skipped: login.example.com 1 (to check it: hosts in [tool.pcerrors])"


@pytest.mark.parametrize(
    ("response", "summary"),
    [
        ({"status": 200, "body": "{}"}, "0 error responses checked, 1 other response searched, 0 violations\n"),
        (
            {"status": 409, "body": "", "request": {"method": "GET", "url": "https://login.example.com/"}},
            f"0 error responses checked, 0 violations, {PASSED_OVER}\n",
        ),
    ],
    ids=["success", "another host"],
)
def test_nothing_to_check_is_said_and_not_silently_green(pcerrors, recorded, response, summary):
    """Standard error says that no error response was found, or which hosts they were with."""
    message = "pcerrors: no error response was found to check\n"
    if "request" in response:
        message = (
            "pcerrors: nothing was checked: the exchange is with a host that is not checked\n"
            'to check it, set in pyproject.toml, below [tool.pcerrors]:\nhosts = ["login.example.com"]\n'
        )
    assert pcerrors("check", recorded(response)) == (0, summary, message)


SECRETS = {"Authorization": "Bearer hunter2hunter2", "Set-Cookie": "sid=hunter2"}
LEAKY = '{"code": 7, "description": "access_token=hunter2", "client_secret": "hunter2", "source": "hunter"}'


@pytest.mark.parametrize("form", FORMATS)
def test_no_report_shows_a_secret(pcerrors, recorded, form):
    """Neither body, URL, headers nor code give a token, a cookie or a password away."""
    request = {"method": "GET", "url": f"https://me:hunter2@{URL[8:]}?sig=hunter2", "headers": SECRETS}
    leaky = {"status": 401, "headers": SECRETS, "body": LEAKY, "request": request}
    coded = {"status": 400, "body": '{"code": "password=hunter2"}', "request": request}
    ended = pcerrors("check", "--format", form, recorded(leaky, coded))
    assert ended.status == 1
    assert "hunter2" not in ended.out + ended.err


def test_a_hostile_name_of_a_file_does_no_harm(pcerrors, recorded, bad, tmp_path):
    """A name that is not UTF-8, or that has terminal codes, is escaped, also in a file."""
    recorded(bad).rename(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\x1b[31m.ndjson"))
    assert pcerrors("check", ".", "--output", "report.txt") == (1, "", "")
    assert "in \\udcff\\x1b[31m.ndjson:1, POST" in (tmp_path / "report.txt").read_text()


@pytest.mark.posix
@pytest.mark.parametrize("report_too", [True, False], ids=["report there too", "report elsewhere"])
def test_a_bar_runs_on_a_terminal_and_the_report_stays_whole(on_terminal, recorded, bad, report_too):
    """Many files show a bar on standard error; the report follows it, or goes to standard output."""
    recorded(bad)
    recorded(bad, name="more.ndjson")
    streams = ["stdout", "stderr"] if report_too else ["stderr"]
    shown, report = on_terminal("check", ".", streams=streams)
    assert "Checking" in shown
    assert (report or shown).endswith("\n2 error responses checked, 2 violations (code-number 2)\n")


@pytest.mark.posix
@pytest.mark.parametrize(("large", "paths", "total"), [(11 * MIB, ["seen.ndjson"], "11.5 MB"), (0, [".", "-"], "?")])
def test_a_bar_goes_by_bytes(on_terminal, recorded, bad, large, paths, total):
    """For a single file too, if it is large; with standard input there is no total."""
    recorded({**bad, "request": {"url": URL, "body": "x" * large}})
    shown, report = on_terminal("check", *paths, streams=["stderr"])
    assert f"/{total}" in shown
    assert report.count("code-number  /code") == 1


@pytest.mark.posix
@pytest.mark.parametrize("arguments", [["--quiet", "."], ["seen.ndjson"]], ids=["quiet", "one small file"])
def test_no_bar_runs_where_none_is_wanted(on_terminal, recorded, bad, arguments):
    """With ``--quiet``, and for a small file, the terminal shows nothing but the report."""
    recorded(bad)
    recorded(bad, name="more.ndjson")
    shown, report = on_terminal("check", *arguments, streams=["stderr"])
    assert (shown, "code-number" in report) == ("", True)


def test_an_age_is_reported_where_one_is_asked_for(pcerrors, tmp_path):
    """As a warning, once for each file; an invalid age is misuse."""
    old = '{"status": 409, "headers": {"Content-Type": "application/json", "Date": "Thu, 13 Apr 2017 21:29:11 GMT"}, "body": %s}'
    (tmp_path / "a.ndjson").write_text("\n".join([old % GOOD_BODY] * 2))
    said = pcerrors("check", "--max-age", "180d", "a.ndjson")
    assert said.status == 0
    assert said.out.count("stale (warning)  Date  oldest response of 2017-04-13, ") == 1
    assert said.out.endswith("2 error responses checked, 0 violations, 1 warning (stale 1)\n")
    assert pcerrors("check", "--max-age", "180d", "--fail-on", "warning", "a.ndjson").status == 1
    assert pcerrors("check", "--max-age", "half a year", "a.ndjson").status == 2


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_an_unknown_age_is_reported_once_for_all_files(pcerrors, tmp_path, quiet):
    """Not as a violation: on standard error, and in the summary of the JSON report."""
    for name in "abcdefg":
        (tmp_path / f"{name}.ndjson").write_text(in_ndjson(GOOD_BODY) * 2)
    said = pcerrors("check", "--max-age", "180d", "--fail-on", "warning", *quiet, ".")
    assert said.status == 0
    assert "unknown" not in said.out
    [line] = said.err.splitlines()
    assert line.startswith("pcerrors: age unknown of 7 recordings: no response has a date (")
    assert line.endswith("): a.ndjson, b.ndjson, c.ndjson, d.ndjson, e.ndjson, and 2 more")
    said = pcerrors("check", "--max-age", "180d", "--format", "json", *quiet, "a.ndjson")
    assert said.err.startswith("pcerrors: a.ndjson: age unknown: ")
    document = json.loads(said.out)
    assert not any(each["violations"] for each in document["findings"])
    assert document["summary"]["undated"] == ["a.ndjson"]
    assert pcerrors("check", *quiet, "a.ndjson").err == ""


@pytest.mark.parametrize(("arguments", "is_known"), [(["--status", "409"], True), ([], False)])
def test_a_body_alone_is_not_a_recording(pcerrors, tmp_path, arguments, is_known):
    """So nothing is said of its age, as it is of a response without a date."""
    (tmp_path / "a.json").write_text(GOOD_BODY if arguments else in_ndjson(GOOD_BODY))
    assert (pcerrors("check", "--max-age", "180d", *arguments, "a.json").err == "") is is_known


@pytest.mark.parametrize("arguments", [["check", "seen.ndjson"], ["schema"], ["list"], ["explain", "800064"]])
def test_shipped_names_the_contract_that_comes_with_the_package(pcerrors, recorded, good, contract_file, arguments):
    """The option overrides another contract of the settings."""
    recorded(good)
    contract_file.with_name("pyproject.toml").write_text(f'[tool.pcerrors]\ncontract = "{contract_file.name}"')
    plain = pcerrors(*arguments)
    named = pcerrors(*arguments, "--contract", "shipped")
    assert named.status == 0
    assert named.out != plain.out


BARE = '{"code": 800064, "description": "Cart 7 is being processed", "source": "PartnerFD"}'


@pytest.mark.parametrize("name", ["-", "body.json", "body.txt"])
def test_an_error_body_by_itself_is_answered_and_taken_with_its_status(pcerrors, piped, tmp_path, name):
    """The message shows the two ways; the second one works as it is shown."""
    piped(BARE.encode())
    (tmp_path / name).write_text(BARE)
    ended = pcerrors("check", name)
    assert ended.status == 1
    assert 'wrap it as {"status": 404, "body": ...}, or give its status: pcerrors check --status 404\n' in ended.out
    assert "record it again" not in ended.out
    piped(BARE.encode())
    ended = pcerrors("check", "--status", "409", name)
    assert ended.status == 1
    assert ended.out.splitlines()[-1] == "1 error response checked, 1 violation (code-number 1)"


def test_several_bodies_have_one_status(pcerrors, tmp_path):
    """Each file is one body."""
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(BARE)
    assert pcerrors("check", "--status", "409", "a.json", "b.json").out.endswith("2 violations (code-number 2)\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--status needs a file with one error body, or - for standard input"),
        (["."], ".: is a folder; --status needs a file with one error body, or - for standard input"),
        (["none.json"], "none.json: cannot be read: No such file or directory"),
        (["--map", "status=.s", "a.json"], "--status reads each PATH as one body; leave out --map and --engine"),
        (["--engine", "dask", "a.json"], "--status reads each PATH as one body; leave out --map and --engine"),
        (["seen.ndjson"], "seen.ndjson: already has the status 409; omit --status"),
    ],
    ids=["nothing", "folder", "missing", "map", "engine", "recording"],
)
def test_a_status_is_for_one_body(pcerrors, recorded, good, arguments, message):
    """With anything else it is misuse."""
    recorded(good)
    assert pcerrors("check", "--status", "404", *arguments) == (2, "", f"pcerrors: {message}\n")


HAR_REQUEST = {"method": "GET", "url": "https://api.partnercenter.microsoft.com/v1/x", "headers": []}


def entry(**response):
    """Return an entry of a HAR file."""
    return {"request": HAR_REQUEST, "response": {"status": 404, "headers": [], "content": {"size": 88}} | response}


def test_a_body_that_was_not_kept_is_counted_and_not_judged(pcerrors, tmp_path):
    """Head rules run, body rules do not; the summary says why."""
    kept = {"text": '{"code": 20000, "description": "No order", "source": "PartnerFD"}'}
    html = [{"name": "Content-Type", "value": "text/html"}]
    entries = [entry(), entry(status=418), entry(headers=html), entry(status=200), entry(content=kept)]
    (tmp_path / "a.har").write_text(json.dumps({"log": {"entries": entries}}))
    ended = pcerrors("check", "a.har")
    assert ended.out.splitlines()[-1] == (
        "4 error responses checked, 1 other response searched, 4 violations (content-type 2, code-number 1, "
        "status-undocumented 1), 4 bodies unknown (not kept in the recording)"
    )


def test_what_was_skipped_or_is_odd_is_counted(pcerrors, tmp_path):
    """Aborted requests are no error; an entry that cannot be read is one."""
    har = tmp_path / "a.har"
    har.write_text(json.dumps({"log": {"entries": [entry(status=0), entry(status=-1), entry(status=304)]}}))
    ended = pcerrors("check", "a.har")
    assert (ended.status, ended.out) == (
        0,
        "0 error responses checked, 1 other response searched, 0 violations, 2 requests without a response skipped\n",
    )
    har.write_text(json.dumps({"log": {"entries": [entry(status="none"), entry()]}}))
    ended = pcerrors("check", "a.har")
    problem = "expected a status as a number such as 409, got str"
    paragraph = f"a.har#/log/entries/0 cannot be read:\n  unreadable  {problem}\n              record it again, or remove it\n\n"
    summary = "1 error response checked, 0 violations, 1 body unknown (not kept in the recording), 1 unreadable place\n"
    assert (ended.status, ended.out) == (1, paragraph + summary)


def test_a_folder_that_cannot_be_entered_is_misuse(pcerrors, recorded, good, monkeypatch, tmp_path):
    """What lies in it would be missing from the result."""
    recorded(good)

    def refusing(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("os.scandir", refusing)
    assert pcerrors("check", ".") == (2, "", "pcerrors: .: cannot be read: Permission denied\n")


LOG = '{"t": 1, "res": {"code": 409, "body": %s}, "request": "GET /v1?sig=kX7pQz19vLmW HTTP/1.1", "headers": "sig=kX7pQz19vLmW"}\n'


def test_a_map_without_lines_has_no_effect(pcerrors, tmp_path, recorded, good):
    """It is a warning if no file can have lines of a log; any other file is one to which it may apply."""
    recorded(good, name="a.yaml")
    (tmp_path / "b.json").write_text(json.dumps({"log": {"entries": []}}, indent=1))
    (tmp_path / "c.log").write_text(LOG % json.dumps(BAD_BODY))
    warning = "pcerrors: --map has no effect: it is for the lines of NDJSON, and no file has them\n"
    for files, said in ((["a.yaml", "b.json"], warning), (["a.yaml", "c.log"], ""), ([os.devnull], "")):
        assert pcerrors("check", "--map", "status=.res.code,body=.res.body", *files).err == said


def test_a_path_of_the_settings_that_does_not_exist_is_reported(pcerrors, tmp_path, recorded, good):
    """A profile for it has no effect."""
    recorded(good)
    for path, said in (
        ("seen.ndjson", ""),
        ("sen.ndjson", f"pcerrors: {tmp_path}/sen.ndjson: no such file or folder, "),
    ):
        (tmp_path / "pyproject.toml").write_text(f'[[tool.pcerrors.for]]\npath = "{path}"\nprofile = "observed"\n')
        ended = pcerrors("check", "seen.ndjson")
        assert (ended.status, ended.err.partition("so the settings")[0]) == (0, said)


@pytest.mark.parametrize(
    "command",
    [["check"], ["learn"], ["redact", "--check"], ["diff", "shipped", "shipped", "--cassettes"]],
    ids=" ".join,
)
def test_what_is_not_http_is_reported_once_a_file(pcerrors, tmp_path, command):
    """By every command: a recording of a WebSocket has hundreds of messages."""
    messages = "interactions:\n" + "- kind: message\n  data: hello\n" * 3
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(messages)
    ended = pcerrors(*command, tmp_path)
    assert (ended.status, (ended.out + ended.err).count("; the same at 2 more places: 4, 6")) == (1, 2)


def test_a_folder_without_a_known_file_is_reported(pcerrors, tmp_path):
    """Logs have other endings; so a check of nothing is not taken for one that has found nothing."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/access.log").write_text("{}")
    for options in ([], ["--map", "status=.status"], ["--jobs", "2"]):
        ended = pcerrors("check", *options, "logs")
        assert ended.err.startswith("pcerrors: no file was read: in folders, only files that end in .yaml, ")
        assert (ended.status, ended.err.count("\n")) == (0, 1)


def test_a_log_is_read_by_its_map(pcerrors, tmp_path):
    """By the option or the setting, and with several processes; a wrong map is misuse. Secrets of all keys are found."""
    (tmp_path / "a.log").write_text(LOG % json.dumps(BAD_BODY) + "{}\n")
    ended = pcerrors("check", "--map", "status=.res.code,body=.res.body", "a.log")
    assert (ended.status, [rule in ended.out for rule in ("code-number", "no status at .res.code")]) == (
        1,
        [True, True],
    )
    assert ("member /request  a secret" in ended.out, "member /headers  a secret" in ended.out) == (True, True)
    assert pcerrors("check", "--map", "state=.res.code", "a.log")[:2] == (2, "")
    assert pcerrors("check", "--map", "", "a.log")[:2] == (2, "")
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors.map]\nstatus = ".res.code"\nbody = "res.body"\n')
    assert pcerrors("check", "a.log", "--jobs", "2") == ended
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors.map]\nstate = ".res.code"\n')
    assert 'at /map: unknown key "state"' in pcerrors("check", "a.log").err
