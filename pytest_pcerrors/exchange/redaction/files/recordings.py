"""One recorded exchange, in any form of recording: which of its scalars hold secrets, and what is to stand there."""

from base64 import b64encode
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.kinds.parts import base64_bytes
from pytest_pcerrors.exchange.redaction.headers import hidden
from pytest_pcerrors.exchange.redaction.members import Members
from pytest_pcerrors.exchange.redaction.secrets import MASK

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.redaction.files.nodes import Node
    from pytest_pcerrors.exchange.redaction.redacting import Redaction

_LENGTH = "content-length"


class Changes:
    """What is to stand for which scalar, and what each is called."""

    def __init__(self, redaction: "Redaction") -> None:
        self.edits: dict[Node, str | bytes] = {}
        self.places: dict[Node, str] = {}
        self._redaction = redaction

    def exchange(self, item: "Node") -> None:
        """Hear of one exchange, in a form that archives have."""
        response = item.get("response")
        if response is None or item.get("request") is None:
            self._response(item)
            return
        for key, value in item.members():
            if key.value == "request":
                self._request(value)
            elif key.value == "response":
                self._response(value)
            else:
                self.other(key, value)

    def other(self, key: "Node", value: "Node") -> None:
        """Hear of a member that no form of recording knows."""
        members = Members(self._redaction.secrets, self._redaction.text)
        members.enter(is_object=True)
        members.name(key, _text(key))
        _tell(value, members)
        for node, edit in members.end().items():
            self._put(node, edit.text, f"member {edit.pointer}")  # type: ignore[arg-type]  # the handles are nodes

    def comment(self, node: "Node") -> None:
        """Hear of a comment of the file."""
        self._put(node, self._redaction.text(_text(node)), "comment")

    def _request(self, request: "Node") -> None:
        lengths: list[tuple[int, int]] = []
        for key, value in request.members():
            match key.value:
                case "url" | "uri":
                    self._url(value)
                case "method":
                    self._put(value, self._redaction.text(_text(value)), "request method")
                case "headers":
                    continue
                case "body":
                    lengths += self._body(value, "request")
                case "postData":
                    lengths += self._posted(value)
                case "queryString":
                    self._parameters(value, "request URL")
                case "cookies":
                    self._cookies(value, "request")
                case _:
                    self.other(key, value)
        self._headers(request.get("headers"), "request", lengths)

    def _response(self, response: "Node") -> None:
        lengths: list[tuple[int, int]] = []
        for key, value in response.members():
            match key.value:
                case "headers":
                    continue
                case "request":
                    self._request(value)
                case "status" | "statusText" | "reason":
                    self._reason(value)
                case "body" | "content":
                    is_value = (
                        key.value == "body" and (status := response.get("status")) is not None and not status.items
                    )
                    lengths += self._text_or_value(value, "response") if is_value else self._body(value, "response")
                case "body_base64":
                    lengths += self._base64(value, "response")
                case "redirectURL":
                    self._put(value, self._redaction.url(_text(value)), "response header Location")
                case "cookies":
                    self._cookies(value, "response")
                case _:
                    self.other(key, value)
        self._headers(response.get("headers"), "response", lengths)

    def _url(self, node: "Node") -> None:
        text = _text(node)
        new = self._redaction.url(text)
        if new != text:
            self._put(node, new, "; ".join(self._redaction.url_places(text)))

    def _reason(self, node: "Node") -> None:
        for each in [value for _, value in node.members()] or [node]:
            if each.kind == "text":
                self._put(each, self._redaction.text(_text(each)), "reason phrase")

    def _headers(self, node: "Node | None", side: str, lengths: list[tuple[int, int]]) -> None:
        redaction = self._redaction
        known = {str(old): str(new) for old, new in lengths}
        for name_node, value in _fields(node):
            name, text = _text(name_node), _text(value)
            new = redaction.header(name, text)
            shown = redaction.header_name(name)
            if name.lower() == _LENGTH and new == text:
                self._put(value, known.get(text.strip(), text), "")
            self._put(value, new, f"{side} header {shown}")
            self._put(name_node, shown, f"{side} header {shown}")

    def _body(self, node: "Node", side: str) -> list[tuple[int, int]]:
        """Hide the secrets of a body; return its length before and after, where it is one that can be counted."""
        if node.kind == "mapping" and (text := node.get("base64_string") or node.get("string") or node.get("text")):
            encoding = node.get("encoding")
            is_packed = node.get("base64_string") is text or (encoding is not None and encoding.value == "base64")
            lengths = self._base64(text, side) if is_packed else self._body(text, side)
            for key, value in node.members():
                if value is not text:
                    self.other(key, value)
            return lengths
        return self._text_or_value(node, side)

    def _text_or_value(self, node: "Node", side: str) -> list[tuple[int, int]]:
        """Hide the secrets of a body that is a text, or recorded as the JSON value that it is."""
        if node.items:
            members = Members(self._redaction.secrets, self._redaction.text)
            _tell(node, members)
            for each, edit in members.end().items():
                self._put(each, edit.text, f"{side} body {edit.pointer}")  # type: ignore[arg-type]  # the handles are nodes
        if node.kind != "text":
            return []
        old = node.value if isinstance(node.value, bytes) else node.value.encode("utf-8", "surrogatepass")
        new = self._redaction.body(old)
        if new != old:
            shown = new if isinstance(node.value, bytes) else new.decode("utf-8", "surrogatepass")
            self._put(node, shown, "; ".join(self._redaction.body_places(side, old)))
        return [(len(old), len(new))]

    def _base64(self, node: "Node", side: str) -> list[tuple[int, int]]:
        try:
            old = base64_bytes(node.value)
        except UsageError:
            return self._body(node, side)
        new = self._redaction.body(old)
        if new != old:
            packed = b64encode(new)
            shown = packed if isinstance(node.value, bytes) else packed.decode()
            self._put(node, shown, "; ".join(self._redaction.body_places(side, old)))
        return [(len(old), len(new))]

    def _posted(self, node: "Node") -> list[tuple[int, int]]:
        text, parameters = node.get("text"), node.get("params")
        if parameters is not None:
            self._parameters(parameters, "request body")
        return self._body(text, "request") if text is not None else []

    def _parameters(self, node: "Node", place: str) -> None:
        for name_node, value in _fields(node):
            name, text = _text(name_node), _text(value)
            is_secret = bool(text) and self._redaction.secrets.is_parameter(name, text)
            self._put(value, MASK if is_secret else self._redaction.text(text), f"{place}, parameter {name}")

    def _cookies(self, node: "Node", side: str) -> None:
        for name, value in _fields(node):
            self._put(value, hidden("", _text(value)), f"{side} cookie {_text(name)}")

    def _put(self, node: "Node", new: str | bytes, place: str) -> None:
        old = node.value if isinstance(new, bytes) else _text(node)
        if node.kind in ("text", "number", "comment") and new != old:
            self.edits[node] = new.encode("latin-1") if isinstance(node.value, bytes) and isinstance(new, str) else new
            self.places[node] = self._redaction.header_name(place)


def _fields(node: "Node | None") -> Iterator[tuple["Node", "Node"]]:
    """Yield names and values of headers or parameters: a mapping (values may be lists), pairs, or a list of HAR's."""
    if node is None:
        return
    for name, value in node.members():
        yield from ((name, each) for each in (value.items if value.kind == "list" else [value]))
    for item in node.items if node.kind == "list" else ():
        named, value_of = item.get("name"), item.get("value")
        if named is not None and value_of is not None:
            yield named, value_of
        elif item.kind == "list" and len(item.items) == len(("name", "value")):
            name, value = item.items
            yield from ((name, each) for each in (value.items if value.kind == "list" else [value]))


def _tell(node: "Node", members: Members) -> None:
    """Tell of a value and all that it holds."""
    if node.kind in ("text", "number"):
        members.value(node, _text(node), "text" if node.kind == "text" else "number")
    elif node.kind in ("mapping", "list"):
        members.enter(is_object=node.kind == "mapping")
        for index, each in enumerate(node.items):
            if node.kind == "mapping" and not index % 2:
                members.name(each, _text(each))
                continue
            _tell(each, members)
            members.following()
        members.leave()


def _text(node: "Node") -> str:
    return node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
