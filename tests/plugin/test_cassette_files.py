"""The files of the tests' cassettes: their names, several in one test, those without a test, and those that were not written."""

import pytest
import yaml

pytestmark = pytest.mark.usefixtures("not_in_ci")
HOST = "https://api.partnercenter.microsoft.com"
USES = "def test_a(pc_cassette): get('/v1')"
ORPHAN = "pcerrors: {}: no test uses it; --pc-prune removes such cassettes"


@pytest.fixture
def remarks(pytester):
    """Run pytest, and return the lines of this plugin without its summary."""

    def remarks(*arguments):
        lines = pytester.runpytest("-q", *arguments).stdout.lines
        return [line for line in lines if line.startswith("pcerrors: ") and " checked, " not in line]

    return remarks


@pytest.mark.covered
@pytest.mark.parametrize("setting", ["cassettes", "tests/recordings"])
def test_two_modules_of_one_name_have_two_cassettes(pytester, test_file, tape, settings, setting):
    """Also if only one of them runs; the name has the path of the module from the folder that holds the cassettes."""
    settings(f'cassettes = "{setting}"')
    for folder in ("tests/a", "tests/b"):
        test_file(USES, f"{folder}/test_x.py")
        (pytester.path / folder / "__init__.py").touch()
    name = f"{setting}/{'tests/' if setting == 'cassettes' else ''}a/test_x/test_a.yaml"
    tape(name, "/v1")
    result = pytester.runpytest("-q")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"E*there is no {name.replace('a/test_x', 'b/test_x')}"])


def test_a_module_outside_has_a_name_of_its_own(pytester, test_file, tape, settings):
    """Beside the folder that holds the cassettes, say."""
    settings('cassettes = "tests/cassettes"')
    for folder in ("tests", "more"):
        test_file(USES, f"{folder}/test_x.py")
        (pytester.path / folder / "__init__.py").touch()
    tape("tests/cassettes/test_x/test_a.yaml", "/v1")
    result = pytester.runpytest("-q", "more")
    result.stdout.fnmatch_lines(["E*there is no tests/cassettes/_..-*/more/test_x/test_a.yaml*"])


@pytest.mark.parametrize("name", ["test_x/test_b", "named/b"])
def test_a_cassette_of_pytest_recording_is_not_without_a_test(pytester, test_file, tape, remarks, name):
    """It is in the folder of the same module, or where a fixture says, and is never removed."""
    named = "@pytest.mark.pc_cassette('named/a')\ndef test_c(): get('/v1')"
    test_file(f"{USES}\n{named}\n@pytest.mark.vcr\ndef test_b(): pass", "test_x.py")
    files = [tape(f"cassettes/{each}.yaml", "/v1") for each in ("test_x/test_a", "named/a", name)]
    pytester.makeini("[pytest]\nmarkers = vcr")
    pytester.runpytest("-q").assert_outcomes(passed=3)
    assert remarks("--pc-prune") == []
    assert all(file.exists() for file in files)


def test_several_cassettes_answer_one_test(pytester, test_file, tape):
    """Its own first, then the others in their order; each recording once."""
    test_file(
        "@pytest.mark.pc_cassette('own', also=['login', 'prices'])\n"
        "def test_a():\n    assert [get(path).status_code for path in ('/own', '/token', '/v1', '/v1', '/own')] == [409, 409, 409, 200, 200]"
    )
    tape("cassettes/own.yaml", "/own")
    tape("cassettes/login.yaml", "/token", "/v1", "/unused")
    tape("cassettes/prices.yaml", "/v1", "/own", status=200, body="{}")
    result = pytester.runpytest("-q")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"pcerrors: cassettes/login.yaml: never played: #3 GET {HOST}/unused"])


def test_only_the_own_cassette_is_recorded(pytester, test_file, tape, server, settings):
    """What another one answers is not sent, whatever the mode. It is without TLS, for which vcrpy 9.2 connects before it looks."""
    settings('hosts = ["127.0.0.1"]')
    plain = HOST.replace("https:", "http:")
    test_file(
        f"@pytest.mark.pc_cassette('own', also=['login'])\ndef test_a():\n    get('/token', {plain!r})\n    get('/errors/409/800064', {server.url!r})"
    )
    login = tape("cassettes/login.yaml", "/token")
    login.write_text(login.read_text("utf-8").replace(HOST, plain), "utf-8")
    before = login.read_bytes()
    for mode in ("once", "all", "rewrite"):
        pytester.runpytest("-q", f"--pc-record={mode}").assert_outcomes(passed=1)
        own = yaml.safe_load((pytester.path / "cassettes/own.yaml").read_text("utf-8"))
        assert [each["request"]["uri"] for each in own["interactions"]] == [f"{server.url}/errors/409/800064"]
    assert login.read_bytes() == before


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (["pc_cassette(also=['login'])"], "*cassettes/login.yaml: *there is no such file*"),
        (["pc_cassette(also='login')"], "*pc_cassette() takes also= as a list of names, not 'login'*"),
        (["pc_cassette(also=[3])"], "*pc_cassette() takes also= as a list of names, not [[]3]*"),
        (["pc_cassette(also=['../x'])"], '*"../x" has a part ".."*'),
        (["pc_cassette('a')", "pc_cassette('b')"], "*two markers pc_cassette*also=*"),
    ],
)
def test_misuse_of_several_cassettes_is_explained(pytester, test_file, tape, marks, said):
    """Before the test runs."""
    marked = "".join(f"@pytest.mark.{mark}\n" for mark in marks)
    test_file(f"{marked}def test_a(): get('/v1')")
    tape("cassettes/test_cart/test_a.yaml", "/v1")
    result = pytester.runpytest("-q")
    assert result.ret
    assert "passed" not in result.parseoutcomes()
    (result.stdout if result.ret == pytest.ExitCode.TESTS_FAILED else result.stderr).fnmatch_lines([said])


def test_a_missing_further_message_lists_all_cassettes(pytester, test_file, tape):
    """With what each holds."""
    test_file("@pytest.mark.pc_cassette('own', also=['login'])\ndef test_a(): get('/v2')")
    tape("cassettes/own.yaml", "/v1")
    tape("cassettes/login.yaml", "/token", "/more")
    pytester.runpytest("-q").stdout.fnmatch_lines(
        [
            "E*cassettes/own.yaml holds 1 interaction, 0 of them played",
            "E*cassettes/login.yaml holds 2 interactions, 0 of them played",
        ]
    )


ORPHANS = {
    "a test that was renamed": "cassettes/test_cart/test_old.yaml",
    "a parameter that was removed": "cassettes/test_cart/test_a-2.json",
    "a module that was removed": "cassettes/sub/test_gone/test_a.yaml",
    "a name that no marker has now": "cassettes/shared/old.yml",
}


@pytest.fixture
def used(test_file, tape):
    """Write two tests and their cassettes."""
    test_file(f"{USES}\n@pytest.mark.pc_cassette('shared/busy')\ndef test_b(): get('/v1')")
    return [tape(f"cassettes/{name}.yaml", "/v1") for name in ("test_cart/test_a", "shared/busy")]


@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["alone", "xdist"])
def test_a_cassette_that_no_test_uses_is_listed(used, tape, remarks, workers):
    """And removed on request, in a run that runs the tests."""
    orphan = ORPHANS["a name that no marker has now"]
    file = tape(orphan, "/v1")
    assert remarks(*workers) == [ORPHAN.format(orphan)]
    assert file.exists()
    assert remarks("--pc-prune", *workers) == [f"pcerrors: removed 1 cassette that no test uses: {orphan}"]
    assert not file.exists()


def test_cassettes_that_no_test_uses_are_removed(pytester, used, tape, remarks):
    """Each with its folder, if that is empty then."""
    files = [tape(orphan, "/v1") for orphan in ORPHANS.values()]
    assert remarks("--pc-prune", "--collect-only") == []
    assert all(each.exists() for each in (*files, *used))
    [line] = remarks("--pc-prune")
    before, _, names = line.partition(": removed 4 cassettes that no test uses: ")
    assert before == "pcerrors"
    assert set(names.split(", ")) == set(ORPHANS.values())
    assert not any(each.exists() for each in files)
    assert all(each.exists() for each in used)
    assert {each.name for each in (pytester.path / "cassettes").iterdir()} == {"test_cart", "shared"}
    assert remarks("--pc-prune") == []


@pytest.mark.parametrize(
    ("former", "now"), [("test_x/test_a", "tests/test_x.py"), ("test_x/test_old", "test_x.py")], ids=["module", "test"]
)
def test_the_cassette_of_a_test_that_was_renamed_is_not_removed(test_file, tape, remarks, former, now):
    """The test fails without its recording, which nobody could bring back."""
    test_file(f"{USES}\ndef test_b(pc_cassette): pass", now)
    file = tape(f"cassettes/{former}.yaml", "/v1")
    expected = f"pcerrors: cassettes/{former}.yaml: kept, since the run has failed: a test with a new name may need it"
    assert remarks("--pc-prune") == [expected]
    assert file.exists()


KEPT = {
    "cassettes/observed/a.yaml": "a folder of their own",
    "cassettes/a.yaml": "the top",
    "cassettes/test_cart/notes.txt": "no cassette",
    "cassettes/other/test_more/test_a.yaml": "a module that is not collected",
    "other/cassettes/test_more/test_old.yaml": "pytest-recording's",
}


@pytest.mark.covered
def test_files_of_others_are_no_orphans(test_file, tape, remarks):
    """What the run cannot know is not listed."""
    test_file(USES)
    test_file("pytest.importorskip('no_such_module')", "other/test_more.py")
    tape("cassettes/test_cart/test_a.yaml", "/v1")
    kept = [tape(each, "/v1") for each in KEPT]
    assert remarks("--pc-prune", "--ignore=other") == []
    assert all(each.exists() for each in kept)


PARTIAL = {
    "one test": (["test_cart.py::test_a"], ""),
    "another folder": (["sub"], ""),
    "a module": (["test_cart.py"], ""),
    "an ignored folder": (["--ignore=sub"], ""),
    "the last failed": (["--lf"], ""),
    "a skipped module": ([], "pytest.skip('not here', allow_module_level=True)"),
    "a module that cannot be imported": (["--continue-on-collection-errors"], "raise ImportError"),
}


@pytest.mark.covered
@pytest.mark.parametrize(("arguments", "beginning"), PARTIAL.values(), ids=PARTIAL.keys())
def test_a_part_of_the_tests_makes_no_orphan(pytester, test_file, tape, remarks, arguments, beginning):
    """The file that only a test in another module uses, and a recording in it that only that test plays."""
    test_file("@pytest.mark.pc_cassette('shared/busy')\ndef test_a(): get('/v1')\ndef test_z(): assert False")
    test_file(
        "def test_b(): pass\n@pytest.mark.pc_cassette('shared/late')\ndef test_c(): get('/v1')\n"
        f"@pytest.mark.pc_cassette('shared/busy')\ndef test_d(): get('/v2')\n{beginning}",
        "sub/test_more.py",
    )
    tape("cassettes/shared/busy.yaml", "/v1", "/v2")
    tape("cassettes/shared/late.yaml", "/v1")
    if "--lf" in arguments:
        pytester.runpytest("-q", "-pcacheprovider")
    assert remarks("--pc-prune", *arguments) == []


def test_deselected_tests_still_use_their_cassettes(test_file, tape, remarks):
    """And nothing is said of recordings that only they play."""
    test_file(
        "pytestmark = pytest.mark.pc_cassette('shared')\ndef test_a(): get('/a')\ndef test_b(): get('/b')\n"
        "@pytest.mark.pc_cassette('other')\ndef test_c(): get('/a')"
    )
    tape("cassettes/shared.yaml", "/a", "/b")
    tape("cassettes/other.yaml", "/a")
    assert remarks("--pc-prune", "-k", "test_a") == []
    assert remarks("--pc-prune", "--deselect=test_cart.py::test_c") == []


def test_a_cassette_that_cannot_be_removed_is_named(pytester, test_file, tape, remarks):
    """Here it is a folder."""
    test_file(USES)
    tape("cassettes/test_cart/test_a.yaml", "/v1")
    file = tape("cassettes/test_cart/test_b.yaml", "/v1")
    pytester.makeconftest(
        "import pytest, pathlib\n@pytest.hookimpl(trylast=True)\ndef pytest_sessionfinish():\n"
        f"    file = pathlib.Path({str(file)!r})\n    file.unlink()\n    file.mkdir()"
    )
    (said,) = remarks("--pc-prune")
    assert said.startswith(f"pcerrors: {file}: cannot be removed: ")


@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["alone", "xdist"])
def test_a_recording_that_is_not_written_is_reported(pytester, test_file, server, settings, remarks, workers):
    """With the test, for the first five; an existing file is left unchanged."""
    settings('hosts = ["127.0.0.1"]')
    test_file(
        f"@pytest.mark.parametrize('n', range(7))\ndef test_a(pc_cassette, n):\n    get('/errors/409/800064', {server.url!r})\n    assert n == 0"
    )
    said = remarks("--pc-record=once", *workers)
    name = "cassettes/test_cart/test_a-{0}.yaml: not written: test_cart.py::test_a[{0}] did not run to its end"
    assert said == [*(f"pcerrors: {name.format(n)}" for n in range(1, 6)), "pcerrors: 1 more recording not written"]
    assert [each.name for each in (pytester.path / "cassettes/test_cart").iterdir()] == ["test_a-0.yaml"]


def test_a_repeated_test_that_records_in_the_end_is_not_reported(test_file, server, settings, remarks):
    """Another test of the same file that has failed before it still is."""
    settings('hosts = ["127.0.0.1"]')
    marker = "@pytest.mark.pc_cassette('busy')\n"
    request = f"    get('/errors/409/800064', {server.url!r})\n"
    test_file(
        f"runs = []\n{marker}def test_b():\n{request}    assert 0\n{marker}def test_a():\n{request}    runs.append(1)\n    assert len(runs) > 1"
    )
    assert remarks("--pc-record=once", "-prerunfailures", "--reruns=1", "-k", "test_a") == []
    assert remarks("--pc-record=all", "-prerunfailures", "--reruns=1") == [
        "pcerrors: cassettes/busy.yaml: not written: test_cart.py::test_b did not run to its end"
    ]


def test_no_message_names_a_file_that_was_not_written(pytester, test_file, server, settings):
    """Except the line that says so: the response is described by its request."""
    settings('hosts = ["127.0.0.1"]')
    test_file(
        f"from pytest_pcerrors import assert_pc_error\ndef test_a(pc_cassette):\n    assert_pc_error(get('/errors/409/800064', {server.url!r}), 2001)"
    )
    result = pytester.runpytest("-q", "--pc-record=once", "--pc-report=text:-")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*GET http://127.0.0.1:*/errors/409/800064"])
    naming = [line for line in result.stdout.lines if "cassettes/" in line]
    assert naming == [
        "pcerrors: cassettes/test_cart/test_a.yaml: not written: test_cart.py::test_a did not run to its end"
    ]
