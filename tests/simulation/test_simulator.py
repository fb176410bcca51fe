"""The simulator: what it answers, to which requests, how often, and what it reports."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests

from pytest_pcerrors import Contract, Exchange, Request, UsageError
from pytest_pcerrors.simulation import SHAPES, Simulator, ok, simulate, synthesize
from pytest_pcerrors.simulation.answers.rules import UrlPattern
from pytest_pcerrors.simulation.simulations import NotSimulatedError, UnusedSimulationError

URL = "https://api.partnercenter.microsoft.com/v1/customers/7/carts/8/checkout"


def get(url=URL, **options):
    """Send a request."""
    return requests.get(url, timeout=5, **options)


ENTRY = Contract.default().catalogue["800064"][0]
KINDS = {
    "code": (800064, 409, "409 800064"),
    "code as text": ("800064", 409, "409 800064"),
    "status": (429, 429, "gateway-429"),
    "status and code": ("409/800064", 409, "409 800064"),
    "shape": ("html-502", 502, "html-502"),
    "word": ("ok", 200, "200 ok"),
    "entry": (ENTRY, 409, "409 800064"),
    "exchange": (synthesize(800064), 409, "409 response"),
    "pair": ((418, b"teapot"), 418, "418 response"),
    "mapping": ({"status": 503, "headers": {"A": "b"}, "body": "busy"}, 503, "503 response"),
    "success": (ok({"items": []}, status=201), 201, "201 response"),
    "sequence": ([503, (418, b"")], 503, "html-503, 418 response"),
}


@pytest.mark.parametrize(("what", "status", "name"), KINDS.values(), ids=KINDS)
def test_what_can_be_simulated(what, status, name):
    """Anything that names a response, or is one."""
    with simulate(what) as simulation:
        assert get().status_code == status
    assert repr(simulation) == f"<* * -> {name}>"
    assert [each.status for each in simulation.exchanges] == [status]


WRONG = {
    "unknown name": (("gateway-430",), {}, '"gateway-430" is not the name'),
    "unknown code": ((123456,), {}, "code 123456 is not in the catalogue"),
    "ambiguous code": ((2006,), {}, "documented with 400 and 403; give a status"),
    "status for a response": (((409, b""),), {"status": 409}, "status= is for a code"),
    "no response": ((3.5,), {}, "float"),
    "empty sequence": (([],), {}, "a sequence needs at least one member"),
    "method": ((429,), {"method": "GET /v1"}, "expected a method"),
    "url": ((429,), {"url": ""}, "expected a URL with wildcards"),
    "times": ((429,), {"times": 0}, "expected times as a number from 1"),
    "retry_after": ((429,), {"retry_after": "soon"}, "retry_after: expected whole seconds"),
    "delay": ((429,), {"delay": -1}, "delay: expected seconds"),
    "cut": (("cut",), {}, "cut: a fault of a connection"),
    "unknown option": ((429,), {"urll": "*"}, 'urll= is not an option of a simulation; did you mean "url"'),
    "headers": ((429,), {"headers": "X: 1"}, "headers: expected a mapping of names to values"),
    "header without a name": ((429,), {"headers": {"": "1"}}, "headers: expected a mapping of names to values"),
    "status for a word": (("ok",), {"status": 201}, "status= is for a code; 'ok' has its own"),
    "status for an unknown code": (
        (80006,),
        {"status": 400},
        'code 80006 is not in the catalogue; did you mean "800096"',
    ),
    "status for a huge number": ((10**5000,), {"status": 404}, "code <int> is not in the catalogue"),
    "header": ((429,), {"headers": {"X": "a\nb"}}, "cannot be sent"),
}


@pytest.mark.parametrize(("what", "options", "message"), WRONG.values(), ids=WRONG)
def test_misuse(what, options, message):
    """Is one clear error before any request."""
    with Simulator() as simulator, pytest.raises(UsageError, match=message):
        simulator(*what, **options)


@pytest.mark.parametrize(
    ("method", "glob", "url", "fits"),
    [
        ("*", "*", URL, True),
        ("GET", "*", URL, True),
        ("get", "*", URL, True),
        ("POST", "*", URL, False),
        ("*", "*/carts/*/checkout", URL, True),
        ("*", "*/carts/*/checkout", f"{URL}?a=b", True),
        ("*", "*/checkout?a=*", f"{URL}?a=b", True),
        ("*", "*/checkout?c=*", f"{URL}?a=b", False),
        ("*", "*/carts", URL, False),
        ("*", URL, URL, True),
        ("*", "/v1/customers/*", URL, True),
        ("*", "/v1/customers", URL, False),
        ("*", "/", "https://host", True),
        ("*", "/?size=*", "https://host?size=5", True),
        ("*", "https://host/*", URL, False),
        ("*", "https://api.*/checkout", URL.replace("//", "//user:word@") + "#part", True),
    ],
)
def test_which_requests_match(method, glob, url, fits):
    """A glob for the URL with or without its query, or for the path alone."""
    assert UrlPattern(method, glob).matches("GET", url) is fits


def test_the_first_simulation_that_is_not_used_up_answers():
    """And the last member of a sequence repeats."""
    with Simulator() as simulator:
        simulator(2006, status=403, times=2)
        simulator([429, simulator.ok()], url="*")
        assert [get().status_code for _ in range(5)] == [403, 403, 429, 200, 200]


def test_a_simulation_that_is_used_up_is_refused():
    """Its rule says so."""
    simulator = Simulator()
    simulator(800064, times=1)
    with pytest.raises(NotSimulatedError, match=r"simulated: \* \* \(used up\) -> 409 800064"), simulator:
        assert get() is not get()


def test_a_simulation_for_a_block():
    """It ends with the block, and it must be used there."""
    with Simulator() as simulator:
        simulator(800064)
        with simulator("html-502", url="*/checkout") as page:
            assert get().status_code == 409
            assert page.requests == []
            page.required = False
        with (
            pytest.raises(UnusedSimulationError, match=r"\* /orders -> html-502"),
            simulator("html-502", url="/orders"),
        ):
            get()


def test_an_answer_has_the_identifiers_of_its_request_and_the_date():
    """As the service echoes them."""
    with simulate(800064):
        response = get(headers={"MS-CorrelationId": "7", "MS-RequestId": "8"})
    assert (response.headers["MS-CorrelationId"], response.headers["MS-RequestId"]) == ("7", "8")
    sent = datetime.strptime(response.headers["Date"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - sent) < timedelta(minutes=5)


@pytest.mark.parametrize("wait", [0, "7", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_retry_after_is_that_of_the_errors(wait):
    """Of a sequence, the successes have none."""
    with simulate([429, "ok"], retry_after=wait):
        received = [get() for _ in range(2)]
    assert [each.headers.get("Retry-After") for each in received] == [str(wait), None]


def test_headers_are_set_and_left_out():
    """Whatever the spelling of their names."""
    with simulate(429, headers={"retry-after": None, "X-One": "1", "content-type": "text/plain"}):
        headers = get().headers
    assert "Retry-After" not in headers
    assert (headers["X-One"], headers["Content-Type"]) == ("1", "text/plain")


def test_a_response_to_head_has_no_body():
    """And keeps its headers."""
    with simulate(800064) as simulation:
        response = requests.head(URL, timeout=5)
    assert (response.status_code, response.content) == (409, b"")
    assert simulation.exchanges[0].body == b""


@pytest.mark.covered
@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_arrives_as_it_is(name):
    """Byte order marks, empty bodies, other encodings, and the reason phrase."""
    with simulate(name):
        response = get()
    assert (response.status_code, response.content, response.reason) == (
        SHAPES[name].status,
        SHAPES[name].body,
        SHAPES[name].reason,
    )


def test_an_unused_simulation_is_an_error():
    """Its message has what the client sent instead; required=False permits it."""
    simulator = Simulator()
    simulator(800064, method="POST", url="*/checkout")
    simulator("ok", url="*/orders")
    with pytest.raises(UnusedSimulationError) as caught, simulator:
        assert get("https://host/v1/orders?sig=Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA").ok
    assert str(caught.value) == (
        "the client sent no request for a simulation: POST */checkout -> 409 800064\n"
        "  it sent GET https://host/v1/orders?sig=***\n  required=False permits that"
    )
    with pytest.raises(UnusedSimulationError, match="it sent no request at all"), simulate(429):
        pass
    with simulate(429, required=False):
        pass


def test_an_error_of_the_test_comes_first():
    """The refused request is a note on it; a refusal has none on itself."""

    def hide_a_refusal():
        with pytest.raises(NotSimulatedError):
            get()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught, simulate(429, url="*/other"):
        hide_a_refusal()
    assert [each.partition("\n")[0] for each in caught.value.__notes__] == [f"nothing simulates GET {URL}"]
    with pytest.raises(NotSimulatedError) as refused, simulate(429, url="*/other"):
        get()
    assert not hasattr(refused.value, "__notes__")


def test_a_simulation_that_another_thread_has_used_up():
    """Between the two questions of a client: the request is refused."""
    with Simulator() as simulator:
        simulator(429, times=1)
        get()
        with pytest.raises(NotSimulatedError):
            simulator.reply(Request("GET", URL))
        simulator.unmatched.clear()


def test_tokens_are_simulated_by_name():
    """As the server answers them: each is another one, and a refusal."""
    url = "https://login.microsoftonline.com/contoso/oauth2/v2.0/token"
    with Simulator() as simulator:
        simulator(["token", "token", "invalid_grant"], url="*/oauth2/*")
        first, second, refused = (
            requests.post(url, {"grant_type": "client_credentials"}, timeout=5).json() for _ in range(3)
        )
    assert first["access_token"] != second["access_token"]
    assert refused["error"] == "invalid_grant"


def test_nothing_is_simulated_yet():
    """A simulator without a simulation refuses everything."""
    with pytest.raises(NotSimulatedError, match="nothing is simulated yet"), Simulator():
        get()


def test_requests_are_passed_through_on_request():
    """Then they are sent, and here refused by the machine."""
    options = {"url": "*/carts", "required": False, "pass_through": "http://127.0.0.1:9/*"}
    with simulate(429, **options), pytest.raises(requests.ConnectionError):
        get("http://127.0.0.1:9/v1")


def test_another_contract():
    """Its errors can be simulated, and those of the shipped one not."""
    page = "| Status | HTTP | Code | Text |\n|---|---|---|---|\n| Not found | 404 | 20000 | No such order |"
    with Simulator(Contract.from_page(page)) as simulator:
        simulator(20000)
        assert json.loads(get().content)["description"] == "No such order"
        with pytest.raises(UsageError, match="code 800064 is not in the catalogue"):
            simulator(800064)


def test_a_success_begins_with_a_byte_order_mark_on_request():
    """As those of the service do."""
    marked = ok({"items": []}, byte_order_mark=True, headers={"ETag": "7"})
    assert isinstance(marked, Exchange)
    with simulate(marked):
        response = get()
    assert response.content == b'\xef\xbb\xbf{"items": []}'
    assert response.headers["ETag"] == "7"
    with pytest.raises(UsageError, match="not the status of a success"):
        ok(status=404)


@pytest.mark.parametrize("value", [10**5000, object(), {(1, 2): 3}], ids=["huge", "object", "key"])
def test_a_success_has_a_body_that_json_can_express(value):
    """Any other is misuse."""
    with pytest.raises(UsageError, match=r"^the body cannot be written as JSON: "):
        ok(value)
