"""Wrappers that compose in any order: rewards, resets, tools and observations."""
