"""Measure pytest-pcerrors, compared with the libraries that do a part of its work: ``python -m benchmarks``.

To add a benchmark, add a module to this folder whose name does not begin with ``_``. Its docstring says what it measures; its function
``comparisons(setting)`` yields one `Comparison` for each table: cases that do the same work, the baseline first. The shared modules do the rest:

- `_comparison`: what a case and a goal are, and how a call, a process and its memory are measured;
- `_setting`: the size of the data, temporary folders, corpora;
- `_layouts`: realistic recordings in several layouts;
- `_peers`: which other libraries are installed;
- `_runner`, `_results`, `_table`, `_picture`: run, keep and show.
"""
