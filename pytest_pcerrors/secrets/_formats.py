"""Published token formats of vendors: secrets that are detected anywhere in a text.

A new format is one line in `VENDORS`. The patterns follow the vendors' documentation; most are also in the lists of gitleaks and
detect-secrets. Only formats with a fixed literal are listed: other tokens can be detected only by their names.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.base64text import base64_decoded
from pytest_pcerrors.secrets.harmless import is_inside
from pytest_pcerrors.text import late_pattern

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick


class Format(NamedTuple):
    """A token format: the vendor, its literals (each token contains one), the pattern, and the offset of the literal.

    The pattern is tried only near a literal, from up to `before` characters before it.
    """

    vendor: str
    literals: str
    pattern: str
    before: int = 0


Mask = Callable[[re.Match[str]], str]
"""A function that returns the replacement of a token."""

_A = r"[A-Za-z0-9]"
_W = r"[\w-]"
_SLASH = r"\\{0,3}/"

VENDORS = (
    Format("Adafruit", "aio_", rf"aio_{_A}{{28}}"),
    Format("Age", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[0-9A-Za-z]{50,60}"),
    Format("Airtable", "pat", rf"pat{_A}{{14}}\.[0-9a-f]{{64}}"),
    Format("Alibaba Cloud", "LTAI", rf"LTAI{_A}{{17,21}}"),
    Format("Anthropic", "sk-ant-", rf"sk-ant-{_W}{{20,}}"),
    Format("Artifactory", "AKCp", rf"AKCp{_A}{{69}}"),
    Format("Atlassian", "ATATT3", r"ATATT3[\w=-]{60,}"),
    Format("AWS access key", "AKIA ASIA ABIA ACCA", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"),
    Format("Azure DevOps", "AZDO", rf"{_A}{{70,80}}AZDO{_A}{{4}}", 84),
    Format("Azure Storage", "+AST", r"[A-Za-z0-9+/]{76,120}\+AST[A-Za-z0-9+/]{6}==", 120),
    Format("Bitbucket", "ATBB", rf"ATBB{_A}{{24,}}"),
    Format("Buildkite", "bkua_", r"bkua_[0-9a-z]{40}"),
    Format("CircleCI", "CCIPAT_ CCIPRJ_", rf"CCIP(?:AT|RJ)_{_A}{{22}}_[0-9a-f]{{40}}"),
    Format("Clojars", "CLOJARS_", rf"CLOJARS_{_A}{{60}}"),
    Format("Databricks", "dapi", r"dapi[0-9a-f]{32}(?:-\d)?"),
    Format("DigitalOcean", "_v1_", r"do[opr]_v1_[0-9a-f]{64}", 3),
    Format("Docker Hub", "dckr_pat_", rf"dckr_pat_{_W}{{27,}}"),
    Format(
        "Doppler", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", rf"dp\.(?:pt|st|ct|sa|scim|audit)\.{_A}{{40,44}}"
    ),
    Format("Dropbox", "sl.", rf"sl\.(?:u\.)?{_W}{{100,}}"),
    Format("Duffel", "duffel_", rf"duffel_(?:test|live)_{_W}{{43}}"),
    Format("Dynatrace", "dt0", r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    Format("EasyPost", "EZAK EZTK", rf"EZ[AT]K{_A}{{54}}"),
    Format("Facebook", "EAA", rf"EAA[MC]{_A}{{60,}}"),
    Format("Figma", "figd_", rf"figd_{_W}{{38,}}"),
    Format("Flutterwave", "FLWSECK", r"FLWSECK(?:_TEST)?-[0-9a-zA-Z]{12,}(?:-X)?"),
    Format("Fly.io", "FlyV1", r"FlyV1 fm\d_[\w+/=,-]{50,}"),
    Format("GitHub", "gho_ ghp_ ghs_ ghu_ ghr_", rf"gh[opsur]_{_A}{{36,}}"),
    Format("GitHub", "github_pat_", r"github_pat_\w{60,}"),
    Format(
        "GitLab",
        "glpat- glcbt- gldt- glft- glimt- gloas- glptt- glrt- glsoat- glagent-",
        rf"gl(?:pat|cbt|dt|ft|imt|oas|ptt|rt|soat|agent)-{_W}{{20,}}",
    ),
    Format("GitLab runner registration", "GR1348941", rf"GR1348941{_W}{{20}}"),
    Format("Google API key", "AIza", rf"AIza{_W}{{35}}"),
    Format("Google client secret", "GOCSPX-", rf"GOCSPX-{_W}{{28}}"),
    Format("Google OAuth", "ya29.", r"ya29\.[\w.-]{20,}"),
    Format("Google refresh token", "1//0", rf"1//0{_W}{{40,}}"),
    Format("Grafana", "glsa_ glc_", r"gl(?:sa|c)_[\w+/=-]{32,}"),
    Format("Groq", "gsk_", rf"gsk_{_A}{{48,}}"),
    Format("Harness", "pat. sat.", rf"(?:pat|sat)\.{_W}{{22}}\.[0-9a-f]{{24}}\.{_A}{{20}}"),
    Format("HashiCorp Terraform", ".atlasv1.", rf"{_A}{{14}}\.atlasv1\.[\w=-]{{60,70}}", 14),
    Format("HashiCorp Vault", "hvb. hvr. hvs.", r"hv[brs]\.[\w-]{24,}"),
    Format("Heroku", "HRKU-", rf"HRKU-{_W}{{36,}}"),
    Format("Hugging Face", "hf_ api_org_", rf"(?:hf|api_org)_{_A}{{34,}}"),
    Format("Kubernetes", "bearer.authorization.k8s.io.", rf"bearer\.authorization\.k8s\.io\.{_W}{{16,}}=*"),
    Format("LangSmith", "lsv2_", r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),
    Format("Linear", "lin_", rf"lin_(?:api|oauth)_{_A}{{32,}}"),
    Format("Lob", "_pub_", r"(?:live|test)_pub_[0-9a-f]{31}", 4),
    Format("Mailchimp", "-us", r"[0-9a-f]{32}-us\d{1,2}", 32),
    Format("Mailgun", "key-", r"(?:pub)?key-[0-9a-f]{32}", 3),
    Format("Microsoft account", "EwA EwB EwC EwD", r"Ew[A-D][0-9A-Za-z+/]{60,}={0,2}"),
    Format("Microsoft Entra client secret", "Q~", r"[\w.~-]{3}\dQ~[\w.~-]{16,}", 4),
    Format("Microsoft Entra refresh token", "0.A 1.A", r"[01]\.A[\w-]{20,}(?:\.[\w-]+)*"),
    Format("New Relic", "NRAK- NRJS- NRII- NRIQ-", rf"NRAK-[A-Z0-9]{{27}}|NRJS-[0-9a-f]{{19}}|NRI[IQ]-{_W}{{32}}"),
    Format("Notion", "secret_ ntn_", rf"(?:secret_{_A}{{43}}|ntn_{_A}{{40,}})"),
    Format("npm", "npm_", rf"npm_{_A}{{36}}"),
    Format("NuGet", "oy2", r"oy2[a-z0-9]{43}"),
    Format("OpenAI", "sk-", rf"sk-(?:proj-|svcacct-|admin-|or-v1-|None-)?{_W}{{32,}}"),
    Format("Perplexity", "pplx-", rf"pplx-{_A}{{40,}}"),
    Format("Pinecone", "pcsk_", r"pcsk_\w{40,}"),
    Format("PlanetScale", "pscale_", r"pscale_(?:tkn|pw|oauth)_[\w.=-]{32,}"),
    Format("Postman", "PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    Format("Prefect", "pnu_", rf"pnu_{_A}{{36}}"),
    Format("Pulumi", "pul-", r"pul-[0-9a-f]{40}"),
    Format("PyPI", "pypi-", rf"pypi-AgE{_W}{{50,}}"),
    Format("ReadMe", "rdme_", r"rdme_[0-9a-z]{70}"),
    Format("Replicate", "r8_", rf"r8_{_A}{{37,}}"),
    Format("RubyGems", "rubygems_", r"rubygems_[0-9a-f]{48}"),
    Format("SendGrid", "SG.", rf"SG\.{_W}{{16,32}}\.{_W}{{16,64}}"),
    Format("Sendinblue", "xkeysib-", r"xkeysib-[0-9a-f]{64}-\w{16}"),
    Format("Sentry", "sntry", r"sntry[su]_[\w+/=-]{60,}"),
    Format("Shippo", "shippo_", r"shippo_(?:live|test)_[0-9a-f]{40}"),
    Format("Shopify", "shp", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    Format("Slack", "xox xapp-", rf"xox[a-z]-(?:\d-)?{_W}{{10,}}|xapp-\d-{_W}{{20,}}"),
    Format(
        "Slack webhook",
        "hooks.slack.com",
        rf"https:(?:{_SLASH}){{2}}hooks\.slack\.com{_SLASH}(?:services|workflows|triggers){_SLASH}(?:{_W}|{_SLASH}){{20,}}",
        16,
    ),
    Format("Microsoft Teams webhook", "/IncomingWebhook/", r"/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36}"),
    Format("Discord webhook", "/webhooks/", rf"/api/webhooks/\d{{17,20}}/{_W}{{60,}}", 4),
    Format("Square", "sq0 EAAA", rf"(?:sq0(?:atp|csp|idp)-{_W}{{22,43}}|EAAA{_W}{{60}})"),
    Format("Stripe", "k_live_ k_test_ k_prod_", rf"[rs]k_(?:live|test|prod)_{_A}{{16,}}", 1),
    Format("Stripe webhook", "whsec_", r"whsec_[A-Za-z0-9+/=]{24,}"),
    Format("Supabase", "sbp_", r"sbp_[0-9a-f]{40}"),
    Format("Tailscale", "tskey-", rf"tskey-[a-z]+-{_A}+-{_A}{{16,}}"),
    Format("Telegram", ":AA", rf"\d{{8,10}}:AA{_W}{{32,34}}", 10),
    Format("Twilio", "SK0 SK1 SK2 SK3 SK4 SK5 SK6 SK7 SK8 SK9 SKa SKb SKc SKd SKe SKf", r"SK[0-9a-f]{32}"),
    Format("Typeform", "tfp_", r"tfp_[\w.=-]{59}"),
    Format("xAI", "xai-", rf"xai-{_A}{{70,}}"),
    Format("Yandex Cloud", "AQVN", rf"AQVN{_W}{{35,38}}"),
    Format("1Password", "ops_eyJ", r"ops_eyJ[A-Za-z0-9+/=]{100,}"),
)

EDGE = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
"""The boundary before a token, which may be an escaped line break (backslash and n) or a percent-encoded character."""

_EDGE_OF_ANY = EDGE.replace("A-Za-z0-9", r"A-Za-z0-9\\%")
"""The boundary before a token that may begin with any letter: not inside an escape or a percent-encoded character."""

_NO_BASE64 = r"(?![A-Za-z0-9+/]{20})"


@cache
def _exact(number: int) -> re.Pattern[str]:
    """Return the pattern with its boundaries; a token of only letters and digits is not matched inside base64."""
    each = VENDORS[number]
    is_plain = all(literal.isalnum() for literal in each.literals.split())
    edge = _EDGE_OF_ANY if each.before else EDGE
    if is_plain:
        edge = edge.replace("A-Za-z0-9", "A-Za-z0-9+/", 1)
    return re.compile(f"{edge}(?:{each.pattern}){_NO_BASE64 if is_plain else ''}", re.ASCII)


@cache
def _loose(number: int) -> re.Pattern[bytes]:
    """Return the pattern without boundaries; any white space matches its spaces."""
    return re.compile(VENDORS[number].pattern.replace(" ", r"\s").encode())


_LITERALS = tuple((literal, number) for number, each in enumerate(VENDORS) for literal in each.literals.split())
_MAX_LENGTH = 4096
_SURROGATE = late_pattern("[\ud800-\udfff]")
_JWT_EDGE = r"(?:(?<![\w-])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
_JWT = late_pattern(rf"{_JWT_EDGE}(eyJ[\w-]{{4,8192}}+)(?:(?:\.[\w-]*+){{2,4}}|\.[\w-]++)", re.ASCII)
"""A JSON Web Token, perhaps without its signature."""

_BREAK = r"(?:[^\w\\<&-]|-(?!-)|\\+[rnt]?|<br ?/?>|&#?\w{1,5};)"
"""A character between the lines of a key: white space, or what quotes, comments, diffs, markup and programs add."""

_PEM_HEADER = r"(?:Proc-Type|DEK-Info|Version|Comment):"
_PEM = late_pattern(
    rf"-----BEGIN [A-Z ]{{0,40}}PRIVATE KEY(?: BLOCK)?-----(?={_BREAK}*+(?:[A-Za-z0-9+/=]{{12}}|{_PEM_HEADER}))"
    r"(?:(?:[^-{}]|-(?!----))*+-----END [A-Z ]{0,60}-----"
    rf"|(?:{_BREAK}*+(?:[A-Za-z0-9+/=]{{12,}}+|{_PEM_HEADER}[^\r\n\\]*+))++(?:{_BREAK}*+[A-Za-z0-9+/=]*+\Z)?)",
    re.ASCII,
)
"""A private key, up to its end line or, if that is missing, to the last line of base64."""

LITERALS = tuple(literal for literal, _ in _LITERALS)
"""The literals of the vendors' tokens, case-sensitive; a text without any of them contains no such token."""


def begins_token(index: int, data: bytes, literal: int) -> bool:
    """Return whether a token may be at the position of a literal."""
    number = _LITERALS[index][1]
    starts = range(max(literal - VENDORS[number].before, 0), literal + 1)
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


def keys_hidden(text: str, mask: Mask) -> str:
    """Hide private keys in PEM; this comes first, since other replacements could split a key."""
    return _PEM.sub(mask, text) if "PRIVATE KEY" in text else text


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
    for start in range(max(literal - VENDORS[number].before, done), literal + 1):
        match = _exact(number).match(text, start, literal + _MAX_LENGTH)
        if match is not None:
            return None if "EXAMPLE" in match[0] else match
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
