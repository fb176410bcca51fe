"""The mutator of every rule. A new rule gets a line here; rules of the error schema need none."""

from typing import TYPE_CHECKING

from pytest_pcerrors.rules.schema_rules import SchemaRule
from pytest_pcerrors.rules.stages import rule_set
from pytest_pcerrors.simulation.mutation import _body, _head, _properties, _success
from pytest_pcerrors.simulation.mutation._schema import SchemaMutator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.simulation.mutation._base import Mutator

MUTATORS: "Mapping[str, Mutator]" = {
    "status-undocumented": _head.status_undocumented,
    "content-type": _head.content_type,
    "challenge-missing": _head.challenge_missing,
    "challenge-other": _head.challenge_other,
    "retry-after": _head.retry_after,
    "body-empty": _body.body_empty,
    "body-empty-unauthorized": _body.body_empty,
    "byte-order-mark": _body.byte_order_mark,
    "body-encoding": _body.body_encoding,
    "body-plain-text": _body.body_plain_text,
    "body-not-json": _body.body_not_json,
    "duplicate-key": _body.duplicate_key,
    "body-not-object": _body.body_not_object,
    "gateway-envelope": _body.gateway_envelope,
    "message-only": _body.message_only,
    "description-blank": _properties.description_blank,
    "unknown-property": _properties.unknown_property,
    "status-differs": _properties.status_differs,
    "code-unknown": _properties.code_unknown,
    "pairing": _properties.pairing,
    "description-placeholder": _properties.description_placeholder,
    "description-template": _properties.description_template,
    "error-in-success": _success.error_in_success,
}


def mutators_of(contract: "Contract") -> "Iterator[tuple[str, Mutator]]":
    """Yield the name and the mutator of every rule of a contract, in the order in which the rules run."""
    rules = rule_set(contract)
    for stage in (*rules.error_stages, *rules.success_stages):
        for rule in stage.rules:
            check = rule.check
            yield rule.name, SchemaMutator(check) if isinstance(check, SchemaRule) else MUTATORS[rule.name]
