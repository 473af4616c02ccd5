"""Episodes that are kept to be trained on more than once."""
