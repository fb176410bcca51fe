"""Read the error catalogue of any API into a contract: tables, rows, OpenAPI documents, and samples of an error body."""
