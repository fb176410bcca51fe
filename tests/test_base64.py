"""Base64 in recordings and headers, which Python's versions treat differently."""

import pytest

from pytest_pcerrors.base64text import base64_decoded


@pytest.mark.parametrize("text", ["dTpw", b"dTpw", "dTpw==", "dTpw====", "dT\n pw", "dTpw\r\n"])
def test_padding_and_white_space_do_not_matter(text):
    """Python 3.13 refuses padding that is not needed, earlier versions did not."""
    assert base64_decoded(text) == b"u:p"


@pytest.mark.parametrize("text", ["-_8", "+/8="])
def test_both_alphabets_are_read(text):
    """That of RFC 4648, section 4, and that of URLs."""
    assert base64_decoded(text) == b"\xfb\xff"


@pytest.mark.parametrize("text", ["dTp.", "dTpw!", "dT=pw", "d", "d\u00fc", "dTpwY"])
def test_what_is_not_base64_is_refused(text):
    """Letters of another alphabet, padding inside, and a length that no bytes have."""
    with pytest.raises(ValueError):  # noqa: PT011 - each version of Python has its own message
        base64_decoded(text)
