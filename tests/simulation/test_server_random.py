"""Random errors for soak tests: how many, which, and that a seed repeats them."""

import pytest
import requests

from pytest_pcerrors import Contract, UsageError
from pytest_pcerrors.contract.catalogue import Catalogue
from pytest_pcerrors.simulation import SHAPES
from pytest_pcerrors.simulation.answers.factory import AnswerFactory
from pytest_pcerrors.simulation.server import ErrorServer
from pytest_pcerrors.simulation.server._answer_choice import RandomFaults


def answers(rate, seed, count=60):
    """Return the names of so many answers."""
    faults = RandomFaults(rate, seed, AnswerFactory(Contract.default()))
    assert faults.seed == seed
    return [faults.take().name for _ in range(count)]


@pytest.mark.covered
def test_a_seed_repeats_the_errors():
    """The same answers in the same order; another seed gives others."""
    first = answers(0.5, 7)
    assert answers(0.5, 7) == first
    assert answers(0.5, 8) != first
    assert 10 < first.count("200 ok") < 50


@pytest.mark.parametrize(("rate", "fewest", "most"), [(0, 0, 0), (0.1, 1, 20), (1, 60, 60), (1.0, 60, 60)])
def test_the_rate_is_the_share_of_errors(rate, fewest, most):
    """The others are successes."""
    assert fewest <= sum(each != "200 ok" for each in answers(rate, 7)) <= most


def test_each_kind_occurs_and_is_named():
    """Documented errors, shapes, and the gateway's 429."""
    names = {each.removesuffix(", at random") for each in answers(1, 7)}
    entries = {f"{entry.status} {entry.code}" for entry in Contract.default().catalogue}
    assert names <= entries | set(SHAPES)
    assert "gateway-429" in names
    assert len(names & entries) > 5
    assert len(names & set(SHAPES)) > 5


def test_rules_requests_and_the_page_come_first(server):
    """Only what nothing else answers gets a random error."""
    server.fail_at_random(1, 7)
    server.fail("GET", "/v1/customers", 800064)
    headers = {"X-PC-Error": "html-502"}
    came = [requests.get(server.url + path, headers=headers) for path in ("/v1/customers", "/v1/other")]
    came += [requests.get(server.url + path) for path in ("/", "/errors/800064", "/_pcerrors/rules")]
    came.append(requests.post(server.url + "/acme/oauth2/token", data={"grant_type": "password"}))
    assert [each.status_code for each in came] == [409, 502, 200, 409, 200, 200]
    requests.get(server.url + "/v1/other")
    assert server.requests[-1].answer.endswith(", at random")
    assert server.unmatched == []


def test_a_seed_is_chosen_if_none_is_given(server):
    """So that a run can be repeated."""
    seeds = {server.fail_at_random(0.1) for _ in range(5)}
    assert len(seeds) > 1
    assert all(isinstance(seed, int) for seed in seeds)


def test_a_contract_without_errors_has_shapes():
    """And the 429."""
    shipped = Contract.default()
    empty = Contract("Nothing", shipped.statuses, Catalogue(()), shipped.error_schema, shipped.members)
    with ErrorServer(empty) as server:
        server.fail_at_random(1, 7)
        for _ in range(20):
            requests.get(server.url + "/v1/a")
        assert {each.answer.removesuffix(", at random") for each in server.requests} <= {*SHAPES, "429"}


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan"), "0.1", True, None])
def test_a_rate_is_a_share(server, rate):
    """From 0 to 1."""
    with pytest.raises(UsageError) as caught:
        server.fail_at_random(rate)
    assert str(caught.value) == f"expected a rate of faults from 0 to 1, such as 0.1, got {rate!r}"


@pytest.mark.parametrize("seed", ["7", 1.5, True])
def test_a_seed_is_a_number(server, seed):
    """A whole one."""
    with pytest.raises(UsageError) as caught:
        server.fail_at_random(0.1, seed)
    assert str(caught.value) == f"expected the seed as a whole number, got {seed!r}"
