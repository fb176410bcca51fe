"""Files of rules in TOML: what they may hold, and that they are read again when they change."""

import json

import jsonschema
import pytest
import requests

from pytest_pcerrors import UsageError
from pytest_pcerrors.simulation.answers.answer import FAULTS
from pytest_pcerrors.simulation.server import ErrorServer, rules_schema

VALID = """\
[[rule]]
method = "GET"
path = "/v1/customers"
answer = [429, 429, "ok"]
retry_after = 1

[[rule]]
path = "/v1/orders/*"
answer = {status = 200, headers = {ETag = "7"}, body = {totalCount = 0}}
times = 1
delay = 0.01
chunked = true
"""


@pytest.fixture
def file(tmp_path):
    """Give the path of a file of rules."""
    path = tmp_path / "rules.toml"
    path.write_text(VALID)
    return path


def write(path, text):
    """Write a new version of a file, which differs from the last one in its size."""
    path.write_text(text + "#" * (path.stat().st_size + 1))


def statuses(server, count=1, path="/v1/customers"):
    """Send this number of requests and return the statuses."""
    return [requests.get(server.url + path).status_code for _ in range(count)]


def test_a_file_has_rules(server, file):
    """Each is answered as it says."""
    server.read_rules(file)
    assert statuses(server, 4) == [429, 429, 200, 200]
    came = requests.get(server.url + "/v1/orders/7")
    assert (came.json(), came.headers["ETag"]) == ({"totalCount": 0}, "7")
    assert statuses(server, path="/v1/orders/7") == [404]


def test_other_rules_come_first(server, file):
    """What a test adds is stronger than the file; without it, the file starts again."""
    server.read_rules(file)
    assert statuses(server, 2) == [429, 429]
    server.fail("GET", "/v1/customers", 800064, times=1)
    assert statuses(server, 2) == [409, 200]
    server.clear()
    assert statuses(server, 3) == [429, 429, 200]
    requests.put(server.url + "/_pcerrors/rules", json=[])
    assert [each["used"] for each in requests.get(server.url + "/_pcerrors/rules").json()] == [0, 0]


@pytest.mark.parametrize("text", ["", "rule = []", "# nothing\r\n"])
def test_a_file_may_have_no_rules(server, file, text):
    """It may get some later."""
    file.write_text(text)
    server.read_rules(str(file))
    assert statuses(server) == [404]


PROBLEMS = [
    ("x = ", ": not TOML: "),
    ('[[rules]]\nanswer = "ok"', ': unknown key "rules"; did you mean "rule"?'),
    ('[rule]\nanswer = "ok"', ": expected rules as [[rule]], got an object"),
    ("rule = 3", ": expected rules as [[rule]], got an integer"),
    ("rule = [3]", ": rule 1: at the top: expected an object, got 3"),
    ("[[rule]]", ':1: rule 1: at the top: "answer" is missing'),
    ('\n\n  [[ rule ]]\nanswer = "ok"\n[[rule]]\nanswer = "oky"', ':5: rule 2: at /answer: "oky" is not the name of an'),
    ('[[rule]]\nanswer = "ok"\nanser = 1', ':1: rule 1: at the top: unknown key "anser"; did you mean "answer"?'),
    ("[[rule]]\nanswer = 429\nretry_after = 2027-01-01", ":1: rule 1: retry_after: expected whole seconds from 0 or"),
    ("[[rule]]\nanswer = 429\ndelay = nan", ":1: rule 1: delay: expected seconds, got nan"),
    ("[[rule]]\nanswer = {status = 200, body = [inf]}", ":1: rule 1: at /answer: at /body: NaN and Infinity are not"),
    ('[[rule]]\nanswer = """x\n[[rule]]"""', ': rule 1: at /answer: "x\\n[[rule]]" is not the name'),
    ("[[rule]]\nanswer = 429\n[[rule]]\nanswer = 404\ntimes = 0\n[[rule]]\n", ":3: rule 2: at /times: 0 is not a number"),
    (b"\xff", ": not UTF-8 at byte 0; save it as UTF-8"),
    ("x = " + "[" * 5000 + "]" * 5000, ": nested too deeply"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), PROBLEMS)
def test_a_problem_has_its_place(server, file, text, problem):
    """The file, the line and the number of the rule, the member, and what was probably meant."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError) as caught:
        server.read_rules(file)
    assert str(caught.value).startswith(f"{file}{problem}")
    assert statuses(server) == [404]


def test_a_missing_file_is_reported(server, tmp_path):
    """With its path."""
    with pytest.raises(UsageError, match=r"rules\.toml: cannot be read: No such file or directory$"):
        server.read_rules(tmp_path / "rules.toml")


def test_a_new_version_is_read(server, file):
    """Before the next request, and its rules start at their beginning; the other rules stay."""
    server.read_rules(file, on_problem=pytest.fail)
    server.fail("GET", "/v1/carts", 800064)
    assert statuses(server) == [429]
    write(file, '[[rule]]\nanswer = [503, "ok"]\n')
    assert [*statuses(server, 3), *statuses(server, path="/v1/carts")] == [503, 200, 200, 409]


@pytest.mark.parametrize(("text", "problem"), [*PROBLEMS[:3], (None, ": cannot be read: No such file or directory")])
def test_a_broken_version_changes_nothing(server, file, text, problem):
    """The rules before are kept with their uses, the problem is reported once, and the next version is read."""
    problems = []
    server.read_rules(file, on_problem=problems.append)
    assert statuses(server) == [429]
    if text is None:
        file.unlink()
    else:
        write(file, text + "\n")
    assert statuses(server, 3) == [429, 200, 200]
    assert [each.startswith(f"{file}{problem}") for each in problems] == [True]
    assert problems[0].endswith("\nthe rules of the last valid version are kept")
    file.write_text(VALID.replace("429, 429", "503"))
    assert statuses(server, 2) == [503, 200]
    assert len(problems) == 1


def test_a_file_is_read_once_without_a_callback(server, file):
    """Nobody would see the problem of a new version."""
    server.read_rules(file)
    write(file, "broken")
    assert statuses(server) == [429]


def test_the_schema_is_one_and_describes_what_is_accepted(tmp_path):
    """An editor that has it accepts and refuses the same files as the server."""
    import tomllib

    schema = rules_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(tomllib.loads(VALID), schema)
    for broken in ({"rules": []}, {"rule": [{}]}, {"rule": [{"answer": []}]}, {"rule": [{"answer": 1, "anser": 2}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)
        (tmp_path / "broken.toml").write_text(as_toml(broken))
        with pytest.raises(UsageError):
            ErrorServer().read_rules(tmp_path / "broken.toml")


def test_the_schema_has_every_fault():
    """A new fault is a key of a rule too."""
    assert set(FAULTS) < set(rules_schema()["$defs"]["rule"]["properties"])


def as_toml(document):
    """Return a document with a list of flat tables as TOML."""
    [(name, rules)] = document.items()
    lines = [f"{key} = {json.dumps(value)}" for rule in rules for key, value in rule.items()]
    return "\n".join([f"[[{name}]]", *lines])
