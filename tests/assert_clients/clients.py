"""Clients of the API: a careful one, a naive one, and the careful one with one published bug each."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from uuid import uuid4

from transports import Send, Wait

BASE = "https://api.partnercenter.microsoft.com/v1"
LOGIN = "https://login.microsoftonline.com/adatum.onmicrosoft.com/oauth2/v2.0/token"
RETRIED = (429, 502, 503, 504)
TRIES = 4


class ServiceError(Exception):
    """An error of the service, with everything that it said."""

    def __init__(self, status, code=None, description=None, correlation_id=None, retry_after=None):
        super().__init__(f"{status} {code}: {description} (correlation {correlation_id})")
        self.status = status
        self.code = code
        self.description = description
        self.correlation_id = correlation_id
        self.retry_after = retry_after


class Careful:
    """Waits as the service asks, renews its token, gives up in the end, and raises for everything that is not a list of customers."""

    def customers(self):
        """Return the customers; this is a generator of requests and waits."""
        headers = {"Authorization": f"Bearer {(yield from self.token())}", "MS-RequestId": str(uuid4())}
        for number in count(1):
            response = yield Send("GET", f"{BASE}/customers", self.headers(headers))
            if response.status == 401 and self.renews(number):
                headers["Authorization"] = f"Bearer {(yield from self.renewed(headers))}"
            elif self.retries(response.status) and self.goes_on(number):
                yield Wait(self.seconds(response, number))
            else:
                break
        return self.result(response)

    def token(self):
        """Return a new token."""
        response = yield Send("POST", LOGIN, data={"grant_type": "client_credentials"})
        return json.loads(response.body)["access_token"]

    def renews(self, number):
        """Return whether a 401 is answered with another token."""
        return number == 1

    def renewed(self, headers):
        """Return a token after a 401."""
        return (yield from self.token())

    def headers(self, headers):
        """Return the headers of a try."""
        return headers

    def retries(self, status):
        """Return whether a status may be retried."""
        return status in RETRIED

    def goes_on(self, number):
        """Return whether there is one more try after this one."""
        return number < TRIES

    def seconds(self, response, number):
        """Return how long to wait for the next try."""
        value = response.headers.get("Retry-After")
        if value is None:
            return 2**number
        if value.isdigit():
            return int(value)
        return max(0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())

    def result(self, response):
        """Return the customers of a response, or raise its error."""
        try:
            document = json.loads(response.body.decode("utf-8-sig"))
        except ValueError:
            document = None
        if not self.is_success(response, document):
            raise self.error(response, document if isinstance(document, dict) else {})
        return document["items"]

    def is_success(self, response, document):
        """Return whether a response has customers."""
        return response.status == 200 and isinstance(document, dict) and "items" in document

    def error(self, response, document):
        """Return the error of a response."""
        code = document.get("code")
        return ServiceError(
            response.status,
            code if code is None else str(code),
            document.get("description", document.get("message")),
            response.headers.get("MS-CorrelationId"),
            Careful.seconds(self, response, 1) if "Retry-After" in response.headers else None,
        )


class Naive(Careful):
    """Sends one request, and takes what comes."""

    def customers(self):
        """Return the customers."""
        response = yield Send("GET", f"{BASE}/customers")
        return json.loads(response.body).get("items")


class ReturnsNone(Careful):
    """Returns nothing for an error of the caller, as 131 generated operations of a published client do."""

    def result(self, response):
        """Return the customers, or None."""
        return None if 400 <= response.status <= 404 else super().result(response)


class LosesCode(Careful):
    """Raises an error without the code and the correlation id."""

    def error(self, response, document):
        """Return an error with the status alone."""
        return ServiceError(response.status)


class NeverGivesUp(Careful):
    """Joins its conditions to stop with "and", so that a 429 is never one."""

    def goes_on(self, number):
        """Go on."""
        return True


class IgnoresRetryAfter(Careful):
    """Waits its own time."""

    def seconds(self, response, number):
        """Return a short time."""
        return 2**number / 10


class WaitsMilliseconds(Careful):
    """Takes the seconds for milliseconds."""

    def seconds(self, response, number):
        """Return a thousandth."""
        return super().seconds(response, number) / 1000


class IgnoresDates(Careful):
    """Reads Retry-After as a number only."""

    def seconds(self, response, number):
        """Return the number of seconds, or a short time."""
        value = response.headers.get("Retry-After", "1")
        return int(value) if value.isdigit() else 1


class SendsOldToken(Careful):
    """Sends the refused token again after a 401."""

    def renewed(self, headers):
        """Return the same token, after a request for a new one."""
        yield from self.token()
        return headers["Authorization"].removeprefix("Bearer ")


class RetriesConflicts(Careful):
    """Retries everything that is not a success."""

    def retries(self, status):
        """Retry it."""
        return status >= 400 and status != 401


class NewRequestId(Careful):
    """Sends a new MS-RequestId with each try, so that the service may do the same thing twice."""

    def headers(self, headers):
        """Return headers with a new identifier."""
        return {**headers, "MS-RequestId": str(uuid4())}


class OneRequestId(Careful):
    """Sends the same MS-RequestId with every call."""

    def headers(self, headers):
        """Return headers with a constant identifier."""
        return {**headers, "MS-RequestId": "3fa85f64-5717-4562-b3fc-2c963f66afa6"}


class TrustsStatus(Careful):
    """Takes any 200 for a success, also one that holds an error."""

    def result(self, response):
        """Return the document of a 200."""
        return json.loads(response.body.decode("utf-8-sig")) if response.status < 300 else super().result(response)


class ReturnsPages(Careful):
    """Returns the text of a 200 that is not JSON, such as the page of a proxy."""

    def result(self, response):
        """Return the text if there is no document."""
        return (
            response.body.decode() if response.status == 200 and response.body[:1] == b"<" else super().result(response)
        )
