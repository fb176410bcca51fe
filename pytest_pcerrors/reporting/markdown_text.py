"""Text from elsewhere, escaped for Markdown."""

import re

_MARKS = re.compile(r"([\\|`*_\[\]~])")


def cell(text: str) -> str:
    r"""Return a text on one line, escaped for a Markdown table, with at signs escaped so that nobody is mentioned.

    >>> cell("a|b <i> @me `x`")
    'a\\|b &lt;i> &#64;me \\`x\\`'
    """
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace("@", "&#64;")
    return _MARKS.sub(r"\\\1", text)
