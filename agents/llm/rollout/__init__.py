"""Playing episodes with a policy."""
