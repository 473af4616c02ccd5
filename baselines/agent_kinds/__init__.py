"""The kinds of agents that recipes know, one file each."""
