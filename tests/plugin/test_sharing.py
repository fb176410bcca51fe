"""The workers of pytest-xdist share what they collect: each recording is read and searched by one of them."""

from types import SimpleNamespace

import pytest
from recordings import FOREIGN, GOOD, NUMERIC, recorded

from pytest_pcerrors import Contract, UsageError
from pytest_pcerrors.plugin._contents import Contents, Sharing
from pytest_pcerrors.policy.audit import Recording
from pytest_pcerrors.policy.policy import Policy

SECRET = recorded(headers={"Set-Cookie": "sid=abc; Path=/"})


@pytest.fixture
def worker(pytester, tmp_path_factory, monkeypatch):
    """Run as a worker with this name; return the ids of its items, their outcomes, and the names of the recordings that it read."""
    folder = tmp_path_factory.mktemp("outlines")
    made, of_file = [], Recording.of_file
    monkeypatch.setattr(Recording, "of_file", lambda file, *rest: made.append(file.name) or of_file(file, *rest))

    class Worker:
        def __init__(self, name):
            self.name = name

        @pytest.hookimpl(tryfirst=True)
        def pytest_configure(self, config):
            config.workerinput = {"workerid": self.name, "pcerrors_outlines": str(folder)}

    def worker(name, *arguments):
        made.clear()
        ran = pytester.inline_run("--pc-cassettes=.", ".", "-pno:xdist", *arguments, plugins=[Worker(name)])
        ids = [item.nodeid for call in ran.getcalls("pytest_collection_finish") for item in call.session.items]
        return ids, [len(each) for each in ran.listoutcomes()], sorted(made)

    return worker


def test_each_recording_is_collected_once(write, pytester, worker, ids):
    """The second worker has the same items in the same order, and reads only what it runs; contents are not shared."""
    for number in range(4):
        write(f"{number}/a.yaml", GOOD, SECRET, NUMERIC, FOREIGN)
        write(f"{number}/b.yaml", GOOD)
    pytester.path.joinpath("3/c.yaml").write_text("")
    alone = ids("--pc-cassettes=.", ".")
    first, second = worker("gw0", "--collect-only"), worker("gw1", "--collect-only")
    assert first[0] == second[0] == alone
    assert (len(first[2]), second[2]) == (9, [])
    selected, outcomes, read = worker("gw2", "-k", "secret-recorded or unreadable or b.yaml")
    assert set(selected) < set(alone)
    assert outcomes == [4, 0, 5]
    assert read == ["a.yaml"] * 8 + ["b.yaml"] * 4 + ["c.yaml"]


@pytest.mark.parametrize("conftest", ["a/conftest.py", "conftest.py"])
def test_workers_load_each_conftest_in_the_same_order(write, pytester, worker, conftest):
    """Whether they do so for the folders of recordings, or have done so before."""
    names = ["a/x.yaml", "b/x.yaml"]
    for name in names:
        write(name, GOOD)
    pytester.path.joinpath(conftest).touch()
    assert [each.partition("::")[0] for each in worker("gw0")[0]] == names


def test_the_folder_is_that_of_the_run():
    """All workers get the same one, which the end of the run removes; a worker on another machine does not find it, and shares nothing."""
    at_end, workers = [], [{"workerid": "gw0"}, {"workerid": "gw1"}]
    controller = Sharing(SimpleNamespace(add_cleanup=at_end.append))
    for worker in workers:
        controller.start(worker)
    assert [Sharing(SimpleNamespace(workerinput=each)).is_on for each in workers] == [True, True]
    assert workers[0]["pcerrors_outlines"] == workers[1]["pcerrors_outlines"]
    [clean] = at_end
    clean()
    assert not Sharing(SimpleNamespace(workerinput=workers[0])).is_on
    assert not controller.is_on


@pytest.mark.parametrize("later", [[], [recorded(404)]], ids=["shorter", "other"])
def test_a_recording_that_changes_after_collection_fails(write, later):
    """Its items are not those that were collected, so they are not judged."""
    contents, again, later_on = (
        Contents(write("a.yaml", GOOD), "a.yaml", Policy(Contract.default())) for _ in range(3)
    )
    [[_, name, _]] = contents.outline()["parts"]
    assert again.content(0, name).status == contents.content(0, name).status
    write("a.yaml", *later)
    with pytest.raises(UsageError, match=r"a\.yaml: changed after it was collected"):
        later_on.content(0, name)
