"""The command ``pcerrors``."""
