"""Suites of cells, the queue that trains them, and the references their scores are normalised by."""
