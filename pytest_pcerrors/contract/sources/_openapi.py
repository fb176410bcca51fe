"""Read the codes and the envelope of an OpenAPI document: those of the schema that most error responses use."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from http import HTTPMethod
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.sources._cells import is_code, is_success, read_statuses
from pytest_pcerrors.contract.sources._envelope import DIALECT, code_place, envelope_of, leaves, members_of, text_place
from pytest_pcerrors.contract.sources._names import words_of
from pytest_pcerrors.contract.sources._responses import (
    codes_in_enums,
    codes_of,
    error_responses,
    found_at,
    found_in_schema,
    listed_errors,
    lists_of_codes,
)
from pytest_pcerrors.contract.sources._schemas import (
    allows,
    combined,
    permit_any_value,
    permitted_values,
    places,
)
from pytest_pcerrors.contract.sources.model import Envelope, Found, Reading, Remark, Sample
from pytest_pcerrors.jsontext import EACH, pointer_of, steps_of
from pytest_pcerrors.text import counted, visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pytest_pcerrors.contract.sources._responses import ErrorResponse

    Path = tuple[str, ...]

_MIN_SHARE = 1 / 3
"""The share of the error responses that have to use a schema, so that it can be the envelope."""
_MOST_MEMBERS = 3
_METHODS = set(HTTPMethod)
_FAILURES = {"error", "errors", "fail", "failed", "failure", "nok", "ko", "false", "fault"}


@dataclass
class _Form:
    """The schemas of one form by their texts, the statuses of the responses that use each, and these responses."""

    schemas: dict[str, dict[str, Any]] = field(default_factory=dict)
    statuses: dict[str, set[int | None]] = field(default_factory=lambda: defaultdict(set))
    responses: list["ErrorResponse"] = field(default_factory=list)


class OpenApi:
    """The error responses of an OpenAPI document."""

    def __init__(self, document: "Mapping[str, Any]") -> None:
        self.responses = list(error_responses(document))
        self._listed = [each for value in lists_of_codes(document) for each in listed_errors(value)]
        self._listed += [each for one in self.responses for each in listed_errors(one.listed, one.status)]
        self._forms: dict[str, _Form] = defaultdict(_Form)
        forms: dict[str, str] = {}
        for response in self.responses:
            for schema in response.schemas:
                if "properties" in schema and allows(schema, "object"):
                    text = json.dumps(schema, sort_keys=True)
                    if text not in forms:
                        forms[text] = json.dumps(combined([schema], with_enums=False), sort_keys=True)
                    form = self._forms[forms[text]]
                    form.schemas.setdefault(text, schema)
                    form.statuses[text].add(response.status)
                    form.responses.append(response)

    def envelope(
        self, known: "Mapping[str, Sequence[str]]", member: str | None = None
    ) -> tuple[Envelope | None, list[Remark]]:
        """Return the envelope of the schema that most error responses use, among those with a member for the code.

        `known` are codes of another source with their texts, `member` is the name or the pointer of the code if it is given.
        """
        texts: dict[str, Sequence[str]] = {**{each.code: [""] for each in self._listed}, **known}
        ranked = sorted(self._forms.values(), key=lambda form: -len(form.responses))
        fewest = _MIN_SHARE * sum(len(form.responses) for form in ranked)
        for form in (form for form in ranked if len(form.responses) >= fewest):
            schema = combined([*form.schemas.values()])
            if code := code_place(schema, self._evidence(form, texts), set(texts), member):
                return self._made(form, schema, code), self._remarks(form)
        for response in self.responses:
            for example in response.examples:
                if isinstance(example, dict) and (made := envelope_of(Sample(example, response.place), texts)):
                    remark = "no error response has a schema with a code; its example is the envelope"
                    return made, [Remark(response.place, remark)]
        return None, []

    def _evidence(self, form: _Form, codes: "Collection[str]") -> "dict[Path, set[str]]":
        """Return the codes at each path of a form, in its permitted values and examples."""
        found: dict[Path, set[str]] = defaultdict(set)
        for schema in form.schemas.values():
            for path, each in places(schema):
                values = (*permitted_values(each), *each.get("examples", ()))
                found[path] |= {str(value) for value in values if isinstance(value, str | int)}
        for response in self.responses:
            inner = (example for schema in response.schemas for example in schema.get("examples", ()))
            for path, value in (leaf for example in (*response.examples, *inner) for leaf in leaves(example)):
                if value != str(response.status):
                    found[path].add(value)
        written = {path: {value for value in values if _is_code(value, codes)} for path, values in found.items()}
        return {
            path: values for path, values in written.items() if len(values) >= sum(" " in each for each in found[path])
        }

    def _made(self, form: _Form, schema: dict[str, Any], code: "Path") -> Envelope:
        text = text_place([(path, "") for path, each in places(schema) if allows(each, "string")], code)
        if len(self._forms) > 1:
            schema.pop("additionalProperties", None)  # other error responses have other properties
        below = _below_400(schema, {code, text})
        for path, each in places(schema):
            if path == code:
                permit_any_value(each)
        types = {each.lower() for response in form.responses for each in response.media_types}
        members = members_of(code, text)
        media = next(iter(types)).partition(";")[0].strip() if len(types) == 1 else ""
        parts = {
            **({"media-type": media} if "+" in media else {}),
            "members": members,
            **({"errors-below-400": below} if below else {}),
            "schema": {"$schema": DIALECT, **schema, "type": "object"},
        }
        return Envelope(members, parts)

    def _remarks(self, form: _Form) -> list[Remark]:
        count = counted(len(form.responses), "error response")
        remarks = [Remark(form.responses[0].place, f"the envelope is the schema of {count}, the first of them here")]
        if others := [each for other in self._forms.values() if other is not form for each in other.responses]:
            count = counted(len(others), "error response")
            remarks.append(Remark(others[0].place, f"{count} with another schema, the first of them here: left out"))
        return remarks

    def reading(self, envelope: Envelope) -> Reading:
        """Return the codes at the place of the envelope, from ``enum``, examples and ``x-error-codes``."""
        reading = Reading(statuses={each.status for each in self.responses if each.status is not None})
        code, text = (steps_of(envelope.members.get(name, "")) for name in ("code", "description"))
        reading.found += self._listed
        for response in self.responses:
            for example in response.examples:
                reading.found += found_at(example, code, text, response.status)
        enums: dict[tuple[str, ...], set[int | None]] = defaultdict(set)
        for form in self._forms.values():
            for name, schema in form.schemas.items():
                reading.found += found_in_schema(schema, code, text, _only(form.statuses[name]))
                enums[codes_in_enums(schema, code)] |= form.statuses[name]
        reading.found += [Found(_only(statuses), each) for codes, statuses in enums.items() for each in codes]
        reading.found = [
            each
            for each in reading.found
            if not is_success(each.status, each.code, each.text) and each.code != str(each.status)
        ]
        return reading

    def without_codes(self, reading: Reading) -> "Iterator[Remark]":
        """Yield a remark for each status that no code is documented with, at the first response that has it."""
        paired = {each.status for each in reading.found}
        places_of: dict[int, str] = {}
        for response in self.responses:
            if response.status is not None and response.status not in paired:
                places_of.setdefault(response.status, response.place)
        for status, place in sorted(places_of.items()):
            yield Remark(place, f"{status} has no documented code")

    def what_lacks(self) -> list[str]:
        """Return what the error responses lack, for the message that there are no codes."""
        if not self.responses:
            return ["no operation has an error response (4xx, 5xx or default)"]
        counts = Counter(str(response.status or "default or a range") for response in self.responses)
        shown = ", ".join(f"{status} ({count})" for status, count in sorted(counts.items()))
        lacking = "no code in an enum, an example or x-error-codes"
        return [f"{counted(len(self.responses), 'error response')}, {shown}: {lacking}", *self._members_with_words()]

    def _members_with_words(self) -> "Iterator[str]":
        """Yield the members of error bodies that permit certain words only, those with the most words first; one may be the code."""
        words: dict[Path, set[str]] = defaultdict(set)
        for schema in (schema for form in self._forms.values() for schema in form.schemas.values()):
            for path, each in places(schema):
                words[path].update(codes_of(permitted_values(each)))
        likely = [
            (pointer_of(path), several)
            for path, several in words.items()
            if len(several) > 1 and path[-1] != EACH and not _METHODS.issuperset(several)
        ]
        for pointer, several in sorted(likely, key=lambda each: -len(each[1]))[:_MOST_MEMBERS]:
            shown = f"{pointer} has {len(several)} words, such as {min(several)}"
            yield visible(f"{shown}: if they are the codes, give --code {pointer}")


def _is_code(value: str, codes: "Collection[str]") -> bool:
    """Return whether a value can be a code; one that looks like a status has to be known."""
    return is_code(value) and (not read_statuses(value) or value in codes)


def _below_400(schema: dict[str, Any], taken: "set[Path | None]") -> dict[str, Any]:
    """Return the schema of what only errors have: properties with one permitted value, such as ``ok: false``; empty without one."""
    fixed = {
        name: each["enum"][0]
        for name, each in schema.get("properties", {}).items()
        if len(each.get("enum", ())) == 1 and (name,) not in taken and _is_failure(each["enum"][0])
    }
    properties = {name: {"const": value} for name, value in fixed.items()}
    return {"type": "object", "required": list(fixed), "properties": properties} if fixed else {}


def _only(statuses: set[int | None]) -> int | None:
    """Return the status of what is documented with a single one."""
    return next(iter(statuses)) if len(statuses) == 1 else None


def _is_failure(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and not _FAILURES.isdisjoint(words_of(value).split()))
