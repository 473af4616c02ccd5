"""Tasks with a cost beside the reward, and a budget for it."""
