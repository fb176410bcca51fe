"""Documentation pages read into contracts: any language, Markdown or HTML, by the shape of tables and not their words."""
