"""Small cars that see where they drive."""
