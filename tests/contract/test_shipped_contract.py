"""The shipped contract agrees with the documentation page."""

from collections import Counter

import pytest

from pytest_pcerrors.contract.model import Contract

PLACEHOLDERS = {
    (400, "2006"): "{0}",
    (400, "2011"): "{0}",
    (400, "2100"): "{0}",
    (400, "600050"): "{0}",
    (400, "800040"): "{0} {1}",
    (400, "800063"): "{0} {1}",
    (400, "800065"): "{0}",
    (400, "900102"): "{0} {1}",
    (400, "900110"): "{0}",
    (400, "900111"): "{0} {1}",
    (400, "900117"): "{0}",
    (400, "900126"): "{0} {1}",
    (400, "900143"): "{0} {1} {3}",
    (403, "20002"): "{0} {1}",
    (403, "800073"): "{0}",
    (403, "800074"): "{0}",
    (403, "800075"): "{0}",
    (403, "800088"): "{0} {1} {2}",
    (403, "800089"): "{0} {1}",
    (403, "900124"): "{0} {1}",
    (403, "900137"): "{0}",
    (403, "900138"): "{0} {1}",
    (403, "900149"): "{0}",
    (404, "20003"): "{0}",
    (404, "900140"): "{0} {1}",
    (409, "800064"): "{0}",
    (409, "900101"): "{0}",
    (409, "900104"): "{0}",
    (409, "900109"): "{0}",
    (409, "900112"): "{0}",
    (409, "900113"): "{0}",
    (409, "900114"): "{0}",
    (500, "800084"): "{0}",
}


@pytest.fixture(scope="module")
def contract():
    """Give the shipped contract."""
    return Contract.default()


def test_there_is_one_shipped_contract(contract):
    """The shipped contract is read once and shared."""
    assert Contract.default() is contract


def test_every_pairing_of_the_page_is_there_once(contract):
    """The page pairs 162 codes with statuses in 163 ways."""
    assert (len(contract.catalogue), len(contract.pairings), len(contract.catalogue.codes)) == (163, 163, 162)


def test_each_status_has_its_pairings(contract):
    """The number of pairings of each status is that of the page, without repeated rows."""
    counts = Counter(entry.status for entry in contract.catalogue)
    assert counts == {400: 86, 401: 2, 403: 38, 404: 16, 409: 10, 417: 1, 500: 9, 501: 1}
    assert contract.paired_statuses == set(counts)


def test_every_listed_or_paired_status_has_its_reason_phrase(contract):
    """Fourteen statuses are listed, and 417 is only in the table."""
    assert contract.statuses == {
        400: "Bad Request",
        401: "Unauthorized",
        403: "Forbidden",
        404: "Not Found",
        405: "Method Not Allowed",
        406: "Not Acceptable",
        409: "Conflict",
        412: "Precondition Failed",
        417: "Expectation Failed",
        429: "Too Many Requests",
        500: "Internal Server Error",
        501: "Not Implemented",
        502: "Bad Gateway",
        503: "Service Unavailable",
        504: "Gateway Timeout",
    }


@pytest.mark.parametrize(
    ("code", "statuses"),
    [("2006", [400, 403]), ("0", [501]), ("400", [401]), ("20000", [404]), ("800036", [417])],
)
def test_the_treacherous_codes_are_right(contract, code, statuses):
    """One code has two statuses, one is 0, one looks like a status, and 20000 is not 20.000."""
    assert [entry.status for entry in contract.catalogue[code]] == statuses


def test_codes_are_digits_only(contract):
    """No code has a thousands separator or a leading zero, except 0 itself."""
    assert [code for code in contract.catalogue.codes if not code.isdecimal() or str(int(code)) != code] == []


def test_placeholders_are_those_of_the_page(contract):
    """Each template has the placeholders of its row on the page, and no other."""
    found = {entry.pairing: " ".join(sorted(entry.placeholders)) for entry in contract.catalogue if entry.placeholders}
    assert found == PLACEHOLDERS


def test_nothing_but_placeholders_is_in_braces(contract):
    """Braces in templates are always parts of placeholders."""
    braces = [entry for entry in contract.catalogue if sum(each.count("{") for each in entry.templates)]
    assert {entry.pairing for entry in braces} == set(PLACEHOLDERS)


def test_four_codes_have_two_templates(contract):
    """If the page gives a code two texts, both are templates; all other codes have one."""
    assert {entry.code: len(entry.templates) for entry in contract.catalogue if len(entry.templates) > 1} == {
        "600002": 2,
        "600049": 2,
        "600050": 2,
        "600051": 2,
    }


def test_templates_fit_the_error_schema(contract):
    """Every template is a description that the contract itself accepts: 1 to 1024 characters, on one line."""
    templates = [template for entry in contract.catalogue for template in entry.templates]
    assert all(1 <= len(template) <= 1024 and template.strip() == template for template in templates)
    assert all(template.isprintable() and template.isascii() for template in templates)


def test_the_hosts_are_the_two_of_the_documentation(contract):
    """The service has one host, and another one in China."""
    assert contract.hosts == ("api.partnercenter.microsoft.com", "partner.partnercenterapi.microsoftonline.cn")


def test_the_rest_of_the_promise(contract):
    """Challenge, members, deviations and page are as documented."""
    assert contract.challenge == "OAuth realm=urn:cpsvc:cpid:{cid}"
    assert contract.members == {name: (name,) for name in ("code", "description", "data", "source")}
    assert [(each.rule, each.at, each.type) for each in contract.deviations] == [
        ("code-number", ("code",), "integer"),
        ("data-item-string", ("data", "*"), "string"),
    ]
    assert (contract.page.date, contract.page.locale) == ("2020-11-13", "nl-nl")


@pytest.mark.parametrize(
    ("status", "reason"),
    [(409, "409 Conflict"), (418, "418 I'm a Teapot"), (499, "499"), (999, "999")],
    ids=["documented", "registered", "unknown", "far out"],
)
def test_a_status_is_shown_with_its_reason_phrase(contract, status, reason):
    """The reason phrase is that of the contract, or else of the registry, if there is one."""
    assert contract.reason(status) == reason
