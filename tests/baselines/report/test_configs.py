from palaestra.baselines.report.collect import collect
from palaestra.baselines.report.configs import flattened, run_configs, values_of
from palaestra.baselines.store.record import read_run


def test_a_config_is_flattened_to_dotted_keys():
    config = {
        "agent": {"params": {"learning_rate": 0.001, "layers": [64, 64]}},
        "wrappers": [{"name": "Format", "args": {}}],
        "env": {"kwargs": {}},
    }
    assert dict(flattened(config)) == {
        "agent.params.learning_rate": 0.001,
        "agent.params.layers": [64, 64],
        "wrappers.0.name": "Format",
        "wrappers.0.args": {},
        "env.kwargs": {},
    }


def test_what_a_run_ran_on_is_compared_too(make_run):
    values = values_of(read_run(make_run(seed=3)))
    assert values["agent.params.learning_rate"] == 0.001
    assert values["seed"] == 3
    assert values["commit"] == "9a98778"
    assert values["hardware"] == "AMD EPYC 9B14, 2 cores, 8 GB, no GPU"
    assert values["versions.torch"] == "2.13.0"


def test_the_first_run_of_each_recipe_is_compared_at_first(make_run):
    folders = [make_run(seed=seed, recipe=recipe) for recipe in "abcdef" for seed in range(2)]
    configs = run_configs(collect(folders))
    assert len(configs) == 12
    assert [(config.label, config.seed) for config in configs if config.chosen] == [
        (f"grpo ({name})", 0) for name in "abcd"
    ]


def test_keys_of_runs_are_unique(make_run):
    folders = [
        make_run(seed=seed, recipe=recipe, kwargs={"level": level})
        for seed, recipe, level in ((0, "a", 0), (1, "a", 0), (0, "b", 0), (0, "c", 1))
    ]
    keys = [config.key for config in run_configs(collect(folders))]
    assert len(set(keys)) == len(keys)
