"""Data files of the package: models of bodies, word lists, tables."""
