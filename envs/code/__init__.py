"""Environments in which programs are written, and really run."""
