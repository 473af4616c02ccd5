"""Mazes for bodies to find their way through."""
