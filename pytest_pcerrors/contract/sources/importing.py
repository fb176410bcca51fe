"""Make the contract document of a source: choose its reader, find its catalogue and its envelope, and remark what was read.

A source is a page with tables and samples, rows of data, or an OpenAPI document.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.files import ENVELOPES, complete_document, envelope_document
from pytest_pcerrors.contract.sources._catalogue import merged, read_grids
from pytest_pcerrors.contract.sources._envelope import envelope_of, leaves, likely_envelope_of, samples_in
from pytest_pcerrors.contract.sources._names import FAR, code_member_rank
from pytest_pcerrors.contract.sources._openapi import OpenApi
from pytest_pcerrors.contract.sources._pages import parsed_page
from pytest_pcerrors.contract.sources._responses import hosts_of, is_openapi, title_of
from pytest_pcerrors.contract.sources._rows import grids_of, read_csv, with_header
from pytest_pcerrors.contract.sources._terms import have_more, terms_of
from pytest_pcerrors.contract.sources.fetching import MAX_DATA, decoded
from pytest_pcerrors.contract.sources.model import (
    MAX_DEPTH,
    Envelope,
    Imported,
    Reading,
    Remark,
    Sample,
    Source,
    Wanted,
)
from pytest_pcerrors.contract.sources.partner_center import read_partner_center
from pytest_pcerrors.documents import json_value, read_bytes
from pytest_pcerrors.errors import UsageError, misuse_of
from pytest_pcerrors.jsontext import is_deeper, steps_of
from pytest_pcerrors.text import counted, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PAGE, _HTML = "page", "html"
"""The kinds of a page: in Markdown or HTML, and in HTML only."""
_KINDS = {
    **dict.fromkeys((".md", ".markdown", ".mdx"), _PAGE),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _HTML),
    **dict.fromkeys((".csv", ".tsv"), "csv"),
    **dict.fromkeys((".json",), "json"),
    **dict.fromkeys((".yaml", ".yml"), "yaml"),
}
_OPENAPI_LINE = re.compile(r"^[\"']?(?:openapi|swagger)[\"']?[ \t]*:", re.MULTILINE)
_CSV_LINE = re.compile(r"\s*\"?[\w -]+\"?(?:[,;\t]\"?[\w -]+\"?)+[ \t]*(?:\r?\n|\Z)")
_TABLES_HINT = (
    "if a table has codes, name its column with --code; only tables, rows of data, OpenAPI documents, and headings and lists of codes below a title of errors are read: not prose, ranges, source code, codes in headers, or XML;"
    " write the codes to a CSV file with the columns status, code and message, and import that"
)
_OPENAPI_HINT = (
    "list the codes of each response as x-error-codes, or write them to a CSV file with the columns status, code and message, and import that"
    " with --envelope and this document"
)
_ENVELOPE_HINT = (
    f"give --envelope FILE with one error body that holds a code, or --envelope NAME, one of {', '.join(ENVELOPES)}"
)


def contract_document(data: bytes, name: str, wanted: Wanted, where: Path) -> Imported:
    """Return the contract document of a source, and remarks on it; raise a `UsageError` without codes or without an envelope.

    Without a name and other wishes, a page is that of Partner Center. `where` is the contract file that will be written.
    """
    source = read_source(data, name)
    if wanted == Wanted() and source.page is not None:
        return read_partner_center(source)
    if wanted.name is None and source.openapi is None:
        raise UsageError(
            "only a page of Partner Center and an OpenAPI document have a name; name the API with --as NAME"
        )
    return imported(source, wanted, where)


def read_source(data: bytes, name: str) -> Source:
    r"""Return what a source has; its kind is known by the suffix of its name, or else by its first characters.

    >>> source = read_source(b"| Code |\n|---|\n| `A` |\n", "errors.md")
    >>> source.grids[0].header, source.grids[0].rows[0].cells
    (('Code',), ('A',))
    """
    text, kind = _text_of(data, name)
    if kind in (_PAGE, _HTML):
        return parsed_page(text, is_html=kind == _HTML)
    if kind == "csv":
        return Source(grids=read_csv(text))
    value = _value_of(text, kind)
    return Source(openapi=value) if is_openapi(value) else Source(grids=grids_of(value))


def _text_of(data: bytes, name: str) -> tuple[str, str]:
    """Return the text of a source, and its kind: a page, a page in HTML only, ``csv``, ``json`` or ``yaml``."""
    if len(data) > MAX_DATA:
        raise UsageError(f"has more than {MAX_DATA} bytes; import the part with the error codes")
    text = decoded(data)
    return text, _KINDS.get(Path(name.partition("?")[0]).suffix.lower()) or _guessed(text)


def _value_of(text: str, kind: str) -> Any:
    """Return the value of a text in JSON or YAML."""
    if kind != "json":
        from pytest_pcerrors.contract.sources._yaml import read_yaml

        return read_yaml(text)
    try:
        value = json_value(text.encode(), "")
    except UsageError as error:
        raise UsageError(str(error).removeprefix(": ")) from None
    if is_deeper(value, MAX_DEPTH):
        raise UsageError(f"nested more than {MAX_DEPTH} levels deep; import the part with the error codes")
    return value


def _guessed(text: str) -> str:
    """Return the kind of a text: what the first characters of JSON, an OpenAPI document in YAML, or CSV look like; else a page."""
    if text.lstrip().startswith(("{", "[")):
        return "json"
    if _OPENAPI_LINE.search(text[:10_000]):
        return "yaml"
    return "csv" if _CSV_LINE.match(text) else _PAGE


def imported(source: Source, wanted: Wanted, where: Path) -> Imported:
    """Return the contract document of a source by the names of its columns and members, and remarks on it."""
    if source.openapi is None:
        reading, envelope = _of_tables(source, wanted)
    else:
        reading, envelope = _of_openapi(OpenApi(source.openapi), wanted)
    document = {
        "format": 1,
        **{key: each for key, each in envelope.parts.items() if key == "extends"},
        "name": wanted.name or title_of(source.openapi or {}),
        **({"page": source.page} if source.page else {}),
        "hosts": list(wanted.hosts) or hosts_of(source.openapi or {}, reading.remarks),
        **envelope.parts,
        **reading.parts(),
    }
    complete_document(document, where)
    return Imported(document, (*reading.remarks, *_summary(reading, envelope)))


def _of_tables(source: Source, wanted: Wanted) -> tuple[Reading, Envelope]:
    samples = [sample for block in source.code for sample in samples_in(block.text, block.line)]
    values = frozenset(text for sample in samples for _, text in leaves(sample.value))
    members = frozenset(step for sample in samples for path, _ in leaves(sample.value) for step in path)
    tables, terms = [*map(with_header, source.grids)], terms_of(source, members, values)
    reading = read_grids(tables, wanted, values)
    if wanted.code is None and have_more(terms, reading.codes):
        reading = read_grids([*tables, *terms], wanted, values)
    codes = reading.codes
    for grid in terms:
        if not any(row.cells[0] in codes for row in grid.rows):
            reading.note(
                grid.place, f"codes such as {visible(grid.rows[0].cells[0])} were left out, beside tables of codes"
            )
    reading.remarks[:0] = source.remarks
    if not reading.found:
        raise _without_codes(
            reading.remarks or ["there is no table, no list of rows, and no object with codes as its keys"],
            _TABLES_HINT,
        )
    if wanted.envelope is not None:
        return reading, _given(wanted.envelope, reading.codes)
    envelope = _of_samples(samples, reading)
    if envelope is None:
        shown = f"none of the {len(samples)} samples" if samples else "no sample"
        shown_codes = f"the codes, such as {visible(next(iter(reading.codes)))}"
        raise UsageError(f"{shown} of a JSON body holds one of {shown_codes}; {_ENVELOPE_HINT}")
    return reading, envelope


def _of_samples(samples: "Sequence[Sample]", reading: Reading) -> Envelope | None:
    """Return the envelope of the first sample that holds a code in a member with a usual name, or else in any; None without one.

    Where no sample holds a code, it may be that of a sample that shows a placeholder instead.
    """
    remark, codes = "the sample of an error body", reading.codes
    made = [(sample, envelope) for sample in samples if (envelope := envelope_of(sample, codes))]
    made.sort(key=lambda each: code_member_rank(steps_of(each[1].members["code"])[-1]) >= FAR)
    if not made:
        remark += ", without one of the codes"
        made = [(sample, envelope) for sample in samples if (envelope := likely_envelope_of(sample, codes))]
    for index, (sample, envelope) in enumerate(made):
        at = envelope.members["code"]
        if index == 0:
            reading.note(sample.place, remark)
        elif at != made[0][1].members["code"]:
            reading.note(sample.place, f"another sample, with the code at {at}, left out")
    return made[0][1] if made else None


def _of_openapi(api: OpenApi, wanted: Wanted) -> tuple[Reading, Envelope]:
    for option, value in (("--status", wanted.status), ("--text", wanted.text), ("--status-from", wanted.status_from)):
        if value is not None:
            raise UsageError(f"{option} is for tables and rows; an OpenAPI document has statuses and texts of its own")
    given = None if wanted.envelope is None else _given(wanted.envelope, {})
    envelope, remarks = (given, []) if given else api.envelope({}, wanted.code)
    reading = api.reading(envelope) if envelope is not None else Reading()
    if envelope is None or not reading.found:
        raise _without_codes(api.what_lacks(), _OPENAPI_HINT)
    reading.found = merged(reading.found)
    reading.remarks += [*remarks, *api.without_codes(reading)]
    return reading, envelope


def _without_codes(lacking: "Sequence[object]", hint: str) -> UsageError:
    return UsageError("\n  ".join(["no codes were found", *map(str, lacking), hint]))


def _given(name: str, codes: "Mapping[str, Sequence[str]]") -> Envelope:
    """Return the envelope of ``--envelope``: its name, or a file with one error body or an OpenAPI document."""
    if name in ENVELOPES:
        return Envelope(envelope_document(name)["members"], {"extends": name})
    try:
        data = read_bytes(Path(name))
    except UsageError as error:
        raise UsageError(f"--envelope {error}; give a file, or one of {', '.join(ENVELOPES)}") from None
    with misuse_of(f"--envelope {name}"):
        envelope = _of_file(data, name, codes)
    if envelope is None:
        fix = "give an OpenAPI document with codes"
        if codes:
            fix = f"give a file with one error body that holds one, such as {visible(next(iter(codes)))}"
        raise UsageError(f"--envelope {name}: it holds none of the codes; {fix}")
    return envelope


def _of_file(data: bytes, name: str, codes: "Mapping[str, Sequence[str]]") -> Envelope | None:
    text, kind = _text_of(data, name)
    if kind in (_PAGE, _HTML):
        samples = list(samples_in(text, 1))
    elif is_openapi(value := _value_of(text, kind)):
        return OpenApi(value).envelope(codes)[0]
    else:
        samples = [Sample(value, "")]
    made = (reader(sample, codes) for reader in (envelope_of, likely_envelope_of) for sample in samples)
    return next(filter(None, made), None)


def _summary(reading: Reading, envelope: Envelope) -> list[Remark]:
    text = f"the text at {at}" if (at := envelope.members.get("description")) else "no member for a text"
    codes = reading.codes
    without = len({each.code for each in reading.found if each.status is None})
    return [
        Remark("", f"the code is at {envelope.members['code']}, {text}"),
        Remark("", f"{counted(len(codes), 'code')}, {without or 'none'} without a status"),
    ]
