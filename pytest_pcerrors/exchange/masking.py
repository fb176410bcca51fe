"""Secrets hidden in whatever is shown: tokens, passwords, keys and cookies in bodies, URLs and header values."""

import re
from html import unescape

from pytest_pcerrors.exchange.secret_names import ENDING, MORE

MASK = "***"
_WINDOW = 4096

_EDGE = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
"""Where a word begins: also behind a line break that is written as backslash and n, and behind a percent-encoded character."""

_PARAMETER = r"(?:(?<=[?&;])|(?<=%3F)|(?<=%26))"
_NAMES = rf"(?:{ENDING}|{_PARAMETER}(?:key|code(?=(?:=|%3D)(?!\d{{1,7}}(?![\w.-]))))){MORE}"
"""Names of secrets, as the end of whatever they stand in; the shortest only where no other word ends so (Kansas), `key` and `code` in a URL."""

_BETWEEN = (
    r"""(?:(?:\\*["']|%22)?(?:\[?\]|%5D)?\s*(?:[:=]{1,2}>?|%(?:25)*3[AD])\s*"""
    r"""|\\*["']\s*,\s*\\*["']value\\*["']\s*:\s*|\\*["']\s[^<>]{0,200}?\bvalue\s*=\s*)"""
)
"""What stands between a name and its value: in JSON, forms, URLs, code, or as ``"name": ..., "value": ...``, in markup too."""

_VALUE = (
    r"""(?:[bru]{0,2}"(?:[^"\\]|\\.)*"?|[bru]{0,2}'(?:[^'\\]|\\.)*'?"""
    r"""|(?P<escape>\\+)(?P<quote>["']).*?(?:(?<!\\)(?P=escape)(?P=quote)|\Z)"""
    r"""|[\[{](?:[^\[\]{}"'\\]|"[^"\\]*")*[\]}]|[\[{].*"""
    r"""|(?:Bearer|Basic)\s+\S+|[^\s&,;"'<>}\]\\]+)"""
)
"""One value: quoted, quoted inside a quoted text, a flat array or object (a deep one goes to the end), or a word."""

_SCHEME = r"(?:Bearer|Basic|Negotiate|NTLM|SharedAccessSignature)"
_PARAMETERS = r"(?:authorization|charset|claims|client|error|nonce|realm|resource|scope|token|trusted)\w*\s*="
_PROSE = (
    r"(?:access|auth|authentication|authorization|challenge|credential|header|realm|scheme|token)s?"
    r"""(?:[^\w.~+/=%-]|\.?(?:[\s"']|\Z))"""
)
"""What follows a scheme and is no secret: the parameters of a challenge, and the words of a sentence about it."""

_BEFORE_VALUE = r"""\\*["']?\s*[:=]\s*"""
_NAMED = rf"""\bname{_BEFORE_VALUE}\\*["'][\w-]{{0,40}}"""
"""What stands before the name of a secret where its value came first."""

_ESCAPED = re.compile(r"\\u00([2-7][0-9a-f])|&(?:quot|apos|#\d{2,3}|#x[0-9a-f]{2});", re.IGNORECASE)
_CUT_URL = re.compile(r"""(:(?:\\*/){2})[^/?#\s"'<>\\]*\Z""")
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), replacement)
    for pattern, replacement in (
        (r"""(:(?:\\*/){2})[^/?#\s"'<>\\]*@""", rf"\1{MASK}@"),
        (r"""(%3A%2F%2F)(?:(?!%2F)[^\s&"'<>\\])*%40""", rf"\1{MASK}%40"),
        (rf"{_EDGE}(?-i:eyJ)[\w-]{{6,}}(?:\.[\w-]*){{0,4}}", MASK),
        (
            rf"""({_EDGE}{_SCHEME}(?:\s+|%20|\+))(?!{_PARAMETERS}|{_PROSE})[\w.~+/=%-]{{4,}}""",
            rf"\1{MASK}",
        ),
        (
            r"""((?:authorization|cookie2?)\s*:[ \t]*)(?![\s"'\\\[{])(?:[^\r\n"\\]|\\["']|"[^"\r\n]*"(?=[ \t]*(?:[,;\r\n]|\Z)))+""",
            rf"\1{MASK}",
        ),
        (rf"({_NAMES}{_BETWEEN}){_VALUE}", rf"\1{MASK}"),
        (
            rf"(\bvalue{_BEFORE_VALUE}){_VALUE}(?=[^{{}}<>]{{0,200}}?{_NAMED}{_NAMES}\\*[\"'])",
            rf"\1{MASK}",
        ),
        (rf"(<[\w.:-]*{_NAMES}(?:\s[^<>]*)?>)[^<]+", rf"\1{MASK}"),
    )
)


def masked(text: str) -> str:
    r"""Return at most the first 4096 characters of a text, with everything that looks like a secret hidden.

    >>> masked('{"access_token": "eyJ0eXAiOiJKV1QifQ.e30.x", "code": "800064"}')
    '{"access_token": ***, "code": "800064"}'
    >>> masked("https://user:pass@host/v1?sig=abc&size=3")
    'https://***@host/v1?sig=***&size=3'
    """
    window = text[:_WINDOW]
    plain = shown = _ESCAPED.sub(_unescaped, window)
    for pattern, replacement in _PATTERNS:
        shown = pattern.sub(replacement, shown)
    if len(text) > _WINDOW:
        shown = _CUT_URL.sub(rf"\1{MASK}", shown)
    return window if shown == plain else shown


def _unescaped(match: re.Match[str]) -> str:
    if match[1] is None:
        return unescape(match[0])
    letter = chr(int(match[1], 16))
    return f"\\{letter}" if letter in '"\\' else letter
