"""A document that is found valid fast is valid for jsonschema too; whatever the settings may have is found valid."""

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors import Contract
from pytest_pcerrors.documents import _validator_class, published_schema
from pytest_pcerrors.validity import is_valid

SCHEMA = published_schema("pytest_pcerrors", "settings.schema.json")
FULL = {
    "profile": "observed",
    "contract": "shipped",
    "collect": ["cassettes"],
    "record": "once",
    "max-age": "180d",
    "watch": True,
    "coverage": {"exclude": ["8000*"]},
    "redact": {"names": ["pin"], "tenant-ids": True},
    "base-url": "https://api.example.com/v1",
    "token-command": ["az"],
    "hosts": ["api.example.com"],
    "rules": ["package.module:rule"],
    "severity": {"code-number": "off"},
    "for": [{"path": "a", "profile": "observed"}],
    "entry": [{"status": 409, "code": 7, "description": "Busy", "note": ""}],
    "map": {"status": ".status"},
    "allow": [{"rule": "pairing", "reason": "seen", "code": ["1", 2], "status": 404, "until": "2028-02-29"}],
}
CONTRACT_SCHEMA = published_schema("pytest_pcerrors.contract", "contract.schema.json")
SHIPPED = json.loads(json.dumps(Contract.default().document()))
CONTRACT = SHIPPED | {"entries": SHIPPED["entries"][:2]}
VALUES = st.sampled_from(["", "x", "all", 0, 1, -1, 404, 1000, 1.0, True, None, "7d", "2027-02-30", "20270630", [], {}])


def places(value):
    """Yield each holder of a value, with the key or the index of the value."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(each, dict | list):
            yield from places(each)


def test_all_usual_settings_are_found_valid():
    """So jsonschema is not loaded for them."""
    assert is_valid(FULL, SCHEMA)
    assert is_valid(FULL | {"contract": ["shipped", "ours.json"]}, SCHEMA)


def test_usual_contracts_are_found_valid():
    """The shipped one, and one that extends another."""
    assert is_valid(CONTRACT, CONTRACT_SCHEMA)
    assert is_valid({"format": 1, "extends": "shipped"}, CONTRACT_SCHEMA)
    assert not is_valid({"format": 1, "name": "x"}, CONTRACT_SCHEMA)


@pytest.mark.parametrize(
    ("document", "schema"), [(FULL, SCHEMA), (CONTRACT, CONTRACT_SCHEMA)], ids=["settings", "contract"]
)
@given(data=st.data(), value=VALUES | st.dictionaries(VALUES.map(str), VALUES) | st.lists(VALUES))
def test_what_is_found_valid_is_valid(document, schema, data, value):
    """Whatever one value is replaced by, or is added."""
    document = deepcopy(document)
    holder, key = data.draw(st.sampled_from([*places(document)]))
    holder[data.draw(st.sampled_from([key, "x", "status"])) if isinstance(holder, dict) else key] = value
    validator = _validator_class()
    is_right = validator(schema, format_checker=validator.FORMAT_CHECKER).is_valid(document)
    assert is_right >= is_valid(document, schema)


@pytest.mark.parametrize("schema", [{"type": "array"}, {"$ref": "#/$defs/a"}, {"format": "regex"}, {"not": {}}, False])
def test_what_is_not_known_is_in_doubt(schema):
    """As any other keyword, and a reference that leads nowhere."""
    assert not is_valid(["("], {"items": schema})
