"""Read documentation pages into contracts: Markdown or HTML, in any language, by the shape of the tables."""
