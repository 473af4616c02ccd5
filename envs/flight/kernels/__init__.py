"""The physics of flight as Numba kernels: obstacles, quadrotors, ways to a goal, and an expert among depth pictures."""
