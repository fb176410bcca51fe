"""Show what two published Python clients of the Partner Center API make of every error: a matrix each, and how they retry.

It needs both, in an environment of their own, because they ask for old versions of their dependencies::

    pip install pytest-pcerrors[clients] msrestazure azure-identity "pydantic<2"
    pip install --no-deps ms-partner-tools==0.1.1 partnercenterservices==0.1.2
    python benchmarks/published_clients.py

Nothing is sent over the network. Without them, it shows a client of a few lines.
"""

import logging
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from time import process_time

import requests

from pytest_pcerrors import assert_errors_surface, assert_retries
from pytest_pcerrors.policy.check import Context, Observer, current, within
from pytest_pcerrors.reporting.matrix import as_text
from pytest_pcerrors.simulation import ok

SUCCESS = ok({"totalCount": 0, "items": []})


def few_lines() -> object:
    """Return the customers, as the first version of many clients does."""
    response = requests.get("https://api.partnercenter.microsoft.com/v1/customers", timeout=30)
    return response.json() if response.ok else None


def partner_tools() -> Callable[[], object]:
    """Return a call of ms-partner-tools 0.1.1."""
    from partner_tools.clients.api import ApiClient  # type: ignore[import-not-found]
    from partner_tools.services.customer import CustomerService  # type: ignore[import-not-found]

    class Authorized:
        """Sign in with a token that is known."""

        def get_request_auth(self) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
            """Return a function that adds the token to a request."""
            return authorized

    service = CustomerService(ApiClient(Authorized()))
    call: Callable[[], object] = service.get_customers
    return call


def authorized(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Add a token to a request."""
    request.headers["Authorization"] = "Bearer simulated"
    return request


def partner_center_services() -> Callable[[], object]:
    """Return a call of partnercenterservices 0.1.2."""
    from microsoft.store.partnercenterservices import MicrosoftPartnerStoreApis  # type: ignore[import-not-found]
    from msrest.authentication import BasicTokenAuthentication  # type: ignore[import-not-found]

    apis = MicrosoftPartnerStoreApis(BasicTokenAuthentication({"access_token": "simulated"}))
    return lambda: apis.getvversioncustomerscustomer.value("7", "1")


def calls() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the call of each client that is installed."""
    yield "a client of a few lines", few_lines
    if find_spec("partner_tools"):
        yield "ms-partner-tools 0.1.1", partner_tools()
    if find_spec("msrest") and find_spec("microsoft"):
        yield "partnercenterservices 0.1.2", partner_center_services()


def main() -> None:
    """Print the matrix of each client, and what `assert_retries` finds."""
    logging.getLogger().addHandler(logging.NullHandler())
    context, observer = Context(current().policy), Observer()
    observer.on_matrix = lambda matrix: print(as_text(matrix))
    context.observers.append(observer)
    with within(context), warnings.catch_warnings(action="ignore"):
        for name, call in calls():
            start = process_time()
            print(f"\n{name}\n{'=' * len(name)}")
            for check in (lambda call: assert_errors_surface(call, success=SUCCESS), assert_retries):
                try:
                    check(call)
                except AssertionError as error:
                    print(f"\n{error}")
            print(f"\nchecked in {process_time() - start:.2f} s")


if __name__ == "__main__":
    main()
