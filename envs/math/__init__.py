"""Environments of the `math` domain."""
