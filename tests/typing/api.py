"""Code as users write it, which a strict type checker must accept. It is checked, and not run."""

import re
from collections.abc import Iterator
from typing import assert_type

import httpx
import pytest
import requests

from pytest_pcerrors import (
    Catalogue,
    Contract,
    ContractViolation,
    Entry,
    Exchange,
    PcError,
    PcErrorsWarning,
    Request,
    UsageError,
    Violation,
    assert_errors_surface,
    assert_pc_error,
    assert_pc_success,
    assert_preserved,
    assert_retries,
    check,
    read_archive,
)
from pytest_pcerrors.clients import ClientViolation
from pytest_pcerrors.live.session import ServiceSession
from pytest_pcerrors.simulation import SHAPES, Mutant, mutants, ok, synthesize
from pytest_pcerrors.simulation.server import ErrorServer, Received


def expects_an_error(response: requests.Response, other: httpx.Response) -> None:
    """Use every form of every expectation."""
    error = assert_pc_error(response, 800064)
    assert_type(error, PcError)
    assert_type(error.code, str | None)
    assert_type(error.status, int)
    assert_type(error.entry, Entry | None)
    assert_type(error.retry_after, int | None)
    assert_type(error.retryable, bool)
    assert_pc_error(response)
    assert_pc_error(other, "800064", status=409, description="Busy", source="PartnerFD", data=[], profile="observed")
    assert_pc_error(
        other, [800064, "800061"], status={400, 409}, description=re.compile("cart"), contract=Contract.default()
    )
    assert_pc_error(other, {800064}, source=re.compile("^Partner"))


def expects_a_success(response: requests.Response) -> None:
    """Use what returns nothing."""
    assert_pc_success(response)
    assert_pc_success((201, b"{}"))
    assert_pc_success({"status": 200, "body": "{}"})


def looks_at_violations(response: object) -> list[str]:
    """Use findings as data."""
    violations = check(response, contract=Contract.load("contract.json"), profile="documented")
    assert_type(violations, list[Violation])
    return [
        f"{each.rule} {each.severity} {each.pointer} {each.expected} {each.actual} {each.hint}" for each in violations
    ]


def catches(response: object) -> tuple[Violation, ...]:
    """Catch what the verbs raise."""
    with pytest.raises(ContractViolation) as raised:
        assert_pc_error(response, 0)
    failure: AssertionError = raised.value
    assert failure.args
    with pytest.raises(UsageError):
        check(42)
    with pytest.warns(PcErrorsWarning):
        assert_pc_error(raised)
    return raised.value.violations


def looks_at_a_client(response: requests.Response) -> None:
    """Use what judges a client, with paths and functions, synchronous and not."""
    with pytest.raises(requests.HTTPError) as caught:
        response.raise_for_status()
    assert_preserved(
        caught, response, code="args.0", description=str, correlation_id=lambda error: error.response.headers["MS-CV"]
    )
    assert_preserved({"id": 7}, Exchange.of(response), request_id="id", retry_after="id")

    async def call() -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.get("https://api.partnercenter.microsoft.com/v1/customers")

    with pytest.raises(ClientViolation) as failed:
        assert_retries(call, also={408, 500}, max_tries=5)
    assert_type(failed.value.violations, tuple[Violation, ...])
    assert_retries(lambda: requests.get("https://api.partnercenter.microsoft.com/v1/customers", timeout=5), also=[412])


def reads_the_promise(contract: Contract) -> int:
    """Read the contract and its catalogue."""
    catalogue = contract.catalogue
    assert_type(catalogue, Catalogue)
    assert_type(contract.pairings, frozenset[tuple[int | None, str]])
    assert_type(catalogue["800064"], tuple[Entry, ...])
    texts = [text for entry in catalogue for text in entry.templates]
    found = [entry.description for entry in (*catalogue.find("cart"), *catalogue.select(status=409))]
    contract.save("contract.json")
    return len(texts) + len(found) + len(catalogue)


def reads_recordings() -> list[bytes]:
    """Read archives, and make exchanges."""
    exchanges = read_archive("cassettes")
    assert_type(exchanges, Iterator[Exchange])
    request = Request("GET", "https://api.partnercenter.microsoft.com/v1/customers", {"Accept": "application/json"})
    broken = list(mutants(Contract.default().catalogue["800064"][0], rule="code-type"))
    assert_type(broken, list[Mutant])
    own = Exchange(409, [("Set-Cookie", "a=1")], b"{}", request, "Conflict", "here.yaml:1")
    made = synthesize(2006, status=403, seed=7)
    assert_type(own.header("Retry-After"), str | None)
    return [each.body for each in (*exchanges, *(each.exchange for each in broken), own, made, Exchange.of((404, b"")))]


@pytest.mark.pc_cassette("shared/busy", record="once")
def asks_a_server(pc_server: ErrorServer, pc_session: ServiceSession) -> list[str]:
    """Set up faults, ask, and look at what was asked."""
    pc_server.fail("POST", "/v1/customers/*/carts/*/checkout", code=800064, times=2)
    pc_server.fail("*", "/**", status=503, delay=0.5, cut=20, chunked=True)
    pc_server.sequence(429, 429, "ok", retry_after=1)
    pc_server.shape("gateway-429", reset=True)
    pc_server.respond("GET", "/v1/*", SHAPES["gateway-429"])
    pc_server.read_rules("rules.toml", on_problem=print)
    pc_server.issue_tokens(lifetime=2, required=True)
    assert_type(pc_server.fail_at_random(0.1, seed=7), int)
    assert_type(pc_session.post("/v1/customers/7/carts/8/checkout", json={}), requests.Response)
    received: list[Received] = pc_server.requests_to("POST", "/v1/**")
    return [f"{each.method} {each.path}" for each in (*received, *pc_server.requests)]


def shows_its_errors(client: httpx.AsyncClient) -> None:
    """Test a client, synchronous or not."""

    def customer() -> dict[str, str] | None:
        return None

    async def later() -> int:
        return (await client.get("https://api.partnercenter.microsoft.com/v1/customers")).status_code

    assert_errors_surface(customer)
    assert_errors_surface(customer, is_failure=lambda result: result is None, success=ok({"items": []}))
    assert_errors_surface(later, is_failure=lambda status: status >= 400, without="error-in-success-*")
