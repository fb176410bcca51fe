"""Retries of a session after a 429."""

import io

import pytest

from pytest_pcerrors.live import session as sessions
from pytest_pcerrors.live.session import ServiceSession

DATE = "Thu, 13 Apr 2017 21:29:11 GMT"
BUSY = (429, {})


def busy(wait, **headers):
    """Answer 429 with a Retry-After."""
    return 429, {"Retry-After": wait, **headers}


@pytest.fixture
def waits(monkeypatch):
    """Keep the seconds that a session would have slept."""
    slept = []
    monkeypatch.setattr(sessions, "sleep", slept.append)
    return slept


@pytest.fixture
def patient(service, waits):
    """Make a session that retries."""
    with ServiceSession(service.url, token="abc", retries=True) as session:
        yield session


@pytest.mark.parametrize(
    ("answers", "seconds"),
    [
        ([busy("5")], [5]),
        ([busy("5"), busy("7")], [5, 7]),
        ([busy("60")], [60]),
        ([busy("Thu, 13 Apr 2017 21:29:31 GMT", Date=DATE)], [20]),
        ([BUSY, BUSY, BUSY], [1, 2, 4]),
        ([busy("soon"), busy("3"), BUSY], [1, 3, 4]),
        ([busy("0"), busy("0")], [0, 0]),
        ([busy(DATE)], [0]),
    ],
    ids=["seconds", "twice", "all of it", "date", "none", "unreadable", "zero", "date gone by"],
)
def test_a_busy_service_is_asked_again(patient, service, waits, answers, seconds):
    """After what it says; where it says nothing that can be read, after 1, 2, 4 seconds."""
    service.answers = list(answers)
    assert patient.get("/a").status_code == 200
    assert waits == seconds


@pytest.mark.parametrize(
    ("answers", "seconds"),
    [
        ([busy("61")], []),
        ([busy("57"), busy("57")], [57]),
        ([busy("9" * 400)], []),
        ([BUSY] * 9, [1, 2, 4, 8, 16]),
        ([busy("0")] * 99, [0] * 10),
    ],
    ids=["too long", "too long together", "absurd", "again and again", "for ever"],
)
def test_patience_ends(patient, service, waits, answers, seconds):
    """The 429 that would make all waits longer than 60 seconds, or the eleventh, is the answer."""
    service.answers = list(answers)
    response = patient.get("/a")
    assert (response.status_code, response.content) == (429, b"{}")
    assert waits == seconds


def test_what_was_waited_out_is_marked_as_checked(service, waits):
    """The intermediate responses are not judged, and their connections return to the pool."""
    aside = []
    service.answers = [busy("1"), busy("2")]
    session = ServiceSession(service.url, retries=True, on_retry=aside.append)
    with session:
        assert session.get("/a").status_code == 200
    assert [(each.status, each.header("Retry-After")) for each in aside] == [(429, "1"), (429, "2")]
    assert waits == [1, 2]


def test_a_session_without_retries_asks_once(service, waits):
    """The first response is returned."""
    service.answers = [busy("1")]
    assert ServiceSession(service.url, retries=False).get("/a").status_code == 429
    assert (waits, len(service.asked)) == ([], 1)


@pytest.mark.parametrize("status", [400, 500, 503])
def test_another_status_is_the_answer(patient, service, waits, status):
    """Only 429 promises that nothing was done."""
    service.answers = [(status, {"Retry-After": "1"})]
    assert patient.get("/a").status_code == status
    assert waits == []


def test_a_retry_is_the_same_call_in_a_new_request(patient, service):
    """The correlation id, the token and all else stay; the request id is a new one."""
    service.answers = [BUSY, BUSY]
    response = patient.post("/a", json={"a": 1})
    assert len(set(service.header("MS-CorrelationId"))) == 1
    assert len(set(service.header("MS-RequestId"))) == 3
    assert service.header("Authorization") == ["Bearer abc"] * 3
    assert {(method, path, body) for method, path, _, body in service.asked} == {("POST", "/a", b'{"a": 1}')}
    assert response.request.headers["MS-RequestId"] == service.header("MS-RequestId")[-1]


def test_a_request_id_left_out_stays_out(patient, service):
    """A retry adds nothing."""
    service.answers = [BUSY]
    patient.get("/a", headers={"MS-RequestId": None})
    assert service.header("MS-RequestId") == [None, None]


@pytest.mark.parametrize("body", [lambda: iter([b"a"]), lambda: io.BytesIO(b"a")], ids=["generator", "file"])
def test_a_stream_is_sent_once(patient, service, waits, body):
    """It is used up."""
    service.answers = [BUSY]
    assert patient.post("/a", data=body()).status_code == 429
    assert waits == []


@pytest.mark.parametrize("body", ["a", b"a", {"a": "1"}, None], ids=["text", "bytes", "form", "none"])
def test_a_body_that_is_there_is_sent_again(patient, service, body):
    """As it was."""
    service.answers = [BUSY]
    assert patient.post("/a", data=body).status_code == 200
    assert service.asked[0][3] == service.asked[1][3]


@pytest.mark.parametrize("others", [{"stream": True}, {"allow_redirects": False}], ids=["streamed", "no redirects"])
def test_however_it_is_asked(patient, service, others):
    """A response that is not read yet, or that may be a redirect, is waited for all the same."""
    service.answers = [BUSY]
    with patient.get("/a", **others) as response:
        assert (response.status_code, response.content) == (200, b"{}")


def test_after_a_redirect_only_the_last_is_asked_again(patient, service, waits):
    """And the patience is not counted again there."""
    service.answers = [(302, {"Location": "/b"}), busy("40"), busy("40")]
    assert patient.get("/a").status_code == 429
    assert (service.paths(), waits) == (["/a", "/b", "/b"], [40])
