"""Recordings on the disk, cleaned in place."""
