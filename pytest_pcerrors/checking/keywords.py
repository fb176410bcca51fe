"""The keywords of JSON Schema as jsonschema judges them, but for two: types are strict, and lengths have a unit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from referencing import Registry

from pytest_pcerrors.jsontext import type_of

Measure = Callable[[str], int]
"""The length of a text in some unit."""


def _utf_16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


MEASURES: Mapping[str, Measure] = {"code-points": len, "utf-16": _utf_16_units}
"""The units in which the length of a text can be counted: Unicode code points, or UTF-16 code units as .NET does."""


def validator_for(schema: Mapping[str, Any], measure: Measure) -> Any:
    """Return a validator of draft 2020-12 for a schema that measures texts in some unit and never fetches a reference."""
    own = {"type": _type, "minLength": _shorter_than(measure), "maxLength": _longer_than(measure)}
    kind: Any = extend(Draft202012Validator, own, type_checker=_JsonTypes())  # type: ignore[no-untyped-call]
    return kind(schema, registry=Registry())


class _JsonTypes:
    """Types as JSON text has them: 1.0 is a number and no integer, true is neither."""

    def is_type(self, value: Any, wanted: str) -> bool:
        """Tell whether a value is of the wanted type, for every keyword of jsonschema that asks."""
        kind = type_of(value)
        return kind == wanted or (kind == "integer" and wanted == "number")


def _type(validator: Any, types: str | list[str], value: Any, _: Any) -> Sequence[ValidationError]:
    wanted = types if isinstance(types, list) else (types,)
    for each in wanted:
        if validator.is_type(value, each):
            return ()
    return [ValidationError(f"{type_of(value)} instead of {types}")]


def _shorter_than(measure: Measure) -> Callable[..., Sequence[ValidationError]]:
    def shorter(_: Any, limit: int, value: Any, __: Any) -> Sequence[ValidationError]:
        return [ValidationError("too short")] if isinstance(value, str) and measure(value) < limit else ()

    return shorter


def _longer_than(measure: Measure) -> Callable[..., Sequence[ValidationError]]:
    def longer(_: Any, limit: int, value: Any, __: Any) -> Sequence[ValidationError]:
        return [ValidationError("too long")] if isinstance(value, str) and measure(value) > limit else ()

    return longer
