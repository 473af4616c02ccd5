"""The rules of the decision processes."""
