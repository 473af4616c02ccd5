"""How fast an update of group-relative RL is: ours beside TRL's, on one model, the same prompts, in one run."""
