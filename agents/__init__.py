"""Agents that speak and agents that move, all with the face of Stable-Baselines3."""
