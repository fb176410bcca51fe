"""Find the secrets among the members of nested data, event by event, independent of the format of the text."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from pytest_pcerrors.jsontext import pointer_of
from pytest_pcerrors.secrets._formats import begins_key
from pytest_pcerrors.secrets.definition import MASK, Hidden
from pytest_pcerrors.secrets.headers import credentials_hidden, holds_credentials
from pytest_pcerrors.secrets.names import KEY_NAMES, Kind, gives_name, last_word, squeezed

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from pytest_pcerrors.secrets.definition import Certainty, Secrets

Scalar = Literal["text", "number", "word"]

VALUES = frozenset("value values val v content input received".split())
"""The last words of the member names of that other value: ``value``, ``attemptedValue``."""

TEXT_VALUES = VALUES | {"data", "instance", "actual", "given", "provided", *"d p q dp dq qi k".split()}
"""The last words of the names of a value that another member names, where it is not an object or an array; the last ones are those of a JSON Web Key."""

_PLAIN_LEAVES = frozenset(
    "id ids keyid type name kind role scope status state version description title method count url uri href link endpoint issuer authority"
    " email mail user username login date alg algorithm kid thumbprint fingerprint region provider domain host tenant etag at time"
    " created modified expires expiry label tag source code message error hash hint".split()
)
"""The last words of harmless names inside a secret's value: ``credentials: {"type": ..., "created_at": ...}``."""

_DOCUMENT = re.compile(r"""\s*[{\[]\s*[{\["]""")
"""The first characters of a value that is itself a document, whose members are searched."""

_LINE_OF_KEY = re.compile(r"\s*+(?:(?:[A-Za-z0-9+/=]++|[A-Z][\w-]*+: .*)\s*+)?")
"""A line of a private key in PEM after its first one."""

_INHERITED: dict[Kind | None, Kind] = {
    Kind.OWN: Kind.OWN,
    Kind.STRONG: Kind.WEAK,
    Kind.CREDENTIALS: Kind.WEAK,
    Kind.WEAK: Kind.AMBIGUOUS,
    Kind.AMBIGUOUS: Kind.AMBIGUOUS,
}
"""What the members of an object inherit from its name: the deeper a value is, the less the name means for it."""

_PAIR, _MAX_NAME, _DEEPEST_SHOWN = 2, 200, 20

Name = str | Kind | None
"""The reason why a value is a secret: its name, or the kind of the names around it."""


class Edit(NamedTuple):
    """The replacement of a value, its JSON Pointer, and the certainty of the secret."""

    text: str
    pointer: str
    certainty: "Certainty"


@dataclass
class _Frame:
    """An open object or array; `inherited` is the name or kind that its items inherit from the names around it.

    `pair` is a name that is given as a value; `spans` are the remembered values that it may name. `member_of_key` is the member of
    its items in which a private key continues, or "" for the items themselves.
    """

    is_object: bool
    inherited: Name = None
    member: str | int = 0
    member_name: Name = None
    pair: Name = None
    spans: list[tuple[int, int]] = field(default_factory=list)
    start: int | None = None
    is_list_in_list: bool = False
    count: int = 0
    member_of_key: str | None = None
    last: str = ""


class Members:
    """Receive objects, arrays, names and values in order, and collect the replacement of each secret.

    `inner` hides the secrets inside a text. The items of an array have the name of the array. Inside a value with the name of a
    secret, each member is judged separately. The ``value`` next to a ``name`` that names a secret is a secret, and so is the second
    item of a pair in a list. An array may have the lines of a private key.
    """

    def __init__(self, secrets: "Secrets", inner: "Callable[[str], Hidden]") -> None:
        self.edits: dict[Hashable, Edit] = {}
        self._secrets = secrets
        self._inner = inner
        self._frames = [_Frame(is_object=False)]
        self._remembered: list[tuple[Hashable, str, Scalar, str]] = []
        self._named: list[tuple[int, int, Name]] = []
        self._open_values = 0

    @property
    def is_in_object(self) -> bool:
        """Whether the next value is a member of an object."""
        return self._frames[-1].is_object

    def enter(self, *, is_object: bool) -> None:
        """Begin an object or an array."""
        outer = self._frames[-1]
        outer.count += 1
        inherited = self._name_of_item(outer)
        if is_object:
            inherited = _INHERITED.get(self._secrets.kind_given(inherited))
        inner = _Frame(is_object, inherited)
        inner.is_list_in_list = not is_object and not outer.is_object and len(self._frames) > 1
        if _is_value(outer, VALUES):
            inner.start = len(self._remembered)
            self._open_values += 1
        self._frames.append(inner)

    def pass_over(self, *, may_be_named: bool) -> bool:
        """Pass over an object without a secret in itself; return False if a name around it, or one that is a value, may concern it."""
        outer = self._frames[-1]
        is_named = may_be_named and (self._open_values > 0 or _is_value(outer, VALUES))
        is_alone = not is_named and self._name_of_item(outer) is None and outer.member_of_key is None
        outer.count += is_alone
        return is_alone

    def leave(self) -> bool:
        """End an object or an array; return False if none is open."""
        if len(self._frames) == 1:
            return False
        frame, outer = self._frames.pop(), self._frames[-1]
        if frame.start is not None:
            self._open_values -= 1
            outer.spans.append((frame.start, len(self._remembered)))
        if frame.pair is not None and (frame.is_object or frame.count == _PAIR):
            self._named += [(*span, frame.pair) for span in frame.spans]
        if not frame.is_object and outer.is_object:
            outer.pair = outer.pair or self._named_by(outer, frame.last)
        return True

    def following(self) -> None:
        """End a member or an item."""
        frame = self._frames[-1]
        frame.member_name = None
        if isinstance(frame.member, int):
            frame.member += 1

    def name(self, handle: "Hashable", text: str) -> None:
        """Receive the name of a member."""
        frame = self._frames[-1]
        frame.member = shown = self._secrets.shown_name(text)
        frame.member_name = text if len(text) <= _MAX_NAME and self._secrets.kind(text) is not None else None
        if frame.member_name is None and frame.inherited is not None:
            is_plain = frame.inherited is not Kind.OWN and last_word(text) in _PLAIN_LEAVES
            frame.member_name = None if is_plain else frame.inherited
        if shown != text:
            self.edits[handle] = Edit(shown, self._pointer(), "secret")

    def value(self, handle: "Hashable", text: str, kind: Scalar = "text") -> None:
        """Receive a value: a text, a number, or a word that is neither."""
        frame = self._frames[-1]
        frame.count, name = frame.count + 1, self._name_of_item(frame)
        if name is None and isinstance(frame.member, int) and len(self._frames) > 1 and " " not in text.strip():
            name = named_by_item(frame.last, self._secrets)
        frame.last = text
        is_line = kind == "text" and self._continues_key(frame, text)
        hidden = Hidden(MASK, "secret") if is_line else self._hidden(name, text, kind)
        self._edit(handle, hidden, text)
        named = self._named_by(frame, text)
        is_value = named is None and _is_value(frame, TEXT_VALUES)
        frame.pair = named or frame.pair
        if is_value:
            frame.spans.append((len(self._remembered), len(self._remembered) + 1))
        if is_value or self._open_values:
            self._remembered.append((handle, text, kind, self._pointer()))

    def end(self) -> "dict[Hashable, Edit]":
        """Close all open objects and arrays, and return the edits."""
        while self.leave():
            pass
        done = 0
        for start, end, name in sorted(self._named, key=lambda span: span[:2]):
            for handle, text, kind, pointer in self._remembered[max(start, done) : end]:
                self._edit(handle, self._hidden(name, text, kind), text, pointer)
            done = max(done, end)
        return self.edits

    def _continues_key(self, frame: _Frame, text: str) -> bool:
        """Return whether a text is a later line, which is not blank, of a private key whose lines are items of an array, or the same member of each item."""
        array, member = (self._frames[-2], str(frame.member)) if frame.is_object else (frame, "")
        is_line = array.member_of_key == member and _LINE_OF_KEY.fullmatch(text) is not None
        if is_line or (begins_key(text) and not array.is_object):
            array.member_of_key = member
        elif array.member_of_key == member:
            array.member_of_key = None
        return is_line and bool(text.strip())

    def _edit(self, handle: "Hashable", hidden: Hidden, text: str, pointer: str = "") -> None:
        if hidden.text != text:
            self.edits[handle] = Edit(hidden.text, pointer or self._pointer(), hidden.certainty or "secret")

    def _name_of_item(self, frame: _Frame) -> Name:
        return frame.member_name if isinstance(frame.member, str) else frame.inherited

    def _hidden(self, name: Name, text: str, scalar: Scalar) -> Hidden:
        if scalar == "number":
            certainty = self._secrets.certainty_of_number(name, text) or (
                "secret" if self._secrets.matches(text) else None
            )
            return Hidden("0" if certainty else text, certainty)
        kind = self._secrets.kind_given(name)
        if name == text and kind is not Kind.OWN:
            return Hidden(text)
        if kind is Kind.CREDENTIALS and isinstance(name, str):
            return Hidden(credentials_hidden(name, text), "secret") if holds_credentials(text) else self._inner(text)
        certainty = self._secrets.certainty(kind, text)
        if certainty is None:
            return Hidden(text) if scalar == "word" else self._inner(text)
        if kind is not Kind.OWN and _DOCUMENT.match(text):
            return self._inner(text)
        return Hidden(MASK, certainty)

    def _named_by(self, frame: _Frame, text: str) -> Name:
        """Return the name of a secret that an item gives to the value next to it, or None."""
        if isinstance(frame.member, int):
            is_name = frame.is_list_in_list and frame.member == 0
        elif squeezed(frame.member) in KEY_NAMES:
            return Kind.WEAK
        else:
            is_name = gives_name(frame.member)
        return text if is_name and len(text) <= _MAX_NAME and self._secrets.kind(text) is not None else None

    def _pointer(self) -> str:
        steps = [frame.member for frame in self._frames[1 : _DEEPEST_SHOWN + 1]]
        return pointer_of([*steps, "..."] if len(self._frames) > _DEEPEST_SHOWN + 1 else steps)


def named_by_item(text: str, secrets: "Secrets") -> Name:
    """Return what an item of an array, such as an option or the name of a header, is for the next item, which is a secret only if it is opaque."""
    is_name = len(text) <= _MAX_NAME and text.replace("-", "_").isidentifier()  # not a tag with a value, nor a path
    kind = secrets.kind(text) if is_name else None
    if kind is Kind.CREDENTIALS:
        return text
    return Kind.WEAK if kind is Kind.STRONG or (kind is Kind.WEAK and text.startswith("-")) else None


def _is_value(frame: _Frame, names: frozenset[str]) -> bool:
    if isinstance(frame.member, int):
        return frame.is_list_in_list and frame.member == _PAIR - 1 and frame.pair is not None
    return last_word(frame.member) in names
