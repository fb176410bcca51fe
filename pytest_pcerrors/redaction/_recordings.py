"""Find the secrets in the scalars of a recorded exchange, in any form of recording, and their replacements."""

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_pcerrors.redaction._bodies import unpacked
from pytest_pcerrors.redaction._nodes import encoding_of, fields_of, pass_on, text_of, texts_of
from pytest_pcerrors.redaction.raw import may_hold
from pytest_pcerrors.secrets import MASK, Found
from pytest_pcerrors.secrets.definition import Hidden, located
from pytest_pcerrors.secrets.headers import credentials_hidden
from pytest_pcerrors.secrets.members import Members

if TYPE_CHECKING:
    from pytest_pcerrors.redaction._nodes import Node
    from pytest_pcerrors.redaction._redaction import Redaction, Searched

_LENGTH = "content-length"


class Changes:
    """The new text of each scalar that contains a secret, and what was found in it, with the index of its `item`."""

    def __init__(self, redaction: "Redaction") -> None:
        self.edits: dict[Node, str | bytes] = {}
        self.found: dict[Node, tuple[int | None, list[Found]]] = {}
        self.files: dict[Path, bytes] = {}
        self.item: int | None = None
        self.has_aliases = False  # whether a part of the file may be an alias of another
        self._redaction = redaction

    def exchange(self, item: "Node") -> None:
        """Search one exchange, in any form that archives have."""
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

    def may_be_in(self, text: str) -> bool:
        """Return whether an exchange with this text must be searched; for findings alone, a fast check decides."""
        is_sure = self.has_aliases or self._redaction.purpose != "finding"
        return is_sure or may_hold(text.encode("utf-8", "surrogatepass"), self._redaction.secrets)

    def other(self, key: "Node", value: "Node") -> None:
        """Search a member that no form of recording defines."""
        (members := self._members(value)).enter(is_object=True)
        members.name(key, text_of(key))
        pass_on(value, members)
        self._put_members(members, "member")

    def file(self, name: "Node", path: Path) -> None:
        """Search the body in a file that an exchange names, once for each file."""
        searched = self._redaction.searched_body(path.read_bytes())
        if searched.found and path not in self.files:
            self.files[path] = searched.value
            self.found[name] = self.item, located(searched.found, f"response body in {path.name}")

    def comment(self, node: "Node") -> None:
        """Search a comment of the file."""
        self._put(node, self._redaction.searched_text(text_of(node)), "comment", is_one=True)

    def _request(self, request: "Node") -> None:
        lengths: list[tuple[int, int]] = []
        for key, value in request.members():
            match key.value:
                case "url" | "uri":
                    self._put(value, self._redaction.searched_url(text_of(value)), "request URL")
                case "method":
                    self._put(value, self._redaction.searched_text(text_of(value)), "request method", is_one=True)
                case "headers":
                    continue
                case "body" | "parsed_body":
                    lengths += self._body(value, "request", encoding_of(request))
                case "postData":
                    lengths += self._posted(value)
                case "queryString":
                    self._parameters(value, "request URL")
                case "cookies":
                    self._cookies(value, "request")
                case _:
                    self.other(key, value)
        self._headers(request, "request", lengths)

    def _response(self, response: "Node") -> None:
        lengths: list[tuple[int, int]] = []
        for key, value in response.members():
            match key.value:
                case "headers" if value.items:
                    continue
                case "request" if value.items:
                    self._request(value)
                case "status" | "statusText" | "reason":
                    self._reason(value)
                case "body" | "content" | "body_base64" | "parsed_body":
                    lengths += self._response_body(str(key.value), value, response)
                case "redirectURL":
                    searched = self._redaction.searched_url(text_of(value))
                    self._put(value, searched, "response header Location", is_one=True)
                case "cookies":
                    self._cookies(value, "response")
                case _:
                    self.other(key, value)
        self._headers(response, "response", lengths)

    def _response_body(self, key: str, value: "Node", response: "Node") -> list[tuple[int, int]]:
        """Hide the secrets of a response's body, in the form of vcrpy, of HAR, or in our own; return its lengths as `_body` does."""
        encoding, status = encoding_of(response), response.get("status")
        is_own = key == "body" and status is not None and not status.items and value.get("raw_gzip") is None
        if key == "body_base64":
            return self._packed(value, "response", encoding)
        if is_own or key == "parsed_body":
            return self._text_or_value(value, "response", encoding)
        return self._body(value, "response", encoding)

    def _reason(self, node: "Node") -> None:
        for each in [value for _, value in node.members()] or [node]:
            if each.kind == "text":
                self._put(each, self._redaction.searched_text(text_of(each)), "reason phrase", is_one=True)

    def _headers(self, message: "Node", side: str, lengths: list[tuple[int, int]]) -> None:
        redaction, known = self._redaction, {str(old): str(new) for old, new in lengths}
        size = message.get("content_length")  # of go-vcr
        if size is not None and text_of(size) in known:
            self._write(size, known[text_of(size)])
        for name_node, value in fields_of(message.get("headers")):
            name, text = text_of(name_node), text_of(value)
            searched = redaction.searched_header(name, text)
            shown = redaction.header_name(name)
            if name.lower() == _LENGTH and not searched.found and text.strip() in known:
                self._write(value, known[text.strip()])
            self._put(value, searched, f"{side} header {shown}", is_one=True)
            if shown != name:
                self._write(name_node, shown, [Found(f"{side} header {shown}", "secret")])

    def _body(self, node: "Node", side: str, encoding: str | None) -> list[tuple[int, int]]:
        """Hide the secrets of a body; return pairs of its length before and after, for a body whose length is known."""
        packed = node.get("base64_string") or node.get("raw_gzip")  # the latter of R
        if node.kind == "mapping" and (text := packed or node.get("string") or node.get("text")):
            is_base64 = text is packed or _is_base64(node)
            lengths = self._packed(text, side, encoding, is_base64=is_base64)
            for key, value in node.members():
                if value is not text:
                    self.other(key, value)
            return lengths
        return self._text_or_value(node, side, encoding)

    def _text_or_value(self, node: "Node", side: str, encoding: str | None) -> list[tuple[int, int]]:
        """Hide the secrets of a body recorded as text or as a JSON value."""
        if node.items:
            members = self._members(node)
            pass_on(node, members)
            self._put_members(members, f"{side} body")
        if node.kind != "text":
            return []
        old = node.value if isinstance(node.value, bytes) else node.value.encode("utf-8", "surrogatepass")
        searched = self._redaction.searched_body(old, encoding)
        is_bytes = isinstance(node.value, bytes)
        new = searched.value if is_bytes else searched.value.decode("utf-8", "surrogatepass")
        self._write(node, new, located(searched.found, f"{side} body"))
        return [(len(old), len(searched.value))]

    def _packed(
        self, node: "Node", side: str, encoding: str | None, *, is_base64: bool = True
    ) -> list[tuple[int, int]]:
        body = unpacked(node.value, is_base64=is_base64)
        if body is None:
            return self._body(node, side, encoding)
        old, pack = body
        searched = self._redaction.searched_body(old, encoding)
        new = pack(searched.value) if searched.value != old else text_of(node)
        self._write(node, new, located(searched.found, f"{side} body"))
        return [(len(old), len(searched.value))]

    def _posted(self, node: "Node") -> list[tuple[int, int]]:
        lengths: list[tuple[int, int]] = []
        for key, value in node.members():
            if key.value == "params":
                self._parameters(value, "request body")
            elif key.value == "text":
                lengths += self._packed(value, "request", None, is_base64=_is_base64(node))
            else:
                self.other(key, value)
        return lengths

    def _parameters(self, node: "Node", place: str) -> None:
        secrets = self._redaction.secrets
        for name_node, value in fields_of(node):
            name, text = text_of(name_node), text_of(value)
            where = f"{place}, parameter {self._redaction.header_name(name)}"
            certainty = secrets.certainty(secrets.kind_of_parameter(name), text)
            if certainty is not None:
                self._write(value, MASK, [Found(where, certainty)])
            else:
                self._put(value, self._redaction.searched_text(text), where, is_one=True)

    def _cookies(self, node: "Node", side: str) -> None:
        for name_node, value in fields_of(node):
            name, text = self._redaction.header_name(text_of(name_node)), text_of(value)
            if credentials_hidden("Cookie", f"x={text}") != f"x={text}":
                self._write(value, MASK, [Found(f"{side} cookie {name}", "secret")])

    def _members(self, node: "Node") -> Members:
        texts = dict.fromkeys(texts_of(node))
        suspected = frozenset(self._redaction.secrets.suspected(list(texts)))

        def hidden(text: str) -> Hidden:
            if text not in suspected and text in texts:
                return Hidden(text)
            searched = self._redaction.searched_text(text)
            certain = any(each.certainty == "secret" for each in searched.found)
            return Hidden(searched.value, "secret" if certain else "suspected")

        return Members(self._redaction.secrets, hidden)

    def _put_members(self, members: Members, where: str) -> None:
        for node, edit in members.end().items():
            found = [Found(f"{where} {edit.pointer}", edit.certainty)]
            self._write(node, edit.text, found)  # type: ignore[arg-type]  # the handles are nodes

    def _put(self, node: "Node", searched: "Searched[str]", where: str, *, is_one: bool = False) -> None:
        if searched.found or searched.value != text_of(node):
            self._write(node, searched.value, located(searched.found, where, is_one=is_one))

    def _write(self, node: "Node", new: str | bytes, found: "list[Found] | None" = None) -> None:
        """Record the new text of a scalar if it changes, and what was found in it or why it could not be searched."""
        old = node.value if isinstance(new, bytes) else text_of(node)
        if node.kind in ("text", "number", "comment") and new != old:
            self.edits[node] = new.encode("latin-1") if isinstance(node.value, bytes) and isinstance(new, str) else new
            self.found.setdefault(node, (self.item, found or []))
        elif found and any(each.problem for each in found):
            self.found.setdefault(node, (self.item, found))


def _is_base64(body: "Node") -> bool:
    """Return whether a body is declared as base64, in any case of letters."""
    encoding = body.get("encoding")
    return encoding is not None and text_of(encoding).strip().lower() == "base64"
