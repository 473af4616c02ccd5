"""TRL's side: its GRPOTrainer with the settings that are fastest for it."""

from __future__ import annotations

import tempfile
from typing import Any

from .ours import LEARNING_RATE
from .setting import Setting, reward
from .turns import Baton


def run(setting: Setting, baton: Baton) -> None:
    """Take steps of `GRPOTrainer.train`, from one end of a step to the next, drawing prompts included.

    One generation an optimiser step (strictly on-policy, so TRL skips its pass for old log-probabilities), one backward
    pass over all completions, no reference, no checkpoints, no logs, no gradient checkpointing, the model itself in the
    precision that is asked for rather than under autocast.
    """
    from datasets import Dataset  # pyright: ignore[reportMissingImports]
    from transformers import TrainerCallback
    from trl.trainer.grpo_config import GRPOConfig  # pyright: ignore[reportMissingImports]
    from trl.trainer.grpo_trainer import GRPOTrainer  # pyright: ignore[reportMissingImports]

    from ...agents.llm.chat import ChatFormat

    class Handover(TrainerCallback):
        """Waits between two steps."""

        def on_train_begin(self, *_: Any, **__: Any) -> None:
            """Wait for the first turn."""
            baton.wait()

        def on_step_end(self, *_: Any, **__: Any) -> None:
            """Hand over, and wait for the next one."""
            baton.hand_over()
            baton.wait()

    tokenizer = setting.tokenizer()
    chat = ChatFormat(tokenizer)
    # the text whose tokens are those that our side reads
    prompts = [tokenizer.decode(chat.opening(setting.observation(seed))) for seed in range(64 * setting.groups)]
    assert all(len(tokenizer(prompt).input_ids) == setting.prompt_tokens for prompt in prompts)
    tokenizer.chat_template = None
    on_cpu = setting.device == "cpu"
    with tempfile.TemporaryDirectory() as folder:
        config = GRPOConfig(
            output_dir=folder,
            per_device_train_batch_size=setting.completions,
            gradient_accumulation_steps=1,
            steps_per_generation=1,
            num_generations=setting.group_size,
            num_iterations=1,
            max_completion_length=setting.completion_tokens,
            beta=0.0,
            temperature=1.0,
            learning_rate=LEARNING_RATE,
            lr_scheduler_type="constant",
            max_steps=1_000_000,
            bf16=False,
            gradient_checkpointing=False,
            use_cpu=on_cpu,
            dataloader_pin_memory=not on_cpu,
            report_to="none",
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=True,
            seed=setting.seed,
        )
        trainer = GRPOTrainer(
            model=setting.model(setting.trl_attention),
            reward_funcs=_rewards,
            args=config,
            train_dataset=Dataset.from_dict({"prompt": prompts}),
            processing_class=tokenizer,
            callbacks=[Handover()],
        )
        trainer.train()


def _rewards(completions: list[str], **_: Any) -> list[float]:
    return [reward(completion) for completion in completions]
