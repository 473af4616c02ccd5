"""Exact analysis where all replies can be written down: no samples, no estimates."""
