"""Readers of the recordings of other tools: each turns one recorded exchange into the form that all archives share."""
