"""Published token formats of vendors: secrets that are detected anywhere in a text.

A new format is a word in `_PREFIXES` or, if its literal is inside or the rest needs no search for opaque words, a line in `FORMATS`. They
follow the vendors' documentation; many are also in the lists of gitleaks and detect-secrets. Only formats with a fixed literal are listed:
other tokens can be detected only by their names.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.base64text import base64_decoded
from pytest_pcerrors.secrets.harmless import is_inside
from pytest_pcerrors.secrets.values import is_opaque_word
from pytest_pcerrors.text import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ahocorasick_rs import AhoCorasick


class Format(NamedTuple):
    """A token format: its literals (each token contains one), the pattern, the offset of the literal, and whether what follows it must be opaque.

    The pattern is tried only near a literal, from up to `before` characters before it.
    """

    literals: str
    pattern: str
    before: int = 0
    must_be_opaque: bool = False


Mask = Callable[[re.Match[str]], str]
"""A function that returns the replacement of a token."""

_A = r"[A-Za-z0-9]"
_W = r"[\w-]"
_SLASH = r"\\{0,3}/"
_REST = r"[\w.=-]{15,}[\w=]"

_PREFIXES = """
aio_ AGE-SECRET-KEY- sk-ant- AKCp ATATT3 ATCTT3 ATSTT3 ATBB bkua_ CCIPAT_ CCIPRJ_ CLOJARS_ cfat_ cfk_ cfut_ CFPAT- dckr_oat_ dckr_pat_
dnsimple_a_ doo_v1_ dop_v1_ dor_v1_ dp.audit. dp.ct. dp.pt. dp.sa. dp.scim. dp.st. duffel_live_ duffel_test_ EZAK EZTK figd_ FLWSECK gho_
ghp_ ghs_ ghu_ ghr_ github_pat_ glagent- glcbt- gldt- glffct- glft- glimt- gloas- glpat- glptt- glrt- glrtr- glsoat- GR1348941 AIza GOCSPX-
GOOG1E ya29. gsk_ csk- HRKU- hf_ api_org_ pat-eu1- pat-na1- lsv2_pt_ lsv2_sk_ lin_api_ lin_oauth_ nfp_ NRAK- NRII- NRIQ- NRJS- ntn_ npm_
nvapi- nyk_v0_ A21AA pplx- pcsk_ phx_ pscale_oauth_ pscale_pw_ pscale_tkn_ PMAK- pnu_ pul- pypi-AgE rdme_ r8_ rubygems_
xkeysib- xsmtpsib- sntrys_ sntryu_ shippo_live_ shippo_test_ shpat_ shpca_ shppa_ shpss_ shpua_ sk.eyJ snyk_uat. sqa_ sqp_ squ_ xapp- xwfp-
rk_live_ rk_prod_ rk_test_ sk_live_ sk_org_live_ sk_prod_ sk_test_ sb_secret_ sbp_ tgp_v1_ tskey- tvly- tfp_ vck_ vcp_ hvb.
hvr. hvs. xai- t1.9eu AQVN sha256~
"""
"""The beginnings of tokens, before an opaque text, by the names of their vendors."""

FORMATS = (
    *(Format(each, re.escape(each) + _REST, must_be_opaque=True) for each in _PREFIXES.split()),
    Format("pat", rf"pat{_A}{{14}}\.[0-9a-f]{{64}}"),
    Format("LTAI", rf"LTAI{_A}{{17,21}}"),
    Format("AKIA ASIA ABIA ACCA", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"),
    Format("IQoJb3Jp FwoGZXIv", r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[\w+/=-]{60,}"),
    Format("ABSK", r"ABSK[\w+/=-]{60,}"),
    Format("AZDO", rf"{_A}{{70,80}}AZDO{_A}{{4}}", 84),
    Format("+AST +ASt +ABa ACDb", r"[A-Za-z0-9+/]{76,120}(?:\+AS[Tt]|\+ABa|ACDb)[A-Za-z0-9+/]{5,8}==", 120),
    Format("+AEh +ASb +ARm AIoT AzCa", r"[A-Za-z0-9+/]{33}(?:\+AEh|\+ASb|\+ARm|AIoT|AzCa)[A-Za-z0-9+/]{5,8}=", 36),
    Format("AzSe AzFu +ACR", r"[\w+/-]{42,44}(?:AzSe|AzFu|\+ACR)[A-D][\w+/-]{5}(?:==)?", 46),
    Format("JQQJ99", rf"{_A}{{52}}JQQJ99{_A}{{18,30}}", 52),
    Format("dapi dose", r"(?:dapi|dose)[0-9a-f]{32}(?:-\d)?"),
    Format("sl.", rf"sl\.(?:u\.)?{_W}{{100,}}"),
    Format("dt0", r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    Format("EAA", rf"EAA[MC]{_A}{{60,}}"),
    Format("FlyV1", r"FlyV1 fm\d_[\w+/=,-]{50,}"),
    Format("glsa_ glc_", r"gl(?:sa|c)_[\w+/=-]{32,}"),
    Format("pat. sat.", rf"(?:pat|sat)\.{_W}{{22}}\.[0-9a-f]{{24}}\.{_A}{{20}}"),
    Format(".atlasv1.", rf"{_A}{{14}}\.atlasv1\.[\w=-]{{60,70}}", 14),
    Format("bearer.auth", rf"bearer\.authorization\.k8s\.io\.{_W}{{16,}}=*"),
    Format("_pub_", r"(?:live|test)_pub_[0-9a-f]{31}", 4),
    Format("-us", r"[0-9a-f]{32}-us\d{1,2}", 32),
    Format("key-", r"(?:pub)?key-[0-9a-f]{32}", 3),
    Format("private-", r"private-[0-9a-f]{32}/basic"),
    Format("EwA EwB EwC EwD", r"Ew[A-D][0-9A-Za-z+/]{60,}={0,2}"),
    Format("Q~", r"[\w.~-]{3}\dQ~[\w.~-]{16,}", 4),
    Format("0.A 1.A", r"[01]\.A[\w-]{20,}(?:\.[\w-]+)*"),
    Format("1//0", rf"1//0{_W}{{40,}}"),
    Format("NRAL", r"[0-9a-fux]{36}NRAL", 36),
    Format("secret_", rf"secret_{_A}{{43}}"),
    Format("oy2", r"oy2[a-z0-9]{43}"),
    Format("sk-", rf"sk-(?:proj-|svcacct-|admin-|or-v1-|None-)?{_W}{{32,}}"),
    Format("SG.", rf"SG\.{_W}{{16,32}}\.{_W}{{16,64}}"),
    Format("xox", rf"xox[a-z][.-](?:xox[a-z]-)?(?:\d-)?{_W}{{10,}}"),
    Format("hooks.slack.com", rf"https:(?:{_SLASH}){{2}}hooks\.slack\.com(?:{_SLASH}{_W}+){{4,}}", 16),
    Format("/IncomingWebhook/", r"[0-9a-f@-]{0,73}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36}(?:/[\w-]+)?", 73),
    Format("/webhooks/", rf"/api/webhooks/\d{{17,20}}/{_W}{{60,}}", 4),
    Format("sq0 EAAA", rf"(?:sq0(?:atp|csp|idp)-{_W}{{22,43}}|EAAA{_W}{{60}})"),
    Format("whsec_", r"whsec_[A-Za-z0-9+/=]{24,}"),
    Format(":AA", rf"(?:bot)?\d{{8,10}}:AA{_W}{{32,34}}", 13),
    Format("SK0 SK1 SK2 SK3 SK4 SK5 SK6 SK7 SK8 SK9 SKa SKb SKc SKd SKe SKf", r"SK[0-9a-f]{32}"),
    Format("ops_eyJ", r"ops_eyJ[A-Za-z0-9+/=]{100,}"),
)


def edge(inside: str = "A-Za-z0-9", first: str = "") -> str:
    """Return the pattern of the boundary before a token, which may be an escaped line break (backslash and n) or a percent-encoded character.

    With `first`, its place is after the first characters of the token: a pattern that begins with such a class or text is fast to search for.
    """
    return rf"(?:(?<![{inside}]{first})|(?<=\\[nrt]{first})|(?<=%[0-9A-Fa-f]{{2}}{first}))"


def in_any_case(words: "Iterable[str]", edge: str = "") -> str:
    """Return a pattern of words in any case of their letters, which is fast to search for; `edge` is the boundary after their first letter."""
    firsts = {letter for word in words for letter in (word[0].lower(), word[0].upper())}
    rest = "|".join(f"(?<={word[0]}){word[1:]}" for word in words)
    return rf"[{''.join(sorted(firsts))}\u017f\u212a](?i:{edge}(?:{rest}))"  # also the long s and the Kelvin sign


EDGE = edge()
_NO_BASE64 = r"(?![A-Za-z0-9+/]{20})"


@cache
def _exact(number: int) -> re.Pattern[str]:
    """Return the pattern with its boundaries.

    A token of only letters and digits is not matched inside base64, and one that may begin with the letter of an escape not inside an escape.
    """
    each = FORMATS[number]
    is_plain = all(literal.isalnum() for literal in each.literals.split())
    inside = "A-Za-z0-9" + "+/" * is_plain + r"\\%" * (each.before > 0 or each.pattern.startswith(("n", "r", "t")))
    return re.compile(f"{edge(inside)}(?:{each.pattern}){_NO_BASE64 if is_plain else ''}", re.ASCII)


@cache
def _loose(number: int) -> re.Pattern[bytes]:
    """Return the pattern without boundaries; any white space matches its spaces."""
    return re.compile(FORMATS[number].pattern.replace(" ", r"\s").encode())


_LITERALS = tuple((literal, number) for number, each in enumerate(FORMATS) for literal in each.literals.split())
_MAX_LENGTH = 4096
_SURROGATE = late_pattern("[\ud800-\udfff]")
_JWT = late_pattern(rf"(eyJ{edge('A-Za-z0-9_-', 'eyJ')}[\w-]{{4,8192}}+)(?:(?:\.[\w-]*+){{2,4}}|\.[\w-]++)", re.ASCII)
"""A JSON Web Token, perhaps without its signature."""

_BREAK = r"(?:[^\w\\<&-]|-(?!-)|\\+[rnt]?|<br ?/?>|&#?\w{1,5};)"
"""A character between the lines of a key: white space, or what quotes, comments, diffs, markup and programs add."""

_LINES = rf"(?:{_BREAK}*+(?:[A-Za-z0-9+/=]{{12,}}+|(?:Proc-Type|DEK-Info|Version|Comment|Private-MAC):[^\r\n\\]*+))++(?:{_BREAK}*+[A-Za-z0-9+/=]*+\Z)?"
_FIRST_LINE = r"(-----?) ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?\1"
_PRIVATE_KEY = late_pattern(
    rf"(?:{_FIRST_LINE}|Private-Lines: \d{{1,3}})(?={_LINES})"
    rf"(?:(?:[^-{{}}]|-(?!---))*+\1 ?END [A-Z0-9 ]{{0,60}}\1|{_LINES})",
    re.ASCII,
)
"""A private key of PEM, SSH2 or PuTTY, up to its end line or, if that is missing, to the last line of base64."""

LITERALS = tuple(literal for literal, _ in _LITERALS)
"""The literals of the vendors' tokens, case-sensitive; a text without any of them contains no such token."""


def begins_token(index: int, data: bytes, literal: int) -> bool:
    """Return whether a token may be at the position of a literal."""
    number = _LITERALS[index][1]
    starts = range(max(literal - FORMATS[number].before, 0), literal + 1)
    return any(not is_inside(data, start) and _loose(number).match(data, start) for start in starts)


def tokens_hidden(text: str, mask: Mask) -> str:
    """Hide private keys in PEM (RFC 7468), JSON Web Tokens (RFC 7519) and the tokens of vendors in a text.

    >>> [tokens_hidden(text, lambda _: "***") for text in ("signed in with eyJhbGciOiJub25lIn0.e30.x", "eyJpZCI6MX0")]
    ['signed in with ***', 'eyJpZCI6MX0']
    """
    text = keys_hidden(text, mask)
    if "eyJ" in text:
        text = _JWT.sub(lambda match: mask(match) if _is_header(match[1]) else match[0], text)
    return _vendors_hidden(text, mask)


def begins_key(text: str) -> bool:
    """Return whether a text is the first line of a private key, whose other lines may be the next items of an array."""
    return "PRIVATE KEY" in text and re.fullmatch(_FIRST_LINE, text.strip()) is not None


def keys_hidden(text: str, mask: Mask) -> str:
    """Hide private keys; this comes first, since other replacements could split a key."""
    return _PRIVATE_KEY.sub(mask, text) if "PRIVATE KEY" in text or "Private-Lines:" in text else text


def _vendors_hidden(text: str, mask: Mask) -> str:
    """Hide the tokens of vendors, except the examples of their documentation."""
    pieces, done = [], 0
    searched = _SURROGATE.sub("?", text)  # lone surrogates are not searched
    for index, start, _ in sorted(_automaton().find_matches_as_indexes(searched, overlapping=True), key=itemgetter(1)):
        match = _match(_LITERALS[index][1], text, start, done)
        if match is not None:
            pieces += [text[done : match.start()], mask(match)]
            done = match.end()
    return "".join([*pieces, text[done:]])


def _match(number: int, text: str, literal: int, done: int) -> re.Match[str] | None:
    """Return the token with a literal at this position, unless it is an example of the vendor's documentation."""
    each = FORMATS[number]
    for start in range(max(literal - each.before, done), literal + 1):
        match = _exact(number).match(text, start, literal + _MAX_LENGTH)
        if match is not None:
            is_example = "EXAMPLE" in match[0] or (
                each.must_be_opaque and not is_opaque_word(match[0].removeprefix(each.literals))
            )
            return None if is_example else match
    return None


@cache
def _automaton() -> "AhoCorasick":
    from ahocorasick_rs import AhoCorasick

    return AhoCorasick([literal for literal, _ in _LITERALS])


def _is_header(part: str) -> bool:
    """Return whether the first part of a token is the header of a JSON Web Token (RFC 7515, section 4)."""
    try:
        header = json.loads(base64_decoded(part))
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and bool(header.keys() & {"alg", "enc", "typ"})
