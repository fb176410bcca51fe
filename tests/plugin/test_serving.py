"""pc_server in a run: requests without a rule fail the test."""

import pytest

FAILURE = ["no rule matches GET /v1/orders", "  rules are: GET /v1/customers", "  add a rule for it; respond(*"]


@pytest.mark.parametrize("watch", [[], ["--pc-watch"]], ids=["plain", "watched"])
def test_a_request_without_a_rule_fails_the_test(pytester, watch):
    """With the rules, though the client ignores the 404; the 404 is not judged as an error of a gateway."""
    pytester.makepyfile(
        """
        import requests

        def test_a(pc_server):
            pc_server.fail("GET", "/v1/customers", 800064)
            requests.get(pc_server.url + "/v1/customers")
            requests.get(pc_server.url + "/v1/orders?size=20")

        def test_b(pc_server):
            pc_server.fail("GET", "/v1/customers", 800064)
            requests.get(pc_server.url + "/errors/800064")
        """
    )
    result = pytester.runpytest("-q", *watch)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*test_a*", *FAILURE], consecutive=True)
    result.stdout.no_fnmatch_line("*gateway-envelope*")
    result.stdout.no_fnmatch_line("*Error:*")


@pytest.mark.parametrize("kind", ["function", "unittest"])
def test_a_test_that_fails_itself_shows_the_request(pytester, kind):
    """In a section of its report."""
    function = """
        def test_a(pc_server):
            pc_server.fail("GET", "/v1/customers", 800064)
            assert requests.get(pc_server.url + "/v1/orders").json()["code"] == "800064"
    """
    unittest = """
        class TestA(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def server(self, pc_server):
                pc_server.fail("GET", "/v1/customers", 800064)
                self.url = pc_server.url

            def test_a(self):
                self.assertEqual(requests.get(self.url + "/v1/orders").json()["statusCode"], 409)
    """
    head = "        import unittest, pytest, requests\n"
    pytester.makepyfile(head + {"function": function, "unittest": unittest}[kind])
    result = pytester.runpytest("-q")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- Captured pcerrors call -*", *FAILURE], consecutive=True)


def test_a_rule_for_every_other_request_permits_them(pytester):
    """As the message advises."""
    pytester.makepyfile(
        """
        import requests

        def test_a(pc_server):
            pc_server.fail("GET", "/v1/customers", 800064)
            pc_server.respond("*", "/**", (404, b""))
            assert requests.get(pc_server.url + "/v1/orders").status_code == 404
        """
    )
    pytester.runpytest("-q").assert_outcomes(passed=1)
