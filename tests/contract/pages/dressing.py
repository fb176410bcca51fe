"""Pages about one small API, in many languages and formats; all of them document the same contract."""

from dataclasses import dataclass, field
from html import escape

PATTERN = r"`^(\d{7}|\d{10})$`"
ROWS = (
    (501, "0", "{none}"),
    (401, "400", "{none}"),
    (403, "2006", "{none}"),
    (400, "2006", "{text} {0}"),
    (404, "20000", "{none}"),
    (400, "2100", "{text} {0}, {1}"),
    (400, "600050", "{text} {0}. " + PATTERN),
    (400, "800071", "{text}"),
    (400, "800071", "{text}"),
    (400, "600002", "{text} <br/><br/>- {none}"),
    (400, "600002", "{none}"),
    (417, "800036", "{none}"),
    (409, "800064", r"{text} \{0\}"),
)
PAIRINGS = frozenset((status, code) for status, code, _ in ROWS)
LISTED = (400, 401, 403, 404, 409, 429, 501)
STATUSES = {*LISTED, 417}
PLACEHOLDERS = {
    pairing: {"{0}", "{1}"}
    if pairing[1] == "2100"
    else {"{0}"}
    if pairing in {(400, "2006"), (400, "600050"), (409, "800064")}
    else set()
    for pairing in PAIRINGS
}
TEXTS = {pairing: 2 if pairing[1] == "600002" else 1 for pairing in PAIRINGS}


@dataclass(frozen=True)
class Language:
    """The notation of one translation: words, number grouping, the mark after a status, and the names of properties."""

    title: str
    headers: tuple[str, str, str, str]
    forbidden: str
    text: str
    none: str
    limit: str
    colon: str = ":"
    numbers: dict[str, str] = field(default_factory=dict)
    properties: tuple[str, str, str, str] = ("code", "description", "data", "source")


LANGUAGES = {
    "en-us": Language("REST error codes", ("Status", "HTTP", "Code", "Description"), "Forbidden", "No such thing as", "Nothing", "1024"),
    "nl-nl": Language(
        "REST-foutcodes",
        ("HTTP-status", "Statuscode", "Foutcode", "Uitleg"),
        "Verboden",
        "Er is geen",
        "Niets",
        "1.024",
        numbers={"20000": "20.000"},
        properties=("code", "beschrijving", "gegevens", "bron"),
    ),
    "de-de": Language(
        "REST-Fehlercodes",
        ("Status", "HTTP-Code", "Fehlercode", "Erklärung"),
        "Verboten",
        "Es gibt nicht",
        "Nichts",
        "1.024",
        numbers={"20000": "20.000", "600050": "600.050"},
        properties=("Code", "Beschreibung", "Daten", "Quelle"),
    ),
    "fr-fr": Language(
        "Codes d’erreur REST",
        ("État", "Code HTTP", "Code d’erreur", "Texte"),
        "Interdit",
        "Il n’y a pas de",
        "Rien",
        "1\u202f024",
        colon="\u00a0:",
        numbers={"20000": "20\u202f000", "2100": "2\u00a0100"},
    ),
    "sv-se": Language(
        "REST-felkoder",
        ("Status", "HTTP-kod", "Felkod", "Text"),
        "Förbjuden",
        "Det finns ingen",
        "Inget",
        "1 024",
        numbers={"20000": "20 000"},
    ),
    "pl-pl": Language(
        "Kody błędów",
        ("Stan", "Kod HTTP", "Kod błędu", "Opis"),
        "Zabronione",
        "Nie ma",
        "Nic",
        "1024",
        colon=" —",
        numbers={"800064": "800 064"},
    ),
    "ja-jp": Language("REST エラー コード", ("状態", "HTTP", "コード", "説明"), "禁止", "ありません", "なし", "1,024", colon="：", numbers={"2100": "2100年"}),
    "zh-cn": Language("REST 错误代码", ("状态", "HTTP", "代码", "说明"), "禁止", "没有", "无", "1024", colon="：", numbers={"2006": "2006 年"}),
    "ru-ru": Language(
        "Коды ошибок",
        ("Состояние", "Код HTTP", "Код ошибки", "Описание"),
        "Запрещено",
        "Нет такого",
        "Ничего",
        "1 024",
        colon="",
        numbers={"20000": "20\u00a0000"},
    ),
    "ar-sa": Language(
        "رموز الخطأ",
        ("الحالة", "HTTP", "الرمز", "الوصف"),
        "محظور",
        "لا يوجد",
        "لا شيء",
        "١٠٢٤",
        numbers={"20000": "٢٠٬٠٠٠", "2001": "٢٠٠١"},
    ),
}  # fmt: skip


def cells(language: Language) -> list[tuple[str, str, str, str]]:
    """Return the rows of the table of error codes as this language writes them."""
    return [
        (
            language.forbidden if status == 403 else f"Status{status}",
            str(status),
            language.numbers.get(code, code),
            text.replace("{text}", language.text).replace("{none}", language.none),
        )
        for status, code, text in ROWS
    ]


def statuses(language: Language) -> list[str]:
    """Return the items of the list of statuses; one of them lacks its mark."""
    return [f"{status}{'' if status == 403 else language.colon} {language.forbidden}" for status in LISTED]


def padded(language: Language, locale: str) -> str:
    """Return the page in Markdown with aligned columns."""
    rows = [language.headers, *cells(language)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return _markdown(language, locale, "\n".join(lines))


def unpadded(language: Language, locale: str) -> str:
    """Return the page in Markdown without outer pipes and padding."""
    lines = ["|".join(row) for row in (language.headers, ("--", ":-:", "--:", "---"), *cells(language))]
    return _markdown(language, locale, "\n".join(lines))


def windows(language: Language, locale: str) -> str:
    """Return the page with a byte order mark and CRLF."""
    return "\ufeff" + padded(language, locale).replace("\n", "\r\n")


def html(language: Language, locale: str) -> str:
    """Return the page in HTML."""
    table = "\n".join(f"<tr>{''.join(f'<td>{_as_html(cell)}</td>' for cell in row)}</tr>" for row in cells(language))
    head = "".join(f"<th>{name}</th>" for name in language.headers)
    items = "".join(f"<li>{item}</li>" for item in statuses(language))
    properties = "".join(f"<tr><td>{name}</td><td>-</td><td>{said}</td></tr>" for name, said in _properties(language))
    return (
        f'<!DOCTYPE html>\n<html lang="{locale}"><head><meta name="ms.date" content="11/13/2020"><title>x</title></head><body>'
        f"<h1>{language.title}</h1><ul>{items}</ul>\n"
        f"<table><thead><tr><th>1</th><th>2</th><th>3</th></tr></thead>{properties}</table>\n<pre><code>{escape(_SAMPLE)}</code></pre>\n"
        f"<table><thead><tr>{head}</tr></thead><tbody>{table}</tbody></table></body></html>"
    )


def mixed(language: Language, locale: str) -> str:
    """Return the page in Markdown with the table of error codes as raw HTML."""
    table = "\n".join(f"<tr>{''.join(f'<td>{_as_html(cell)}</td>' for cell in row)}</tr>" for row in cells(language))
    head = "".join(f"<th>{name}</th>" for name in language.headers)
    return _markdown(language, locale, f"<table>\n<tr>{head}</tr>\n{table}\n</table>")


DRESSES = {"padded": padded, "unpadded": unpadded, "windows": windows, "html": html, "mixed": mixed}

_SAMPLE = """{
  "code": <string>,
  "description": <string>,
  "data": [

  ],
  "source": <string>
}
WWW-Authenticate: OAuth realm=urn:cpsvc:cpid:{some cid}
"""


def _markdown(language: Language, locale: str, table: str) -> str:
    items = "\n".join(f"- {item}" for item in statuses(language))
    properties = "\n".join(f"| {name} | - | {said} |" for name, said in _properties(language))
    return (
        f'---\ntitle: "{language.title}"\nms.date: 11/13/2020\nms.contentlocale: {locale}\n---\n\n# {language.title}\n\n'
        f"**2xx** - {language.none}\n\n{items}\n\n"
        f"| 1 | 2 | 3 |\n|---|---|---|\n{properties}\n\n```json\n{_SAMPLE}```\n\n{table}\n"
    )


def _properties(language: Language) -> list[tuple[str, str]]:
    said = (language.none, f"{language.text} {language.limit}.", language.none, language.none)
    return list(zip(language.properties, said, strict=True))


def _as_html(cell: str) -> str:
    parts = cell.replace(r"\{", "{").replace(r"\}", "}").split("`")
    kept = [
        f"<code>{escape(part)}</code>" if index % 2 else escape(part).replace("&lt;br/&gt;", "<br/>")
        for index, part in enumerate(parts)
    ]
    return "".join(kept)
