"""What stands between another's agent and the face that training and evaluation know."""

from __future__ import annotations

import inspect
import json
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import cloudpickle
import gymnasium as gym
import numpy as np
from gymnasium import spaces
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import Logger, configure

from ..baseline_agents import batch_size_of
from ..environments import MakeEnv

_ABOUT_FILE = "external.json"
_STATE_FILE = "training.pkl"


class FunctionAgent:
    """An agent of a function from one observation to one action.

    Args:
        function: the function.
    """

    def __init__(self, function: Any) -> None:
        self.function = function

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False
    ) -> tuple[Any, Any]:
        """Ask the function about every observation of the batch."""
        return [self.function(row) for row in _rows(observation)], state


class CountedSteps(gym.Wrapper):
    """Counts the steps that are taken in an environment, so that a budget need not be taken on trust.

    Args:
        env: the environment.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        self.steps = 0

    def step(self, action: Any) -> Any:
        """Step, and count it."""
        self.steps += 1
        return self.env.step(action)


class Environments:
    """Makes the environments that an agent learns in, and knows the steps taken in all of them.

    Each has been reset with a seed of its own, so that agents who reset without one learn from the same episodes
    in every run of one seed.

    Args:
        make_env: makes one.
        seed: of the run.
    """

    def __init__(self, make_env: MakeEnv, seed: int) -> None:
        self._make_env = make_env
        self._seed = seed
        self._made: list[CountedSteps] = []
        self.steps_before = 0

    def make(self) -> CountedSteps:
        """One more environment."""
        env = CountedSteps(self._make_env())
        first_seed, action_seed = np.random.SeedSequence([self._seed, len(self._made)]).generate_state(2)
        env.reset(seed=int(first_seed))
        env.action_space.seed(int(action_seed))
        self._made.append(env)
        return env

    @property
    def steps(self) -> int:
        """The steps taken in all of them, those before a resumption included."""
        return self.steps_before + sum(env.steps for env in self._made)


class ExternalAgent:
    """Another's agent behind the face of Stable-Baselines3.

    Args:
        agent: has a batched `predict(observation, state, episode_start, deterministic) -> (actions, state)`.
        name: what to call it in messages.
        seed: what it was made with.
        action_space: of one environment; actions are checked against it.
        environments: those it learns in; None where it does not learn.
        reload: reads what `save` wrote; needed where it learns.
    """

    def __init__(
        self,
        agent: Any,
        name: str,
        *,
        seed: int,
        action_space: spaces.Space[Any],
        environments: Environments | None = None,
        reload: Callable[[Path], ExternalAgent] | None = None,
    ) -> None:
        self.agent = agent
        self.name = name
        self.seed = seed
        self.action_space = action_space
        self._environments = environments
        self._reload = reload
        self._steps_told: int | None = None
        self._logger: Logger | None = None

    @property
    def learns(self) -> bool:
        """Whether `learn` changes it."""
        return self._environments is not None

    @property
    def can_resume(self) -> bool:
        """Whether a half-finished training can be saved."""
        return hasattr(self.agent, "get_training_state") and hasattr(self.agent, "set_training_state")

    @property
    def num_timesteps(self) -> int:
        """The environment steps it has learned from."""
        if self._environments is None:
            return 0
        return self._environments.steps if self._steps_told is None else self._steps_told

    @property
    def logger(self) -> Logger:
        """Where metrics go."""
        if self._logger is None:
            self._logger = configure(None, [])
        return self._logger

    def set_logger(self, logger: Logger) -> None:
        """Send metrics to a logger of Stable-Baselines3, those of the agent too if it wants to."""
        self._logger = logger
        if hasattr(self.agent, "set_logger"):
            self.agent.set_logger(logger)

    def get_env(self) -> None:
        """None: callbacks of Stable-Baselines3 ask."""
        return None

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False
    ) -> tuple[Any, Any]:
        """The agent's actions and state.

        Raises:
            ValueError: it did not return one action for each observation, and a state, or an action does not fit.
        """
        answer = self.agent.predict(observation, state, episode_start, deterministic)
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise ValueError(f"predict of {self.name} must return (actions, state), got {_brief(answer)}")
        actions, new_state = answer
        if isinstance(actions, str) or not hasattr(actions, "__len__") or len(actions) != batch_size_of(observation):
            raise ValueError(
                f"predict of {self.name} must return one action for each of the {batch_size_of(observation)} "
                f"observations, got {_brief(actions)}"
            )
        return self._fitting(actions), new_state

    def learn(self, total_timesteps: int, callback: BaseCallback, *, reset_num_timesteps: bool = True) -> Self:
        """Let the agent learn, if it does; the callback hears of the beginning, of safe points and of the end.

        Args:
            total_timesteps: the budget, in environment steps.
            callback: of Stable-Baselines3.
            reset_num_timesteps: whether a training begins, rather than goes on.
        """
        callback.init_callback(self)  # pyright: ignore[reportArgumentType]  (the face of BaseAlgorithm, not its class)
        callback.on_training_start({}, {})
        callback.on_rollout_start()
        if self._environments is not None:
            arguments: dict[str, Any] = {"callback": _SafePoints(callback), "reset_num_timesteps": reset_num_timesteps}
            accepted = inspect.signature(self.agent.learn).parameters
            self.agent.learn(total_timesteps, **{name: arguments[name] for name in arguments if name in accepted})
            if self.num_timesteps == 0:  # it made environments of its own, whose steps nobody counted
                self._steps_told = int(getattr(self.agent, "num_timesteps", total_timesteps))
        callback.on_training_end()
        return self

    def save(self, path: str | Path) -> None:
        """Write what `load` needs: the trained agent, and the seed that makes the same one anew.

        Raises:
            ValueError: the agent learns, but cannot be saved.
        """
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        form = "source"
        if self.learns and hasattr(self.agent, "save"):
            form = "saved"
            self.agent.save(folder / form)
        elif self.learns:
            form = "pickled"
            try:
                (folder / form).write_bytes(cloudpickle.dumps(self.agent))
            except Exception as error:  # an object may refuse to be pickled in any way
                reason = " ".join(str(error).split())
                raise ValueError(
                    f"{self.name} cannot be pickled ({type(error).__name__}: {reason}): give it save(path) and a class "
                    "method load(path)"
                ) from error
        (folder / _ABOUT_FILE).write_text(json.dumps({"seed": self.seed, "form": form}))

    def save_training(self, folder: Path) -> None:
        """Write what the rest of the training depends on: the state the agent tells, or else the trained agent."""
        state = None
        if self.can_resume:
            state = self.agent.get_training_state()
        else:
            self.save(folder / "agent")
        (folder / _STATE_FILE).write_bytes(cloudpickle.dumps({"steps": self.num_timesteps, "state": state}))

    def load_training(self, folder: Path) -> None:
        """Read what `save_training` wrote.

        Raises:
            ValueError: it is damaged.
        """
        file = folder / _STATE_FILE
        try:
            saved = pickle.loads(file.read_bytes())
            if self._environments is not None:
                self._environments.steps_before = saved["steps"]
            if self.can_resume:
                self.agent.set_training_state(saved["state"])
            elif self._reload is not None:
                self.agent = self._reload(folder / "agent").agent
        except Exception as error:  # a pickle with wrong bytes in it raises anything
            raise ValueError(f"{file} cannot be read ({type(error).__name__}: {error})") from error

    def _fitting(self, actions: Any) -> Any:
        """The actions, those of bodies as one array (n, …)."""
        space = self.action_space
        if isinstance(space, spaces.Text):
            wrong = next((action for action in actions if not isinstance(action, str)), None)
            if wrong is not None:
                raise ValueError(f"{self.name} must act with a text, got {_brief(wrong)}")
            return actions
        if not isinstance(space, spaces.Box | spaces.Discrete | spaces.MultiDiscrete | spaces.MultiBinary):
            return actions
        array = np.asarray(actions)
        if array.dtype.kind not in "biuf" or array.shape[1:] != space.shape:
            raise ValueError(f"{self.name} must act with one of {space}, got {_brief(actions[0])}")
        return array


def saved_about(path: Path) -> dict[str, Any]:
    """What `ExternalAgent.save` noted: the seed, and the form the agent has: `source`, `saved` or `pickled`."""
    return json.loads((path / _ABOUT_FILE).read_text())


class _SafePoints(BaseCallback):
    """What an agent's `learn` is given: tells the run's callback that nothing is half done.

    Where the agent tells only its steps, every step counts as such a point.
    """

    def __init__(self, callback: BaseCallback) -> None:
        super().__init__()
        self._callback = callback
        self._tells_rollouts = False
        self.init_callback(callback.model)

    def _on_rollout_start(self) -> None:
        self._tells_rollouts = True
        self._callback.on_rollout_start()

    def _on_step(self) -> bool:
        self._callback.update_locals(self.locals)
        going_on = self._callback.on_step()
        if not self._tells_rollouts:
            self._callback.on_rollout_start()
        return going_on

    def _on_rollout_end(self) -> None:
        self._callback.on_rollout_end()


def _rows(observation: Any) -> list[Any]:
    """The single observations of a batch."""
    if isinstance(observation, Mapping):
        count = batch_size_of(observation)
        return [{key: value[index] for key, value in observation.items()} for index in range(count)]
    return list(observation)


def _brief(value: Any) -> str:
    text = " ".join(repr(value).split())
    return f"{type(value).__name__} {text[:80]}{' …' if len(text) > 80 else ''}"
