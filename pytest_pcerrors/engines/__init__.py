"""Engines: the same audit in one process, in several, or on a cluster. Each yields the findings of the report in order, and counts them all."""
