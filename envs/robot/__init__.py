"""Environments of the `robot` domain."""
