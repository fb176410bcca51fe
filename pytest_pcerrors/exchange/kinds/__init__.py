"""The kinds of response, one small function each that makes an exchange of it; no client library is imported."""
