"""What cars do at every step, compiled."""
