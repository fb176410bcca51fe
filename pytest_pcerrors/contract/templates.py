"""Description templates: texts with the placeholders ``{0}``, ``{1}``, ... for values."""

import re

_PLACEHOLDER = re.compile(r"(?<!\\[dsw])\{[0-9]\}")


def placeholders(template: str) -> frozenset[str]:
    r"""Return the placeholders ``{n}`` of a template; a quantifier such as ``\d{7}`` in a pattern is not one.

    >>> sorted(placeholders("Order {0} of customer {1}"))
    ['{0}', '{1}']
    >>> placeholders(r"must match ^(\d{7}|\d{10})$")
    frozenset()
    """
    return frozenset(_PLACEHOLDER.findall(template))


def fits(description: str, template: str) -> bool:
    """Return whether a text is the template with its placeholders filled in, in linear time.

    >>> fits("Another request is already processing cart 7", "Another request is already processing cart {0}")
    True
    >>> fits("No such cart", "Another request is already processing cart {0}")
    False
    """
    pieces = _PLACEHOLDER.split(template)
    if len(pieces) == 1:
        return description == template
    first, *middle, last = pieces
    if not description.startswith(first):
        return False
    at = len(first)
    for piece in middle:
        found = description.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return description.endswith(last) and at + len(last) <= len(description)
