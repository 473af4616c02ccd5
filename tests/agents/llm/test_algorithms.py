import pytest

from palaestra.agents.llm import ALGORITHMS, algorithm_config


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_names_stages_that_exist(algorithm):
    algorithm_config(algorithm, {})


def test_parameters_come_on_top_of_what_the_algorithm_sets():
    config = algorithm_config("grpo", {"advantage": "grpo_mean", "groups": 3})
    assert (config.advantage, config.objective, config.groups) == ("grpo_mean", "ppo_clip", 3)


@pytest.mark.parametrize(
    ("algorithm", "params", "message"),
    [
        ("grpoo", {}, "unknown algorithm 'grpoo'; did you mean grpo"),
        ("grpo", {"groop_size": 8}, "grpo has no parameter 'groop_size'; did you mean group_size"),
        ("grpo", {"objective": "ppo_klip"}, "unknown objective 'ppo_klip'; did you mean ppo_clip"),
        ("grpo", {"sampler": {"name": "uniform", "pool": 3}}, "sampler uniform has no parameter 'pool'"),
        ("grpo", {"filters": [{"kind": "drop_uniform"}]}, "needs the key 'name'"),
        ("ppo", {"critic": None}, "critic must be set for gae_token, which reads values"),
        ("grpo", {"critic": {}}, "critic must be left out for grpo, which reads no values"),
        ("ppo", {"critic": {"epochs": 0}}, "critic.epochs must be 1 or more, got 0"),
        ("grpo", {"kl_in": "reward"}, "kl_in must be 'loss' for grpo, .* those that do are .*token_returns"),
        ("grpo", {"temperature": float("inf")}, "temperature must be finite"),
        ("bc", {"learner": {"name": "offline", "data": {}}}, "^learner offline: data must name either a file, or who"),
        ("grpo", {"demonstrations": 8}, "demonstrations must be 0 to group_size - 1 = 7, got 8"),
    ],
)
def test_what_does_not_exist_is_named(algorithm, params, message):
    with pytest.raises(ValueError, match=message):
        algorithm_config(algorithm, params)
