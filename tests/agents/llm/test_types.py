import numpy as np
import pytest

from palaestra.agents.llm.types import Episode, Group, Segment, Source, StopReason, collate
from palaestra.envs.core import Verdict


def episode(last: Segment, rewards: list[float], verdict: Verdict | None = None) -> Episode:
    return Episode(last, rewards, [{} for _ in rewards], None, verdict, StopReason.TERMINATED, seed=0)


def test_a_turn_marks_the_reply_as_own_and_leaves_the_environments_tokens_alone():
    segment = Segment.turn([5, 6], [7, 8, 9], turn=3, logp=[-1.0, -2.0, -3.0])
    assert segment.tokens_T.tolist() == [5, 6, 7, 8, 9]
    assert segment.own_T.tolist() == [False, False, True, True, True]
    assert segment.logp_T.tolist() == [0, 0, -1, -2, -3]
    assert segment.turns_T.tolist() == [3, 3, 3, 3, 3]


def test_segments_that_share_a_parent_are_a_fork_of_one_conversation():
    root = Segment.turn([1], [2], turn=0)
    left, right = (Segment.turn([3], [token], turn=1, parent=root) for token in (4, 5))
    assert left.lineage() == [root, left]
    assert right.lineage() == [root, right]


def test_a_teachers_words_have_no_log_probability_but_can_be_trained_on():
    segment = Segment.turn([1], [2, 3], turn=0, source=Source.TEACHER)
    assert segment.own_T.sum() == 2
    assert not segment.logp_T.any()


def test_collate_lays_turns_end_to_end_and_keeps_turns_without_reward():
    root = Segment.turn([1], [2], turn=0, logp=[-0.5])
    long = episode(Segment.turn([3, 4], [5], turn=1, logp=[-0.25], parent=root), [0.0, 1.0])
    short = episode(Segment.turn([1], [9], turn=0, logp=[-2.0]), [0.5])
    batch = collate([Group([long, short])], pad_token=0)
    assert batch.tokens_B_T.tolist() == [[1, 2, 3, 4, 5], [1, 9, 0, 0, 0]]
    assert batch.own_B_T.tolist() == [[False, True, False, False, True], [False, True, False, False, False]]
    assert batch.turns_B_T.tolist() == [[0, 0, 1, 1, 1], [0, 0, 0, 0, 0]]
    np.testing.assert_allclose(batch.logp_B_T, [[0, -0.5, 0, 0, -0.25], [0, -2, 0, 0, 0]])
    assert batch.rewards_B_K.tolist() == [[0.0, 1.0], [0.5, 0.0]]
    assert batch.return_B.tolist() == [1.0, 0.5]
    assert batch.length_B.tolist() == [5, 2]


def test_collate_knows_the_group_of_each_episode_and_what_could_not_be_graded():
    segment = Segment.turn([1], [2], turn=0)
    broken = episode(segment, [0.0], Verdict.grader_error("no verdict"))
    groups = [Group([episode(segment, [1.0])]), Group([broken, episode(segment, [0.0], Verdict.wrong())])]
    batch = collate(groups, pad_token=0)
    assert batch.group_B.tolist() == [0, 1, 1]
    assert batch.gradable_B.tolist() == [True, False, True]


def test_a_batch_knows_who_wrote_what_and_where_turns_end():
    root = Segment.turn([1], [2, 3], turn=0, source=Source.TEACHER)
    long = episode(Segment.turn([4], [5, 6], turn=1, logp=[-1, -1], parent=root), [0.0, 0.0])
    short = episode(Segment.turn([1], [9], turn=0, logp=[-2.0]), [0.0])
    batch = collate([Group([long, short])], pad_token=0)
    assert batch.ends_turn_B_T.int().tolist() == [[0, 0, 1, 0, 0, 1], [0, 1, 0, 0, 0, 0]]
    assert batch.written_by(Source.TEACHER).int().tolist() == [[0, 1, 1, 0, 0, 0], [0] * 6]
    assert batch.written_by(Source.POLICY).int().tolist() == [[0, 0, 0, 0, 1, 1], [0, 1, 0, 0, 0, 0]]


def test_collate_refuses_nothing():
    with pytest.raises(ValueError, match="at least one episode"):
        collate([], pad_token=0)
