"""Hyper-parameter tuning with tuning seeds apart from test seeds."""
