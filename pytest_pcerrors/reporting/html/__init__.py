"""The format ``html``: a page that needs no network. Start reading in `page`."""
