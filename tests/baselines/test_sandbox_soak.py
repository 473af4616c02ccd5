import dataclasses
from collections import Counter

from palaestra.baselines.sandbox_soak import CASES, Sample, Soak, Usage, growth

HELD = Usage(
    processes=3,
    descriptors=10,
    sandbox_descriptors=20,
    mounts=40,
    temporary_files=0,
    memory=30 << 20,
    sandbox_memory=40 << 20,
)


def grown(**more):
    return dataclasses.replace(HELD, **{name: getattr(HELD, name) + by for name, by in more.items()})


def test_one_more_of_anything_that_is_counted_is_a_leak():
    for name in ("processes", "descriptors", "sandbox_descriptors", "mounts", "temporary_files"):
        [words] = growth(HELD, grown(**{name: 1}))
        assert words.startswith(f"{name.replace('_', ' ')} grew from")


def test_memory_may_differ_by_little():
    assert growth(HELD, grown(memory=4 << 20)) == []
    assert growth(HELD, grown(sandbox_memory=5 << 20)) == ["sandbox memory grew from 41.9 to 47.2 MB"]


def test_what_is_left_after_the_sandbox_is_closed_is_a_leak_but_memory():
    samples = [Sample(0, 0.0, HELD), Sample(100, 1.0, HELD)]
    assert Soak(HELD, samples, grown(memory=50 << 20), Counter()).leaks() == []
    [words] = Soak(HELD, samples, grown(descriptors=2), Counter()).leaks()
    assert words == "descriptors grew from 10 to 12 after it was closed"


def test_the_cases_are_a_hundred_programs():
    assert sum(case.share for case in CASES) == 100
