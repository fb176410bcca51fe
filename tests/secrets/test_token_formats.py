"""Tokens of each vendor are detected anywhere; similar texts, and examples of documentation, are kept."""

import random
import re

import pytest

from pytest_pcerrors.secrets._formats import FORMATS, tokens_hidden
from pytest_pcerrors.secrets.definition import masked

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"
ASCII = [chr(code) for code in range(33, 127)]
PARSER = re._parser


def made_up(pattern, choice):
    """Return a random text that matches a pattern: this file contains no token."""
    return "".join(_made(op, value, choice) for op, value in PARSER.parse(pattern, re.ASCII))


def _made(op, value, choice):
    name = str(op)
    if name == "LITERAL":
        return chr(value)
    if name == "IN":
        members = re.compile(_class(value), re.ASCII)
        return choice.choice([sign for sign in ASCII if members.fullmatch(sign)])
    if name == "BRANCH":
        return "".join(_made(*each, choice) for each in choice.choice(value[1]))
    if name == "SUBPATTERN":
        return "".join(_made(*each, choice) for each in value[3])
    least, most, item = value
    times = choice.randint(least, min(int(most), least + 8))
    return "".join(_made(*each, choice) for _ in range(times) for each in item)


def _class(members):
    parts = []
    for op, value in members:
        if str(op) == "LITERAL":
            parts.append(re.escape(chr(value)))
        elif str(op) == "RANGE":
            parts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        else:
            parts.append({"CATEGORY_WORD": r"\w", "CATEGORY_DIGIT": r"\d"}[str(value)])
    return f"[{''.join(parts)}]"


KEY_LINES = [
    *((each, "\n") for each in ("> ", "# ", "// ", " * ", "+", "> > | ", "\t")),
    *(
        ("", each)
        for each in ("<br>", "<br />\n", "&#10;", "&#xA;", '\\n" +\n  "', "\\n',\n'", "\\r\\n", " \\\n", "%\n")
    ),
]
"""The text before and after each line of a key in quotations, comments, diffs, markup and programs."""


AROUND = [
    ("", ""),
    ("sent ", " there"),
    ("/v1?x=", "&y=1"),
    ('{"x": "', '"}'),
    (r"a\n", r"\nb"),
    ("(", ")"),
    ("%22", "%22"),
]


@pytest.mark.covered
def test_a_token_of_each_vendor_is_hidden():
    """Alone, in a sentence, in a URL, in JSON, and after an escaped line break; the text around it is kept.

    The search starts at literals: a token without any of them would be missed.
    """
    for vendor in FORMATS:
        choice = random.Random(8)
        for _ in range(5):
            token = made_up(vendor.pattern, choice)
            found = [token.index(literal) for literal in vendor.literals.split() if literal in token]
            assert min(found) <= vendor.before, vendor
            for before, after in AROUND:
                shown = tokens_hidden(before + token + after, masked)
                assert shown in (f"{before}***{after}", f"{before}***{after[-1:]}"), (vendor, token)


@pytest.mark.covered
def test_a_near_miss_of_each_vendor_stays():
    """The beginning alone, a token inside a longer word, and a truncated one."""
    for vendor in FORMATS:
        token = made_up(vendor.pattern, random.Random(8))
        for near in (*vendor.literals.split(), token[: len(token) // 3]):
            assert tokens_hidden(f"see {near} there", masked) == f"see {near} there", vendor
        if token[0].isalnum():
            assert tokens_hidden(f"Word{token}", masked) != "Word***", vendor


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"a {JWT} b", "a *** b"),
        (f"{JWT}.x.y", "***"),
        (f"x={JWT}&y=1", "x=***&y=1"),
        ("eyJhbGciOiJub25lIn0.e30.", "***"),
        ("eyJlbmMiOiJBMjU2R0NNIn0.e30.", "***"),
        ("eyJ0eXAiOiJKV1QifQ.e30.", "***"),
        ("eyJpZCI6MX0.eyJhIjoxfQ.c2ln", None),
        ("eyJpZCI6MX0", None),
        ("eyJhbGciOiJIUzI1NiJ9.[FILTERED]", None),
        ("eyJ0eXAiOiJKV1QifQ", None),
        ("eyJ[[[.a.b", None),
        (f"abc{JWT}", None),
        ("AKIAIOSFODNN7EXAMPLE", None),
        ("AKIAIOSFODNN7EXAMPLF", "***"),
        ("aGVsbG8/AKIAIOSFODNN7EXAMPLF", None),
        (f"AKIAIOSFODNN7EXAMPLF/{'aB3d' * 5}", None),
        ("-----BEGIN PRIVATE KEY----- is missing", None),
        ("-----BEGIN CERTIFICATE-----\nMIIEowIBAAKCAQEA\n-----END CERTIFICATE-----", None),
        ("-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nMIIE", "***"),
        ("-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nis the key", "***\nis the key"),
        (r"-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END PRIVATE KEY-----\nb", r"***\nb"),
        ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIEowIBAAKCAQEA is the key", "*** is the key"),
        *(
            (
                f"{each}-----BEGIN PRIVATE KEY-----{end}{each}MIIEowIBAAKCAQEA{end}{each}-----END PRIVATE KEY-----",
                each + "***",
            )
            for each, end in KEY_LINES
        ),
        (
            "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nMIIEowIBAAKCAQEA\n---- END SSH2 ENCRYPTED PRIVATE KEY ----\nb",
            "***\nb",
        ),
        ("-----BEGIN TSS2 PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END TSS2 PRIVATE KEY-----", "***"),
        (
            "Public-Lines: 1\nAAAAC3NzaC1l\nPrivate-Lines: 1\nMIIEowIBAAKCAQEA\nPrivate-MAC: 0a1b2c3d\nb c",
            "Public-Lines: 1\nAAAAC3NzaC1l\n***\nb c",
        ),
        ("glpat-python-gitlab-token-of-tests", None),
        ("/bot1234567890:AAkX7pQz19vLmW04abkX7pQz19vLmW04abx/getMe", "/***/getMe"),
        ("a -----BEGIN EC PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END EC PRIVATE KEY----- b", "a *** b"),
    ],
)
def test_tokens_without_a_vendor(text, shown):
    """A JSON Web Token has a header that decodes, a private key is in PEM; example keys of documentation are kept."""
    assert tokens_hidden(text, masked) == (text if shown is None else shown)


def test_what_is_not_unicode_is_ignored():
    """Lone surrogates do not stop the search."""
    token = made_up(r"ghp_[A-Za-z0-9]{36}", random.Random(8))
    assert tokens_hidden(f"\ud800 {JWT} {token} \udfff", masked) == "\ud800 *** *** \udfff"


def test_a_binary_text_keeps_its_length():
    """A mask may depend on the text that it hides."""
    text = f"\0{JWT}\0"
    assert tokens_hidden(text, lambda match: "*" * len(match[0])) == "\0" + "*" * len(JWT) + "\0"


def test_a_token_that_is_cut_off_is_hidden():
    """Its header shows what it is."""
    cut = [JWT[:end] for end in range(JWT.index(".") + 2, len(JWT))]
    assert [each for each in cut if tokens_hidden(f"a {each}", masked) != "a ***"] == []
