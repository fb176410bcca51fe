"""The command ``pcerrors``; thin."""
