"""Every registered environment, one row each. Entry points are strings, so nothing is imported before it is made."""

from .core.registry import EnvEntry

ENTRIES: tuple[EnvEntry, ...] = (
    EnvEntry(
        id="text/GuessNumber-v0",
        entry_point="palaestra.envs.text.guess_number:GuessNumberEnv",
        kind="text",
        turns="multi",
        levels=4,
        summary="find a hidden number from higher/lower feedback",
        tags=("game", "search", "multi-turn"),
    ),
    EnvEntry(
        id="text/TwentyQuestions-v0",
        entry_point="palaestra.envs.text.twenty_questions:TwentyQuestionsEnv",
        kind="text",
        turns="multi",
        levels=4,
        summary="find the object that somebody thinks of by yes/no questions",
        tags=("game", "information seeking", "multi-turn"),
    ),
    EnvEntry(
        id="text/Wordle-v0",
        entry_point="palaestra.envs.text.wordle:WordleEnv",
        kind="text",
        turns="multi",
        levels=4,
        summary="find a hidden word from which letters of a guess it has, and where",
        tags=("game", "information seeking", "multi-turn"),
    ),
    EnvEntry(
        id="text/Mixture-v0",
        entry_point="palaestra.envs.text.mixture:MixtureEnv",
        kind="text",
        turns="multi",
        levels=4,
        summary="several text environments as one, drawn by weight",
        tags=("multi-task", "multi-turn"),
    ),
    EnvEntry(
        id="math/Arithmetic-v0",
        entry_point="palaestra.envs.math.arithmetic:ArithmeticEnv",
        kind="text",
        turns="single",
        levels=5,
        summary="work out a random arithmetic expression",
        tags=("math", "verifiable", "procedural"),
    ),
    EnvEntry(
        id="math/Countdown-v0",
        entry_point="palaestra.envs.math.countdown:CountdownEnv",
        kind="text",
        turns="single",
        levels=5,
        summary="reach a target from the given numbers",
        tags=("math", "verifiable", "procedural"),
    ),
    EnvEntry(
        id="robot/Reach-v0",
        entry_point="palaestra.envs.robot.reach:ReachEnv",
        kind="body",
        turns="multi",
        levels=3,
        summary="bring the tip of a jointed arm to a goal",
        tags=("mujoco", "goal", "continuous"),
    ),
)
