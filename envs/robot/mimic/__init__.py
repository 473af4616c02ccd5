"""Bodies that imitate motion clips."""
