import copy
import pickle

import numpy as np
import pytest
import torch

from palaestra.agents.control.picture_classifiers import GoalClassifier, SuccessClassifier
from palaestra.agents.control.picture_classifiers.goal import gradient_penalty, mix_up, smoothed
from palaestra.agents.control.picture_classifiers.network import generator_from, torch_generator

SIZE = 16


def bars(count, row, seed=0):
    """Noisy pictures with a bright bar across, from a row on."""
    rng = np.random.default_rng(seed)
    pictures = rng.integers(0, 80, (count, SIZE, SIZE, 3), np.uint8)
    pictures[:, row : row + 4] += 150
    return pictures


def test_pictures_that_were_never_shown_are_told_apart():
    judge = SuccessClassifier(bars(20, 10), bars(60, 2), seed=0, updates=40, batch_size=16)
    assert (judge.probability(bars(10, 10, seed=1)) > 0.5).all()
    assert (judge.probability(bars(10, 2, seed=1)) < 0.5).all()


def test_the_same_pictures_and_seed_make_the_same_classifier_and_draw_nothing_of_the_process():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    one, again, other = (
        SuccessClassifier(bars(5, 10), bars(5, 2), seed=seed, updates=3).probability(bars(4, 5)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    assert torch.equal(before, torch.get_rng_state())


def test_the_goal_is_told_from_what_is_seen_and_what_fools_it_is_learnt():
    judge = GoalClassifier((SIZE, SIZE, 3), seed=0)
    goals = bars(16, 10)
    for batch in range(60):
        judge.update(goals, bars(16, 2, seed=batch))
    assert (judge.probability(goals) > 0.5).all()
    decoy = bars(16, 6, seed=100)
    fooled = judge.probability(decoy).mean()
    for batch in range(60):
        judge.update(goals, np.concatenate([bars(8, 2, seed=batch), bars(8, 6, seed=batch)]))
    assert judge.probability(decoy).mean() < min(fooled, 0.5)
    assert judge.probability(goals).mean() > 0.5


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda judge: pickle.loads(pickle.dumps(judge))])
def test_a_copy_goes_on_learning_to_the_same_numbers_and_shares_nothing(duplicate):
    judge = GoalClassifier((SIZE, SIZE, 3), seed=0)
    goals, seen = bars(4, 10), bars(4, 2)
    for _ in range(3):
        judge.update(goals, seen)
    other = duplicate(judge)
    assert [judge.update(goals, seen) for _ in range(3)] == [other.update(goals, seen) for _ in range(3)]
    before = other.probability(goals)
    judge.update(goals, seen)
    np.testing.assert_array_equal(other.probability(goals), before)


def test_an_update_draws_nothing_of_the_process():
    judge = GoalClassifier((SIZE, SIZE, 3), seed=0)
    before = torch.get_rng_state()
    judge.update(bars(4, 10), bars(4, 2))
    assert torch.equal(before, torch.get_rng_state())


def test_labels_are_smoothed_towards_the_middle():
    assert smoothed(torch.tensor([1.0, 0.0])).tolist() == pytest.approx([0.9, 0.1])


def test_mixed_features_lie_between_those_of_a_batch_and_of_a_permutation():
    feature = torch.arange(12.0).reshape(6, 2)
    label = torch.arange(6.0)
    with torch_generator(generator_from(3)):
        mixed, other, share = mix_up(feature, label)
    assert sorted(other.tolist()) == label.tolist()
    torch.testing.assert_close(mixed, share * feature + (1 - share) * feature[other.long()])
    assert 0.0 < share < 1.0


def test_the_penalty_is_the_squared_distance_of_the_slope_from_one():
    slope = torch.tensor([3.0, 4.0])
    feature = torch.randn(6, 2, generator=torch.Generator().manual_seed(0))
    assert float(gradient_penalty(lambda x: x @ slope, feature)) == pytest.approx((5.0 - 1.0) ** 2, rel=1e-3)
    assert float(gradient_penalty(lambda x: x @ (slope / 5.0), feature)) == pytest.approx(0.0, abs=1e-5)


def test_the_penalty_can_be_learnt_from():
    layer = torch.nn.Linear(2, 1)
    gradient_penalty(lambda x: layer(x).squeeze(1), torch.randn(4, 2)).backward()
    assert layer.weight.grad is not None
    assert float(layer.weight.grad.abs().sum()) > 0.0


def test_what_is_no_batch_of_pictures_is_refused_by_name():
    good = bars(4, 2)
    with pytest.raises(ValueError, match="done must be pictures of bytes"):
        SuccessClassifier(good[:0], good, seed=0)
    with pytest.raises(ValueError, match="other must be pictures of bytes"):
        SuccessClassifier(good, good.astype(float), seed=0)
    with pytest.raises(ValueError, match=r"other must be pictures of \(16, 16, 3\)"):
        SuccessClassifier(good, good[:, :15], seed=0)
    with pytest.raises(ValueError, match="15 pixels or more a side"):
        GoalClassifier((14, 16, 3), seed=0)
    with pytest.raises(ValueError, match="as many pictures of both, got 4, 3"):
        GoalClassifier((SIZE, SIZE, 3), seed=0).update(good, good[:3])
