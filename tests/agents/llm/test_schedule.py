from dataclasses import replace

import pytest

from palaestra.agents.llm import LLMConfig, algorithm_config
from palaestra.agents.llm.checkpoint import load_checkpoint, save_checkpoint
from palaestra.agents.llm.phases import Phase, Stall, When
from palaestra.agents.llm.schedule import Schedule, learning_rate_at

from .killable_run import make_agent


@pytest.mark.parametrize(("done", "expected"), [(0.0, 1e-3), (0.25, 8e-4), (1.0, 2e-4), (1.5, 2e-4)])
def test_the_learning_rate_falls_in_a_straight_line_to_its_final_value(done, expected):
    config = LLMConfig(learning_rate=1e-3, final_learning_rate=2e-4)
    assert learning_rate_at(done, config) == pytest.approx(expected)


def test_without_a_final_value_it_stays():
    assert learning_rate_at(0.9, LLMConfig(learning_rate=1e-3)) == 1e-3


def schedule_of(*phases, **params):
    return Schedule(LLMConfig(schedule=phases, **params))


def resets(schedule, successes):
    """What is reset after each update, with these success rates; the budget is used up with the last."""
    return [
        schedule.advance(done=(index + 1) / len(successes), success=success) for index, success in enumerate(successes)
    ]


def test_phases_begin_one_after_the_other_and_what_they_set_adds_up():
    schedule = schedule_of(
        Phase(When(updates=2), set={"max_new_tokens": 16}),
        Phase(When(updates=3), set={"temperature": 0.5}),
        Phase(When(done=0.9), set={"max_new_tokens": 32}),
    )
    seen = []
    for index in range(10):
        schedule.advance(done=(index + 1) / 10, success=0.0)
        seen.append((schedule.config.max_new_tokens, schedule.config.temperature))
    assert seen == [(8, 1.0), *[(16, 1.0)] * 3, *[(16, 0.5)] * 4, *[(32, 0.5)] * 2]


def test_phases_whose_shares_of_the_budget_one_update_passes_begin_together():
    schedule = schedule_of(Phase(When(done=0.1), set={"groups": 2}), Phase(When(done=0.2), set={"group_size": 4}))
    schedule.advance(done=0.3, success=None)
    assert (schedule.config.groups, schedule.config.group_size) == (2, 4)


def test_success_is_that_of_the_latest_eight_updates():
    schedule = schedule_of(Phase(When(success=0.5), set={"groups": 2}))
    begun = []
    for success in [1.0, 0.0, 0.0] + [0.5] * 7 + [1.0, 0.0]:
        schedule.advance(done=0.0, success=success)
        begun.append(schedule.begun)
    assert begun == [0] * 10 + [1, 1], "the mean is 0.5 once both zeros are forgotten or made up for"


def test_training_has_stalled_once_nothing_was_better_for_a_while_and_may_stall_again():
    schedule = schedule_of(
        Phase(When(stalled=Stall(updates=3, by=0.05)), reset=("reference", "optimizer"), repeat=True)
    )
    flat = resets(schedule, [0.5] * 14)
    assert {index: reset for index, reset in enumerate(flat) if reset} == {
        10: ["reference", "optimizer"],  # known from the eighth update on, and the same for three more
        13: ["reference", "optimizer"],
    }
    assert not any(resets(schedule, [0.5 + 0.5 * index for index in range(9)]))
    assert schedule.metrics() == {"schedule/phase": 0.0, "schedule/resets": 2.0}


def test_what_repeats_comes_every_so_many_updates_whatever_the_phase_and_nothing_is_reset_twice():
    schedule = schedule_of(
        Phase(When(updates=4), set={"groups": 2}, reset=("optimizer",)),
        Phase(When(updates=2), reset=("optimizer",), repeat=True),
    )
    assert resets(schedule, [0.0] * 6) == [[], ["optimizer"], [], ["optimizer"], [], ["optimizer"]]


def test_a_schedule_goes_on_where_its_state_was_taken():
    phases = (
        Phase(When(success=0.4), set={"groups": 2}),
        Phase(When(stalled=Stall(updates=2)), reset=("optimizer",), repeat=True),
        Phase(When(updates=2), set={"groups": 3}),
    )
    successes = [0.1 * (index % 7) for index in range(30)]
    whole, first, second = (schedule_of(*phases) for _ in range(3))
    history = resets(whole, successes)
    for cut in (5, 12, 20):
        for schedule, part in ((first, successes[:cut]), (second, successes[cut:])):
            if schedule is second:
                second.set_state(first.get_state())
            last = resets(schedule, part)
        assert last == history[cut:]
        assert second.config == whole.config
        first, second = schedule_of(*phases), schedule_of(*phases)


def test_an_agent_trains_with_what_the_present_phase_says_also_after_it_was_resumed(config, tmp_path):
    config = replace(config, schedule=(Phase(When(updates=1), set={"groups": 3}, reset=("optimizer",)),))
    agent, memory = make_agent(config)
    agent.learn(1)
    assert agent.config.groups == 3
    assert len(agent.trained.groups) == config.groups
    save_checkpoint(agent, tmp_path)
    agent.learn(1, reset_num_timesteps=False)
    assert len(agent.trained.groups) == 3
    assert [row["schedule/phase"] for row in memory.rows if "train/loss" in row] == [0.0, 1.0]
    resumed, resumed_memory = make_agent(config)
    load_checkpoint(resumed, tmp_path)
    resumed.learn(1, reset_num_timesteps=False)
    assert resumed_memory.without_clocks() == memory.without_clocks()[-1:]


@pytest.mark.parametrize(
    ("phase", "message"),
    [
        ({"when": {"updates": 1}}, "must set or reset something"),
        ({"when": {}, "reset": ["optimizer"]}, "exactly one of done, updates, success and stalled, got none"),
        ({"when": {"updates": 1, "done": 0.5}, "reset": ["optimizer"]}, "exactly one .* got done, updates"),
        ({"when": {"done": 1.5}, "reset": ["optimizer"]}, r"when.done must lie in \[0, 1\], got 1.5"),
        ({"when": {"updates": 0}, "reset": ["optimizer"]}, "when.updates must be 1 or more"),
        ({"when": {"stalled": {"updates": 0}}, "reset": ["optimizer"]}, "stalled.updates must be 1 or more"),
        ({"when": {"updates": 1}, "reset": ["weights"]}, "'reference', 'optimizer' or 'policy'"),
        ({"when": {"updates": 1}, "set": {"groups": 2}, "repeat": True}, "it cannot set groups"),
        ({"when": {"done": 0.5}, "reset": ["optimizer"], "repeat": True}, "can only repeat after some updates"),
        (
            {"when": {"done": 0.5}, "set": {"groop_size": 2}},
            "'groop_size', which does not exist; did you mean group_size",
        ),
        ({"when": {"done": 0.5}, "set": {"precision": "float32"}}, "cannot set precision: it is fixed when training"),
        ({"when": {"done": 0.5}, "set": {"groups": "many"}}, "the schedule sets groups: Input should be"),
        ({"when": {"done": 0.5}, "set": {"objective": "ppo_klip"}}, "unknown objective 'ppo_klip'"),
        ({"when": {"done": 0.5}, "set": {"kl_coef": 0.1}}, r"say reset: \[reference\] with it"),
        ({"when": {"done": 0.5}, "set": {"objective": "dpo"}}, "sets an objective that reads a reference where there"),
        ({"when": {"done": 0.5}, "reset": ["policy"]}, "resets the policy to a reference, which is only kept"),
    ],
)
def test_phases_that_make_no_sense_are_refused_before_anything_is_trained(phase, message):
    with pytest.raises(ValueError, match=message):
        algorithm_config("grpo", {"kl_coef": 0.0, "schedule": [phase]})


def test_a_reference_may_begin_with_the_phase_that_needs_it():
    phase = {"when": {"done": 0.5}, "set": {"kl_coef": 0.1}, "reset": ["reference"]}
    assert algorithm_config("grpo", {"kl_coef": 0.0, "schedule": [phase]}).schedule[0].reset == ("reference",)
