"""The names of columns and members: which of them mean an error code, an HTTP status, or a text; in several languages."""

import re

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST = 100
_MARKS = re.compile(r"[^\w]+|_+")

_STATUS = re.compile(
    r"(?:.* )?http(?: \w+){0,2}|(?:.* )?status(?:es)?(?: codes?)?|statuscode"
    r"|(?:http )?response codes?|https?|http.*\u72b6\u6001\u7801?|\u72b6\u6001\u7801|.*\u30b9\u30c6\u30fc\u30bf\u30b9.*|.*\uc0c1\ud0dc.*"
    r"|.*(?:statuscode|statut|estado|\u0441\u0442\u0430\u0442\u0443\u0441|stato).*"
)
_NOT_STATUS = re.compile(
    r"\b(?:message|text|phrase|description|meaning|reason|name|method|verb|header|grpc|rpc|order|body)\b"
)

_CODE_WORDS = r"codes?|errcode|errno|errorcode|fehlercode|foutcode|kode|fejlkode|felkod|kodu?|k\u00f3d|hibak\u00f3d|virhekoodi|koodi|\u03ba\u03c9\u03b4\u03b9\u03ba\u03cc\u03c2|\u0631\u0645\u0632|m\u00e3|c[o\u00f3]digos?|codice|\u043a\u043e\u0434"
_CODE = re.compile(
    rf"(?:.* )?(?:{_CODE_WORDS})(?: .*)?|.*(?:(?<!\u72b6\u6001)[\u7801\u78bc]|\u4ee3\u78bc|\u30b3\u30fc\u30c9|\ucf54\ub4dc)"
)
_NOT_CODE = re.compile(
    r"\b(?:exit|country|currency|language|locale|sample|example|source|zip|postal|promo|area|http|status|message"
    r"|description|meaning|snippet|class|close|grpc|verification|color|colour|region|airport|state|discount|qr|bar"
    r"|fields?|propert\w+|attributes?|param\w*)\b"
)
_ERROR = re.compile(
    r"(?:error|err|errors|problem|failure|fault)(?: (?:type|name|id|identifier|key|slug|uri|constant|enum|symbol|value|string))?"
    r"|(?:problem )?type uri|erreur|fehler|fout|errore|erro|b\u0142\u0105d|\u043e\u0448\u0438\u0431\u043a\u0430|\u9519\u8bef"
)
_OF_ERRORS = re.compile(
    r"\berr|fehler|fout|erreur|\berro|\bfel|\bfejl|problem|\bfault|fail|exception|b\u0142\u0119d|\u043e\u0448\u0438\u0431|\u9519|\u932f|\u30a8\u30e9\u30fc|\uc5d0\ub7ec|\uc624\ub958|\bhata|chyb|virhe|\bhiba|l\u1ed7i|\u03c3\u03c6\u03ac\u03bb\u03bc\u03b1|\u062e\u0637\u0623|\u043f\u043e\u043c\u0438\u043b\u043a|kesalahan"
)
_ERRORS = re.compile(
    r"(?:\b(?:errors|types|fehler|fouten|erreurs|errori|erros|errores)(?: and \w+)?|b\u0142\u0119dy|\u043e\u0448\u0438\u0431\u043a\u0438|\u9519\u8bef|\u932f\u8aa4|\u30a8\u30e9\u30fc|\uc624\ub958)$"
)
_NAME = re.compile(
    r"(?:type|name|id|identifier|key|slug|symbol|constant|enum|reason|value|title|status|exception|error message)"
)
_FIELDS = re.compile(
    r"(?:field|property|attribute|parameter|param|member|argument|option|header|variable|element|column|endpoint|event|method|path)s?(?: name)?"
)

_PARTS = re.compile(
    r"\b(?:object|fields?|propert\w+|attributes?|param\w*|schema|structure|format|headers?|body|functions?|methods?|class(?:es)?|events?"
    r"|options?|variables?|contents)$"
)

_TEXTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:.* )?messages?(?: text| returned)?|.*(?:\u4fe1\u606f|\u6d88\u606f|\u30e1\u30c3\u30bb\u30fc\u30b8|\uba54\uc2dc\uc9c0)|.*(?:nachricht|meldung|melding|mensaje|mensagem|messaggio|komunikat|\u0441\u043e\u043e\u0431\u0449\u0435\u043d\u0438\u0435)|libell[e\u00e9]|mesaj|viesti|\u00fczenet|pesan|\u0631\u0633\u0627\u0644\u0629|th\u00f4ng b\u00e1o|msg|errmsg",
        r"(?:.* )?descriptions?(?: of .*)?|.*(?:\u63cf\u8ff0|\u6587\u6848|\u8bf4\u660e|\u8aac\u660e|\uc124\uba85)|beschreibung|descripci[o\u00f3]n|descri[c\u00e7][a\u00e3]o|omschrijving|beschrijving|\u043e\u043f\u0438\u0441\u0430\u043d\u0438\u0435|descrizione|desc|a\u00e7\u0131klama|popis|le\u00edr\u00e1s|kuvaus|m\u00f4 t\u1ea3|\u03c0\u03b5\u03c1\u03b9\u03b3\u03c1\u03b1\u03c6\u03ae|\u0627\u0644\u0648\u0635\u0641|\u043e\u043f\u0438\u0441|deskripsi|keterangan|beskrivelse|beskrivning|opis",
        r"(?:.* )?(?:meanings?|explanations?)|what it means|bedeutung|signification|significado|betekenis|significato|znaczenie|\u0437\u043d\u0430\u0447\u0435\u043d\u0438\u0435|.*(?:\u542b\u4e49|\u610f\u5473)",
        r"(?:error )?(?:texts?|titles?|details?|summary)",
        r"(?:when|causes?|reasons?|conditions?|scenarios?|why|trigger)(?: .*)?|(?:.* )?(?:causes?|reasons?|when)|.*\u539f\u56e0",
        r"(?:notes?|comments?|remarks?|what|context|definition|info|information)(?: .*)?|problem|error|name",
    )
)
_MEMBER_OF_CODE = (
    re.compile(r"(?:error|err|fault|problem|app|application|internal|result|return)?\s*code|errcode|errno|retcode"),
    re.compile(r"(?:error|err|problem|fault)(?: (?:type|key|name|id|identifier|slug))?|type|reason|identifier|slug"),
    re.compile(r"id|key|name|status|value|title"),
)
_MEMBER_OF_TEXT = (
    re.compile(r"(?:error |err |fault )?messages?|errmsg|msg"),
    re.compile(r"detail|(?:error )?description|details"),
    re.compile(
        r"(?:(?:user|dev|developer|internal|display|friendly|human|localized) )+(?:message|description|text)|text|(?:fault )?string|value|reason"
    ),
    re.compile(r"error|errors|(?:error )?(?:title|summary|reason|info)|explanation|hint"),
)
FAR = 9
"""The rank of a name that means nothing."""


def words_of(name: str) -> str:
    """Return the words of a name in lower case, separated by single spaces.

    >>> words_of("httpStatus"), words_of("HTTP_status-code"), words_of("**Error code:**")
    ('http status', 'http status code', 'error code')
    """
    return _MARKS.sub(" ", _CAMEL.sub(" ", name[:_LONGEST])).strip().lower()


def is_status_name(name: str) -> bool:
    """Return whether a column of this name has HTTP statuses.

    >>> [is_status_name(name) for name in ("HTTP", "Status code", "httpStatus", "Status message", "HTTP method", "Code")]
    [True, True, True, False, False, False]
    """
    words = words_of(name)
    return bool(_STATUS.fullmatch(words)) and not _NOT_STATUS.search(words)


def code_rank(name: str) -> int | None:
    """Return how surely a column of this name has error codes: 0 for a code, 1 for an error, 2 for a name; None if it has not.

    >>> [code_rank(name) for name in ("Error code", "Error", "Type", "Country code", "Retry")]
    [0, 1, 2, None, None]
    """
    words = words_of(name)
    if _CODE.fullmatch(words) and not _NOT_CODE.search(words):
        return 0
    if _ERROR.fullmatch(words):
        return 1
    return 2 if _NAME.fullmatch(words) or is_status_name(name) else None


def is_error_code_name(name: str) -> bool:
    """Return whether a column of this name has the codes of errors, and not other ones such as ``Reason code``.

    >>> [is_error_code_name(name) for name in ("Code", "Error code", "errno", "Fehler", "Reason code", "Name")]
    [True, True, True, True, False, False]
    """
    words = words_of(name)
    return bool(re.fullmatch(_CODE_WORDS, words) or _ERROR.fullmatch(words) or _OF_ERRORS.search(words)) and (
        code_rank(name) in (0, 1)
    )


def names_errors(title: str) -> bool:
    """Return whether a title names errors.

    >>> names_errors("Error codes"), names_errors("Authentication failures"), names_errors("Webhooks")
    (True, True, False)
    """
    return bool(_OF_ERRORS.search(words_of(title)))


def names_error_codes(title: str) -> bool:
    """Return whether a title names the codes of errors, or nothing more special than errors.

    >>> [names_error_codes(title) for title in ("Error codes", "API errors", "Problem types", "Exceptions", "Error patterns")]
    [True, True, True, False, False]
    """
    words = words_of(title)
    return names_errors(title) and bool(_CODE.fullmatch(words) or _ERRORS.search(words))


def names_parts(title: str) -> bool:
    """Return whether a title names the parts of something.

    >>> names_parts("The error object"), names_parts("Error codes")
    (True, False)
    """
    return bool(_PARTS.search(words_of(title)))


def text_rank(name: str) -> int | None:
    """Return how surely a column of this name has the texts of errors, 0 for a message; None if it has not.

    >>> [text_rank(name) for name in ("User message", "Description", "When", "Owner")]
    [0, 1, 4, None]
    """
    rank = _rank(_TEXTS, name)
    return None if rank == FAR else rank


def is_field_name(name: str) -> bool:
    """Return whether a column of this name lists the parts of a document, such as its fields or parameters.

    >>> is_field_name("Field"), is_field_name("Parameter name"), is_field_name("Code")
    (True, True, False)
    """
    return bool(_FIELDS.fullmatch(words_of(name)))


def code_member_rank(name: str) -> int:
    """Return how surely a member of this name is the error code, 0 for the best.

    >>> [code_member_rank(name) for name in ("errorCode", "type", "id", "at")]
    [0, 1, 2, 9]
    """
    return _rank(_MEMBER_OF_CODE, name)


def text_member_rank(name: str) -> int:
    """Return how surely a member of this name is the text of the error, 0 for the best.

    >>> [text_member_rank(name) for name in ("message", "detail", "userMessage", "error", "at")]
    [0, 1, 2, 3, 9]
    """
    return _rank(_MEMBER_OF_TEXT, name)


def _rank(patterns: "tuple[re.Pattern[str], ...]", name: str) -> int:
    words = words_of(name)
    return next((rank for rank, pattern in enumerate(patterns) if pattern.fullmatch(words)), FAR)
