"""Bodies that are markup instead of JSON: the kind of document and its title."""

import re

from pytest_pcerrors.secrets.display import shown

_LONGEST_HEAD = 4096
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,400})", re.IGNORECASE)


def markup_found(text: str) -> str:
    """Return a message for a text that begins like markup, with the title of an HTML page; empty for any other text.

    >>> markup_found("<html><head><title>502 Bad Gateway</title></head></html>")
    'an HTML page instead of JSON: "502 Bad Gateway"'
    >>> markup_found('<?xml version="1.0"?><Error/>'), markup_found("<h1>No</h1>"), markup_found("[")
    ('an XML document instead of JSON', 'markup instead of JSON', '')
    """
    if not text.startswith("<"):
        return ""
    head = text[:_LONGEST_HEAD]
    if _HTML.search(head):
        title = _TITLE.search(head)
        words = " ".join(title[1].split()) if title else ""
        return f"an HTML page instead of JSON{f': {shown(words)}' if words else ''}"
    return f"{'an XML document' if head.startswith('<?xml') else 'markup'} instead of JSON"
