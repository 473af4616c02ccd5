"""Environments of the `text` domain."""
