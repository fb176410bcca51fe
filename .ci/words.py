"""Find words in docstrings, comments, messages and docs that readers of English as a second language stumble over.

Run it with ``python .ci/words.py [FILE]...``, by default on everything that is committed; it prints what to write instead, and exits with
1 if it found anything. Quoted output of other programs and recorded bodies are not prose: in Python files only docstrings, comments and
texts with a space in them are read, in Markdown files everything outside of fenced blocks and code spans, in the page of the server
and in the file of shapes everything.
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

INSTEAD = {
    r"mend(?:s|ed|ing)?": "fix",
    r"tell(?:s|ing)? (?:whether|if|what|which|how|of|about|apart)|tells|is told|are told|was told|told by|told as|told in": "return, report, raise, print",
    r"hear(?:s|d|ing)?|voices?": "record, notify, receive",
    r"stands?|standing|stood": "is, appears, follows",
    r"what came|that came|came through|came over": "received, got, actual",
    r"(?<!there )is no [a-z]+(?! (?:longer|more|matter|doubt))|(?:is|are) (?-i:none)": "is not a ..., is not one",
    r"behind": "after",
    r"house|rooms?|floors?|ground floor": "layer, package, module",
    r"walk(?:s|ed|ing)?": "stages, go through",
    r"riddles?|unanswered": "unmatched request",
    r"set aside|passes by|passed by|pass by|passing by|goes its way|goes on|passed over|passes over": "mark as checked, bypass, skip, continue",
    r"in the place of|of its own kind|takes the place of": "instead of, replace, own",
    r"hands? over|handed over|hands? out|handed out": "pass, give",
    r"holds? against|held against|hold it against": "validate against, compare with",
    r"taken apart|takes? apart": "parse, split",
    r"by hand and by|whoever|whatever it had|what it had": "anyone who, any",
    r"anew": "again",
    r"exit status(?:es)?": "exit code",
    r"where it is none|if it is none|where there is none": "otherwise, if there is not one",
}
"""A pattern, and what to write instead; matched as whole words in any letter case."""

_PATTERN = re.compile(
    "|".join(rf"(?P<w{number}>\b(?:{pattern})\b)" for number, pattern in enumerate(INSTEAD)), re.IGNORECASE
)
_FENCE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_ADVICE = list(INSTEAD.values())
_PROSE = (".py", ".md", ".html", "shapes.json")


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file, each with the line that it begins on."""
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        yield 1, _FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
        return
    if path.suffix != ".py":
        yield 1, text
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, re.sub(r"`[^`\n]+`|^\s*(?:>>>|\.\.\. ).*$", "", node.value, flags=re.MULTILINE)


def findings(path: Path) -> Iterator[str]:
    """Yield a line for each word of a file that is on the list."""
    for start, text in texts_of(path):
        for match in _PATTERN.finditer(text):
            number = int((match.lastgroup or "w0")[1:])
            yield f'{path}:{start + text.count(chr(10), 0, match.start())}: "{match[0]}"; write: {_ADVICE[number]}'


def committed() -> list[str]:
    """Return the names of the files that are committed."""
    listing = ["git", "ls-files"]
    return subprocess.run(listing, capture_output=True, text=True, check=True).stdout.splitlines()


def main(names: list[str]) -> int:
    """Print what was found in these files, or in all that are committed."""
    paths = [Path(name) for name in names or committed() if name.endswith(_PROSE) and Path(name).is_file()]
    found = [line for path in paths if path.name != Path(__file__).name for line in findings(path)]
    print(*found, sep="\n", end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
