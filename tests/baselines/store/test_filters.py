import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.baselines.errors import UsageError
from palaestra.baselines.store.filters import RunFilter, Term
from palaestra.baselines.store.record import read_run


@pytest.fixture
def runs(make_run):
    """Two algorithms with three seeds each in one environment, and one run elsewhere that failed."""
    guessing = [
        make_run(recipe=f"guess-{algorithm}", algorithm=algorithm, seed=seed, params={"learning_rate": 10.0**-power})
        for algorithm, power in (("grpo", 3), ("ppo", 5))
        for seed in (0, 1, 12)
    ]
    other = make_run(
        env_id="robot/Reach-v0", recipe="reach", algorithm="ppo", status="failed", error="it broke", label="PPO small"
    )
    return [read_run(path) for path in [*guessing, other]]


def chosen(runs, text):
    return [f"{run.info.recipe} {run.info.seed}" for run in RunFilter.parse(text).choose(runs)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 7),
        ("env=robot/Reach-v0", 1),
        ("env=*/*", 7),
        ("env=text/*", 6),
        ("env_id=text/*", 6),
        ("algo=ppo", 4),
        ("algo=ppo,grpo", 7),
        ("algo!=ppo,grpo", 0),
        ("algo=PPO", 0),
        ("seed=1", 2),
        ("seed=01", 2),
        ("seed=0..1", 5),
        ("seed=1..12", 4),
        ("seed=0,12", 5),
        ("seed=0..0,12", 5),
        ("seed!=0..1", 2),
        ("seed=1*", 4),
        ("seed>=1 seed<12", 2),
        ("status=failed", 1),
        ("status!=failed", 6),
        ("error=null", 6),
        ("error=*broke", 1),
        ('label="PPO small"', 1),
        ("label=PPO?small", 1),
        ("agent.params.learning_rate>1e-4", 4),
        ("agent.params.learning_rate=1e-5", 3),
        ("agent.params.learning_rate=1e-6..1e-4", 3),
        ("agent.params.learning_rate<=0.00001", 3),
        ("scores.agent.success_rate>=0.9", 7),
        ("scores.agent.success_rate>0.9", 0),
        ("versions.torch=2.*", 7),
        ("hardware.cpu=*EPYC*", 7),
        ("created>2026-01-31 created<2026-02", 7),
        ("env.id=robot/*", 1),
        ("env=text/* algo=ppo seed=0..1 status!=failed", 2),
    ],
)
def test_a_filter_chooses(runs, text, expected):
    assert len(chosen(runs, text)) == expected


def test_the_order_of_the_runs_is_kept(runs):
    assert chosen(runs, "seed=0") == ["guess-grpo 0", "guess-ppo 0", "reach 0"]


def test_a_run_without_the_key_meets_unequal_alone(make_run):
    with_level, without = read_run(make_run(seed=0, kwargs={"level": 3})), read_run(make_run(seed=1))
    for text, seeds in (("=3", [0]), ("!=3", [1]), ("!=4", [0, 1]), (">0", [0]), ("=*", [0])):
        found = RunFilter.parse(f"env.kwargs.level{text}").choose([with_level, without])
        assert [run.info.seed for run in found] == seeds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("algoo=ppo", ["'algoo'", "did you mean algo"]),
        ("learning_rate>0", ["'learning_rate'", "did you mean agent.params.learning_rate?"]),
        ("agent.params.learning_rte>0", ["did you mean agent.params.learning_rate?"]),
        ("zzzzzz=1", ["'zzzzzz'", "env, algo"]),
        ("ppo", ["KEY=VALUE", "'ppo'"]),
        ("=ppo", ["KEY=VALUE"]),
        ("seed>", ["nothing to compare seed with"]),
        ("seed>many", ["seed is a number", "'many'"]),
        ("seed=..4", ["'..4'", "0..4"]),
        ('label="PPO small', ["cannot be read", "quotation"]),
    ],
)
def test_what_is_no_filter_is_refused_in_one_line(runs, text, words):
    with pytest.raises(UsageError) as caught:
        chosen(runs, text)
    assert all(word in str(caught.value) for word in words), caught.value
    assert "\n" not in str(caught.value)


def test_text_with_commas_and_brackets_is_met_by_itself(make_run):
    runs = [read_run(make_run(seed=0, kwargs={"level": 2, "sizes": [1, 2]})), read_run(make_run(seed=1, label="a [b]"))]
    assert runs[0].options == "level 2, sizes [1, 2]"
    for text, seed in (('options="level 2, sizes [1, 2]"', 0), ('options!="level 2, sizes [1, 2]"', 1)):
        assert [run.info.seed for run in RunFilter.parse(text).choose(runs)] == [seed]
    assert RunFilter.parse('label="a [b]"').choose(runs) == runs[1:]


def test_no_run_is_chosen_from_none():
    assert RunFilter.parse("anything=goes").choose([]) == []


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_ordered_in_exactly_one_way(value, limit):
    held = [sign for sign in ("<", "=", ">") if Term("x", sign, repr(limit)).holds({"x": value})]
    assert held == ["<" if value < limit else "=" if value == limit else ">"]


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_a_range_is_what_lies_between_its_ends(low, high):
    term = Term("x", "=", f"{low!r}..{high!r}")
    for value in (low, high, (low / 2 + high / 2)):
        assert term.holds({"x": value}) == (low <= value <= high)


@given(st.text(alphabet="ab/-.v0", min_size=1, max_size=12))
def test_text_equals_itself(text):
    assert Term("x", "=", text).holds({"x": text})
    assert not Term("x", "!=", text).holds({"x": text})
