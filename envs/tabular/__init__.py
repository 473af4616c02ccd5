"""Small stochastic decision processes whose every state is counted, with exact solvers and effective horizons."""
