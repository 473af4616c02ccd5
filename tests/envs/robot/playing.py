def play(env, policy, **reset):
    """The steps of one episode: (observation, reward, terminated, truncated, info) each."""
    env.reset(**reset)
    steps = []
    while not steps or not (steps[-1][2] or steps[-1][3]):
        steps.append(env.step(policy()))
    return steps


def cost(steps):
    """What an episode cost."""
    return sum(info["cost"] for *_, info in steps)
