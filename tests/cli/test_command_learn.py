"""``pcerrors learn``: proposed settings, which are valid TOML whatever codes, texts and paths contain; and entries in the settings."""

import json
import shutil
import tomllib
from datetime import date
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from pytest_pcerrors.cli.learn import as_toml
from pytest_pcerrors.policy.learning import Proposal
from pytest_pcerrors.settings import Settings

JSON = {"Content-Type": "application/json"}
OBSERVED = Path(__file__).parents[2] / "cassettes" / "observed"
UNTIL = date(2027, 5, 31)
ENTRY = '[[tool.pcerrors.entry]]\nstatus = 400\ncode = "60012"\ndescription = "No licence"\nnote = "since 2021"\n'


def test_what_was_observed_passes_with_what_was_learnt(pcerrors, tmp_path):
    """The profile documented passes on recordings of the real service, with the settings that learn proposes."""
    shutil.copytree(OBSERVED, tmp_path / "observed")
    before = pcerrors("check", "observed", "--profile", "documented")
    learnt = pcerrors("learn", "observed", "--profile", "documented")
    (tmp_path / "pyproject.toml").write_text(learnt.out)

    assert (before.status, learnt.status) == (1, 0)
    assert pcerrors("check", "observed", "--profile", "documented").status == 0


def test_several_contracts(pcerrors, tmp_path):
    """An entry of the settings belongs to the first contract, so an undocumented code of another one becomes an allowance; all then pass."""
    names = ("Depot", "Ferry")
    for name in names:
        entry = {"status": 404, "code": "gone", "descriptions": ["Gone"]}
        contract = {"format": 1, "extends": "odata", "name": name, "hosts": [f"{name}.example".lower()], "statuses": {}}
        (tmp_path / f"{name}.json").write_text(json.dumps({**contract, "entries": [entry]}))
    settings = '[tool.pcerrors]\ncontract = ["Depot.json", "Ferry.json"]\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    with (tmp_path / "seen.ndjson").open("w") as seen:
        for name in names:
            request = {"method": "GET", "url": f"https://{name}.example/7".lower()}
            body = {"error": {"code": f"in{name}", "message": "No"}}
            seen.write(json.dumps({"request": request, "status": 404, "body": body, "headers": JSON}) + "\n")

    learnt = pcerrors("learn", "seen.ndjson")
    (tmp_path / "pyproject.toml").write_text(settings + learnt.out)

    assert pcerrors("check", "seen.ndjson").status == 0
    assert [each["code"] for each in tomllib.loads(learnt.out)["tool"]["pcerrors"]["entry"]] == ["inDepot"]
    message = "no documented error of Depot has this status and code; see `pcerrors list`, or give --contract FILE"
    assert pcerrors("synth", "--code", "inFerry").err == f"pcerrors: {message}\n"


def test_nothing_to_learn(pcerrors, recorded, good):
    """Where all passes, nothing is proposed."""
    assert pcerrors("learn", recorded(good)) == (0, "", "pcerrors: nothing to learn: all recordings pass\n")


def test_what_makes_a_recording_unfit_is_said(pcerrors, recorded, good):
    """No setting is proposed for recorded secrets, with or without one for other violations."""
    headers = {**good["headers"], "Set-Cookie": "session=kX7pQz19vLmW04ab"}
    unfit = "1 violation of secret-recorded, for which no setting is proposed: remove the secrets with pcerrors redact"
    only = pcerrors("learn", recorded({**good, "headers": headers}))
    assert only == (0, "", f"pcerrors: nothing to learn\npcerrors: {unfit}\n")
    both = pcerrors("learn", recorded({**good, "headers": headers, "status": 404}))
    assert ("[[tool.pcerrors.entry]]" in both.out, both.err) == (True, f"pcerrors: {unfit}\n")


def test_nothing_to_learn_from_is_said(pcerrors, recorded, good):
    """Where every host was skipped, the setting is shown, as `check` shows it; where no error was recorded, that is said."""
    skipped = recorded({**good, "request": {"method": "GET", "url": "https://gateway.example/v1"}})
    learnt, checked = pcerrors("learn", skipped), pcerrors("check", skipped)
    assert (learnt.status, learnt.out, learnt.err) == (0, "", checked.err)
    assert 'hosts = ["gateway.example"]' in learnt.err
    success = recorded({"status": 200, "body": "{}"})
    assert pcerrors("learn", success) == (0, "", "pcerrors: no error response was found to check\n")


def test_a_file_that_cannot_be_read_is_a_comment(pcerrors, tmp_path):
    """Failures that no setting can allow are comments in the TOML."""
    (tmp_path / "bad.ndjson").write_text("{")
    ended = pcerrors("learn", "bad.ndjson")

    assert (ended.status, tomllib.loads(ended.out)) == (1, {})
    assert ended.out.startswith('# "bad.ndjson:1" cannot be read')


def test_an_entry_of_the_settings_is_part_of_the_contract(pcerrors, recorded, good, tmp_path):
    """It passes, it is explained, and messages say where it comes from."""
    (tmp_path / "pyproject.toml").write_text(ENTRY)
    seen = {**good, "body": {**good["body"], "code": "60012"}}

    assert pcerrors("check", recorded({**seen, "status": 400})).status == 0
    assert pcerrors("explain", "60012").out.splitlines()[:3] == [
        "60012 with 400 Bad Request (from your pyproject.toml)",
        "  No licence",
        "  since 2021",
    ]
    assert '("No licence", from your pyproject.toml), not with 409' in pcerrors("check", recorded(seen)).out


def test_an_entry_that_is_there_twice_is_misuse(pcerrors, tmp_path):
    """One would hide the other's text."""
    (tmp_path / "pyproject.toml").write_text(ENTRY + ENTRY.replace('"60012"', "60012"))
    ended = pcerrors("list")

    assert (ended.status, "at /entry: 400 with 60012 is repeated; keep one of them" in ended.err) == (2, True)


def test_a_dash_is_standard_input(pcerrors, monkeypatch):
    """Recordings may come through a pipe."""
    line = b'{"status": 400, "body": {"code": "60012", "description": "None left", "source": "PartnerFD"}}'
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(line)))

    assert 'code = "60012"' in pcerrors("learn", "-").out


def settled(proposal):
    """Return the settings that a proposal proposes."""
    text = as_toml(proposal, UNTIL).encode().decode()
    table = tomllib.loads(text).get("tool", {}).get("pcerrors", {})
    return Settings.of_table(table, Path())


@pytest.mark.parametrize(
    "text", ['"', "'''", "\\", "\n", "\r\n", "\x00", "\x1f", "\x7f", "\x85", "\u2028", "]", "# x", "注文", "💥"]
)
def test_hostile_texts_come_back(text):
    """Quotes, control characters and line ends are escaped."""
    proposal = Proposal()
    proposal.entries[400, f"c{text}"].add(f"{text}.yaml:1", f"d{text}")
    proposal.rules["code-number"].add(f"{text}.yaml:1")
    proposal.rules["code-number"].codes.add(text)
    settings = settled(proposal)
    assert [(each.code, each.description) for each in settings.entries] == [(f"c{text}", f"d{text}")]
    assert settings.allow[0].code == {text}


def test_a_path_that_is_no_text_is_escaped():
    """File names need not be Unicode."""
    proposal = Proposal()
    proposal.entries[400, "1"].add("\udcff.yaml:1")
    assert settled(proposal).entries[0].note == r"seen once, in \udcff.yaml:1"


def test_an_entry_without_a_text_says_so():
    """A description must not be empty; the note has the number of occurrences."""
    proposal = Proposal()
    proposal.entries[400, "1"].add("a.yaml:1")
    proposal.entries[400, "1"].add("b.yaml:1")
    entry = settled(proposal).entries[0]
    assert (entry.description, entry.note) == ("(no description)", "seen 2 times, first in a.yaml:1")


def test_codes_and_statuses_are_two_allowances():
    """An allowance with both would hold for neither alone."""
    proposal = Proposal()
    proposal.rules["body-empty"].codes.add("7")
    proposal.rules["body-empty"].statuses |= {404, 400}
    allowed = settled(proposal).allow
    assert [(each.code, each.status, each.until) for each in allowed] == [
        ({"7"}, frozenset(), UNTIL),
        (frozenset(), {400, 404}, UNTIL),
    ]


def test_what_no_setting_excuses_is_a_comment():
    """Unreadable files and expired allowances."""
    proposal = Proposal(unreadable={"a\n.yaml": "record it again"}, expired=1)
    assert settled(proposal) == Settings.of_table({}, Path())
    assert as_toml(proposal, UNTIL).startswith(
        '# "a\\n.yaml" cannot be read, and no setting allows that: record it again\n'
    )
