"""`assert_errors_surface`: which clients pass, and what is found about the others."""

import asyncio
import time

import aiohttp
import httpx
import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from pytest_pcerrors import Contract, UsageError, assert_errors_surface, assert_pc_success
from pytest_pcerrors.clients import ClientViolation
from pytest_pcerrors.policy.check import Context, Observer, within
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.simulation import SHAPES, ok

pytestmark = pytest.mark.usefixtures("few_modules")

URL = "https://api.partnercenter.microsoft.com/v1/customers/7"
TOKEN = "https://login.microsoftonline.com/contoso/oauth2/v2.0/token"
SHIPPED = Contract.default()
FEW = {(404, "1000"), (404, "20000"), (404, "800076"), (409, "800064"), (409, "27009"), (501, "0")}
SMALL = Contract.of_document(
    {**SHIPPED.document(), "entries": [entry.row for entry in SHIPPED.catalogue if entry.pairing in FEW]}
)
IN_SUCCESSES = {name for name in SHAPES if name.startswith("error-in-success")}


class ApiError(Exception):
    """The error of a client, with everything that the response says."""

    def __init__(self, response):
        super().__init__(f"{response.status_code}: {response.text}")
        self.headers = response.headers


def careful(response):
    """Return what a response of requests or httpx has; raise an error for everything else."""
    try:
        assert_pc_success(response)
        return response.json() if isinstance(response, httpx.Response) else decoded(response)
    except (AssertionError, ValueError) as error:
        raise ApiError(response) from error


def decoded(response):
    """Return the JSON of a response of requests, which does not know byte order marks."""
    response.encoding = "utf-8-sig"
    return response.json()


def by_requests():
    """Ask with requests."""
    return careful(SESSION.get(URL, timeout=5))


def by_httpx():
    """Ask with httpx, by a client for all calls."""
    return careful(CLIENT.get(URL))


async def by_httpx_asynchronously():
    """Ask with httpx in an event loop."""
    async with httpx.AsyncClient(verify=False) as client:
        return careful(await client.get(URL))


async def by_aiohttp():
    """Ask with aiohttp."""
    async with aiohttp.ClientSession() as session, session.get(URL) as response:
        body = (await response.read()).decode("utf-8-sig")
        assert_pc_success(response)
        if not body.startswith("{"):
            raise ValueError(f"{response.status}: {body}")
        return body


SESSION = requests.Session()
SESSION.trust_env = False  # the variables of the environment take longer to read than the response
CLIENT = httpx.Client(verify=False)


def matrix_of(call, contract=SMALL, **options):
    """Return the rows of a matrix by their names, and the message of the assertion, empty if it passes."""
    found = []
    context, observer = Context(Policy(contract)), Observer()
    observer.on_matrix = found.append
    context.observers.append(observer)
    message = ""
    with within(context):
        try:
            assert_errors_surface(call, **options)
        except ClientViolation as error:
            message = str(error)
    return {row["case"]: row for row in found[0]["rows"]}, message


def wrong(rows):
    """Return the names of the rows with a wrong case."""
    return {name for name, row in rows.items() if row["wrong"]}


@pytest.mark.libraries
@pytest.mark.covered
@pytest.mark.parametrize(
    ("call", "contract"),
    [(by_requests, SHIPPED), (by_httpx, SMALL), (by_httpx_asynchronously, SMALL), (by_aiohttp, SMALL)],
    ids=["requests", "httpx", "httpx asynchronously", "aiohttp"],
)
def test_a_careful_client_passes(call, contract):
    """Whatever its HTTP library; every documented error and every shape is a case."""
    rows, message = matrix_of(call, contract)
    assert message == ""
    assert sum(row["cases"] for row in rows.values() if row["status"] >= 400) == len(contract.pairings) + sum(
        shape.status >= 400 and name != "head-404" for name, shape in SHAPES.items()
    )
    assert {name for name, row in rows.items() if row["status"] < 300} == {
        *IN_SUCCESSES,
        "html-200",
        "resource-200",
        "resource-200 with byte order mark",
        "collection-200",
        "collection-200 with byte order mark",
    }


@pytest.mark.covered
def test_asynchronous_calls_share_a_loop():
    """So they can share a client."""
    clients = []

    async def call():
        clients.append(clients[0] if clients else aiohttp.ClientSession())
        async with clients[0].get(URL) as response:
            response.raise_for_status()
        if len(clients) > 1:
            raise ValueError

    rows, _ = matrix_of(call)
    assert rows["404 documented"]["outcome"] == {"raised ClientResponseError": 3}
    assert rows["404 documented"]["id"] == {"kept": 3}
    asyncio.run(clients[0].close())


@pytest.mark.covered
def test_none_for_a_status_is_found():
    """The message counts, names the status as a whole, and says what the call returned and what the service sent."""

    def call():
        response = SESSION.get(URL, timeout=5)
        return None if response.status_code == 404 else careful(response)

    rows, message = matrix_of(call)
    assert wrong(rows) == {"404 documented", "numeric-code-404", "gateway-404", "byte-order-mark-404"}
    assert rows["404 documented"]["outcome"] == {"returned None": 3}
    lines = message.splitlines()
    assert lines[0] == "6 of 44 errors look like a success:"
    assert lines[1] == "  all 3 of 404 documented, such as 404-1000: returned None"
    assert lines[2].startswith('    for 404, body: {"code": "1000", ')
    assert "fix: raise an exception for every status from 400 on" in message
    assert "is_failure=" in message
    assert "looks like" not in message


def test_errors_inside_successes_are_found():
    """A client that looks only at the status takes them for success; the fix is another one."""

    def call():
        response = httpx_response()
        response.raise_for_status()
        return response.json()

    def httpx_response():
        return CLIENT.get(URL)

    rows, message = matrix_of(call)
    assert wrong(rows) == IN_SUCCESSES
    assert "fix: look for errors in the body of a success too" in message
    assert "from 400 on" not in message


def test_a_page_instead_of_json_is_found():
    """A sign-in page of a proxy, with status 200."""
    rows, message = matrix_of(lambda: CLIENT.get(URL).raise_for_status().text)
    assert wrong(rows) == {*IN_SUCCESSES, "html-200"}
    assert "fix: raise an exception for a success that is not JSON" in message


def test_a_result_may_be_the_failure():
    """`is_failure` decides about what the call returns."""

    def call():
        try:
            return by_requests(), None
        except ApiError as error:
            return None, str(error)

    rows, message = matrix_of(call, is_failure=lambda result: result[1] is not None)
    assert message == ""
    assert rows["409 documented"]["outcome"] == {"failed: returned tuple": 2}
    assert rows["409 documented"]["code"] == {"kept": 2}
    assert len(wrong(matrix_of(call)[0])) == len(rows) - 4


def test_the_violations_of_a_client():
    """Each misread case is one."""
    with within(Context(Policy(SMALL))), pytest.raises(ClientViolation) as caught:
        assert_errors_surface(lambda: SESSION.get(URL, timeout=5).status_code)
    assert {each.rule for each in caught.value.violations} == {"looks-like-success"}
    assert len(caught.value.violations) == 44


@pytest.mark.covered
def test_a_client_that_always_raises_does_not_pass():
    """If it is known what the call expects; otherwise it may have raised for a body that it does not expect."""

    def call():
        raise ApiError(SESSION.get(URL, timeout=5))

    rows, message = matrix_of(call)
    assert (wrong(rows), message) == (set(), "")
    assert rows["resource-200"]["outcome"] == {"raised ApiError": 1}
    rows, message = matrix_of(call, success=ok([]))
    assert wrong(rows) == {"success-200", "success-200 with byte order mark"}
    assert message.startswith("2 of 2 successes look like a failure:\n  success-200: raised ApiError: 200: []")
    assert "fix: return normally for a success" in message


def test_the_success_that_a_call_expects():
    """It replaces the usual ones, and begins with a byte order mark in the second case."""

    def call():
        response = SESSION.get(URL, timeout=5)
        if not response.ok:
            raise ApiError(response)
        return response.json()["a"]["b"]

    rows, message = matrix_of(call, success=ok({"a": {"b": 1}}))
    assert {name for name in rows if "success-200" in name and rows[name]["wrong"]} == {
        "success-200 with byte order mark"
    }
    assert "utf-8-sig" in message
    assert "success-204" in matrix_of(call, success=(204, b""))[0]
    with pytest.raises(UsageError, match="success: expected a response with a status from 200 to 299, got 404"):
        assert_errors_surface(call, success=(404, b""))
    for body in ({"a": 1}, [7], "text"):
        with pytest.raises(UsageError, match=r"^success: (?s:.)*; for a body, write ok\(body\)"):
            assert_errors_surface(call, success=body)


def test_a_crash_is_a_failure_but_not_an_error_of_the_client():
    """It surfaces, and loses what the service sent; an own class that inherits from KeyError is not a crash."""

    class NotFoundError(KeyError):
        pass

    def call():
        response = SESSION.get(URL, timeout=5)
        if response.status_code == 404:
            raise NotFoundError(response.text)
        return response.json()["items"]

    rows, _ = matrix_of(call, success=ok({"items": []}))
    assert rows["409 documented"]["outcome"] == {"crashed KeyError": 2}
    assert rows["409 documented"]["code"] == {"lost": 2}
    assert rows["404 documented"]["outcome"] == {"raised NotFoundError": 3}
    assert rows["html-502"]["outcome"] == {"crashed JSONDecodeError": 1}
    assert rows["error-in-success-order-201"]["code"] == {"lost": 1}


@pytest.mark.covered
def test_what_is_kept():
    """The code and an identifier, in the text, an attribute, a header or the cause; the response of the library does not count."""

    class OnlyTextError(Exception):
        pass

    def raising(make):
        def call():
            response = SESSION.get(URL, timeout=5)
            if not response.ok:
                make(response)
            return careful(response)

        row = matrix_of(call)[0]["409 documented"]
        return next(iter(row["code"])), next(iter(row["id"]))

    def text(response):
        raise OnlyTextError(response.text)

    def cause(response):
        raise RuntimeError("failed") from ApiError(response)

    def library(response):
        response.raise_for_status()

    assert raising(text) == ("kept", "lost")
    assert raising(cause) == ("kept", "kept")
    assert raising(library) == ("lost", "lost")
    rows, _ = matrix_of(lambda: CLIENT.get(URL), is_failure=lambda response: response.is_error)
    assert rows["409 documented"]["code"] == rows["409 documented"]["id"] == {"response": 2}
    assert rows["gateway-404"]["id"] == rows["501 documented"]["code"] == {"-": 1}


@pytest.mark.covered
def test_waits_are_recorded_and_not_slept():
    """A client that waits long enough, one that does not, and one that does not try again."""

    def waiting(seconds, tries=3):
        def call():
            for _ in range(tries):
                response = SESSION.get(URL, timeout=5)
                if response.status_code not in {429, 503}:
                    break
                time.sleep(seconds)
            return careful(response)

        rows, message = matrix_of(call)
        assert message == ""
        return [next(iter(rows[name]["waited"])) for name in ("gateway-429", "html-503", "gateway-404")]

    start = time.perf_counter()
    assert waiting(41) == ["waited", "waited", "-"]
    assert waiting(30) == ["too short", "waited", "-"]
    assert waiting(0, tries=1) == ["no retry", "no retry", "-"]
    assert time.perf_counter() - start < 41


def test_the_retries_of_urllib3_are_recorded():
    """They are those of requests."""
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=Retry(2, status_forcelist=[429, 500], backoff_factor=60)))
    rows, message = matrix_of(lambda: careful(session.get(URL, timeout=5)))
    assert message == ""
    assert rows["gateway-429"]["waited"] == {"waited": 1}
    assert rows["empty-500"]["waited"] == {"retried": 1}


@pytest.mark.parametrize("caught", [ValueError, BaseException])
def test_a_client_that_never_gives_up_is_stopped(caught):
    """That is not a success; also if the client hides what stopped it."""

    async def call():
        while True:
            async with httpx.AsyncClient(verify=False) as client:
                try:
                    response = await client.get(URL)
                except caught as error:
                    raise ApiError(httpx.Response(500)) from error
            if response.status_code != 429:
                return careful(response)
            await asyncio.sleep(41)

    rows, message = matrix_of(call)
    assert message == ""
    assert rows["gateway-429"]["outcome"] == {"never gives up": 1}
    assert rows["gateway-429"]["waited"] == {"waited": 1}


@pytest.mark.covered
def test_token_endpoints_are_answered():
    """A client that gets a token first can be tested; every token is another one."""
    tokens = set()

    def call():
        token = SESSION.post(TOKEN, data={"grant_type": "client_credentials"}, timeout=5).json()
        assert token["expires_in"] > 0
        tokens.add(token["access_token"])
        return careful(SESSION.get(URL, headers={"Authorization": f"Bearer {token['access_token']}"}, timeout=5))

    rows, message = matrix_of(call)
    assert message == ""
    assert len(tokens) == sum(row["cases"] for row in rows.values())


def test_head_has_no_body():
    """Errors that only a body shows are left out, and the one that was observed with HEAD is not."""
    rows, message = matrix_of(lambda: CLIENT.head(URL).raise_for_status())
    assert message == ""
    assert "head-404" in rows
    assert not {*IN_SUCCESSES, "html-200"} & rows.keys()


def test_a_documented_error_with_the_status_of_a_success():
    """Newer pages have some; it is an error like the others, except for HEAD."""
    rows = [{"status": 200, "code": "800064", "descriptions": ["Busy"]}]
    contract = Contract.of_document(SHIPPED.document() | {"entries": rows})
    assert matrix_of(by_httpx, contract)[0]["200 documented"]["outcome"] == {"raised ApiError": 1}
    assert "200 documented" not in matrix_of(lambda: CLIENT.head(URL).raise_for_status(), contract)[0]


def test_a_call_without_a_request_is_misuse():
    """The message says what the call did instead, and how many tokens it got."""

    def only_token():
        return SESSION.post(TOKEN, {"grant_type": "client_credentials"}, timeout=5).status_code

    with pytest.raises(UsageError, match=r"case resource-200: the call sent no request .*\(returned 7\)\n.* 0 token"):
        assert_errors_surface(lambda: 7)
    with pytest.raises(UsageError, match=r"\(returned 200\)\nit sent 1 token request;"):
        assert_errors_surface(only_token)


def test_misuse():
    """Arguments that are no functions, and a predicate that fails."""
    with pytest.raises(UsageError, match="expected a function without arguments"):
        assert_errors_surface(7)
    with pytest.raises(UsageError, match="is_failure: expected a function"):
        assert_errors_surface(by_requests, is_failure=7)
    with pytest.raises(ZeroDivisionError) as raised:
        assert_errors_surface(by_requests, is_failure=lambda _: 1 / 0)
    assert raised.value.__notes__ == ["in the case resource-200"]
    with pytest.raises(UsageError, match="of the call"):
        assert_errors_surface(misused)


def misused():
    """Misuse this package."""
    raise UsageError("of the call")


def test_errors_that_a_call_cannot_receive():
    """They are named, by name, row or glob, and are no cases."""

    def call():
        return CLIENT.get(URL).raise_for_status().json()

    rows, message = matrix_of(call, without=["error-in-success-*", "404 documented", "409-800064"])
    assert message == ""
    assert "404 documented" not in rows
    assert rows["409 documented"]["cases"] == 1
    assert matrix_of(call, without="error-in-success-*")[1] == ""
    with pytest.raises(UsageError, match=r'without: there is no case "gateway-405"; did you mean "gateway-40[0-9]"'):
        assert_errors_surface(call, without=["gateway-405"])
    with pytest.raises(UsageError, match="without: expected names of cases"):
        assert_errors_surface(call, without=[404])


def test_the_contract_is_that_of_the_run():
    """Its catalogue is what the client gets."""
    assert {name: row["cases"] for name, row in matrix_of(by_httpx)[0].items() if "documented" in name} == {
        "404 documented": 3,
        "409 documented": 2,
        "501 documented": 1,
    }


@pytest.mark.covered
@pytest.mark.parametrize("kind", [SystemExit, type("OwnError", (BaseException,), {})], ids=lambda kind: kind.__name__)
def test_an_exception_that_is_not_an_error_counts(kind):
    """As of a command line tool."""

    def call():
        if not SESSION.get(URL, timeout=5).ok:
            raise kind(3)

    assert matrix_of(call)[0]["409 documented"]["outcome"] == {f"raised {kind.__name__}": 2}


@pytest.mark.parametrize("without", [None, 3, "*"])
def test_what_cannot_be_left_out(without):
    """Something that has no names, and everything."""
    with pytest.raises(UsageError, match="without: "):
        assert_errors_surface(lambda: SESSION.get(URL, timeout=5), without=without)


def test_a_generator_is_misuse():
    """It sends nothing before it is used."""

    def call():
        yield SESSION.get(URL, timeout=5)

    with pytest.raises(UsageError, match="the call returned a generator"):
        assert_errors_surface(call)
