"""A seven-jointed arm with a gripper, and its tasks."""
