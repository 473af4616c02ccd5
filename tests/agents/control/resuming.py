"""What tests of runs that are stopped and go on share."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import KVWriter

from palaestra.agents.control.checkpoint import save_checkpoint

ROOT = Path(__file__).resolve().parents[3]


class Metrics(KVWriter):
    """Keeps every logged value, clocks left out."""

    def __init__(self):
        self.rows = []

    def write(self, key_values, key_excluded, step=0):
        self.rows.append((step, {k: v for k, v in key_values.items() if not k.startswith("time/")}))

    def close(self):
        pass

    def after(self, step):
        """The rows of later steps, so that they can be compared even where a value is not a number."""
        return [repr((at, sorted(values.items()))) for at, values in self.rows if at > step]


class SaveAfter(BaseCallback):
    """Saves once, at the first safe point after so many steps; may then end its process the hard way."""

    def __init__(self, folder, steps, kill_after=None):
        super().__init__()
        self.folder, self.steps, self.kill_after, self.saved_at = folder, steps, kill_after, None

    def _on_step(self):
        is_saved = self.saved_at is not None
        if is_saved and self.kill_after is not None and self.num_timesteps > self.saved_at + self.kill_after:
            os.kill(os.getpid(), signal.SIGKILL)
        return True

    def _on_rollout_start(self):
        if self.saved_at is None and self.num_timesteps >= self.steps:
            save_checkpoint(self.model, self.folder)
            self.saved_at = self.num_timesteps


def weights(model):
    """Every weight of a policy, to the bit."""
    return {name: tensor.numpy().tobytes() for name, tensor in model.policy.state_dict().items()}


def exit_code(test_file, code, *arguments):
    """Of another process that runs code, in which `t` is the module of a test's file and `arguments` are strings."""
    module = ".".join(Path(test_file).resolve().relative_to(ROOT).with_suffix("").parts)
    script = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nimport {module} as t\narguments = sys.argv[1:]\n{code}\n"
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, check=False, timeout=120, capture_output=True).returncode
