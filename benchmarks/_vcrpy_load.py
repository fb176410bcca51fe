"""Load cassettes with vcrpy's own loader; as a program, all of a folder.

The serializers are those of vcrpy. Some projects have a serializer of their own that writes JSON bodies as YAML, as `parsed_body`; what it reads back
becomes the body that vcrpy knows, as their serializers do.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vcr.serialize import deserialize
from vcr.serializers import jsonserializer, yamlserializer


class _WithParsedBodies:
    """The serializer of YAML, which also reads `parsed_body`."""

    @staticmethod
    def deserialize(text: str) -> Any:
        document = yamlserializer.deserialize(text)
        for interaction in document["interactions"]:
            for side, message in interaction.items():
                if "parsed_body" in message:
                    body = json.dumps(message.pop("parsed_body"))
                    message["body"] = {"string": body} if side == "response" else body
        return document


def cassettes(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder that have the suffix of a cassette."""
    yield from (file for file in sorted(folder.rglob("*.*")) if file.suffix in {".yaml", ".yml", ".json"})


def load(file: Path) -> None:
    """Load a cassette; what vcrpy cannot load raises whatever it raises."""
    deserialize(file.read_text("utf-8"), jsonserializer if file.suffix == ".json" else _WithParsedBodies)


if __name__ == "__main__":
    for each in cassettes(Path(sys.argv[1])):
        load(each)
