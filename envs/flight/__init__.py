"""Quadrotors that fly indoors by what they see."""
