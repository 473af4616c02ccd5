import io
from collections import Counter
from dataclasses import replace

import torch

from palaestra.agents.llm.archer.replay import Conversation, UtteranceReplay
from palaestra.agents.llm.types import Group, Segment, StopReason
from palaestra.envs.core import Status, Verdict

from ..made_up import episode_of


def test_a_conversation_knows_where_each_utterance_begins_and_ends():
    conversation = Conversation.of(episode_of([0.0, 1.0], lengths=[2, 1], seed=3), born=7)
    assert conversation is not None
    assert conversation.tokens_T.tolist() == [1, 2, 2, 1, 2]
    assert conversation.state_K.tolist() == [0, 3]
    assert conversation.reply_K.tolist() == [2, 4]
    assert conversation.rewards_K.tolist() == [0.0, 1.0]
    assert (conversation.cut_off, conversation.born, conversation.seed) == (False, 7, 3)


def test_only_truncation_leaves_open_what_the_last_utterance_led_to():
    for stop in StopReason:
        conversation = Conversation.of(replace(episode_of([1.0]), stop=stop), born=0)
        assert conversation is not None
        assert conversation.cut_off == (stop is StopReason.TRUNCATED)


def test_episodes_without_a_word_or_a_grade_are_not_kept():
    silent = replace(episode_of([0.0]), last=Segment.turn([1, 1], [], turn=0))
    ungraded = replace(episode_of([1.0]), verdict=Verdict(Status.GRADER_ERROR, 0.0, ""))
    replay = UtteranceReplay(10)
    replay.add([Group([silent, ungraded])], born=0)
    assert len(replay) == 0
    assert replay.sample(3, torch.Generator()) == []


def test_the_oldest_conversations_make_room():
    replay = UtteranceReplay(2)
    for born in range(3):
        replay.add([Group([episode_of([1.0])])], born=born)
    drawn = replay.sample(50, torch.Generator().manual_seed(0))
    assert {conversation.born for conversation in drawn} == {1, 2}


def test_all_conversations_are_drawn_alike():
    replay = UtteranceReplay(4)
    replay.add([Group([episode_of([1.0], seed=seed) for seed in range(4)])], born=0)
    counts = Counter(c.seed for c in replay.sample(4000, torch.Generator().manual_seed(0)))
    assert all(abs(count - 1000) < 120 for count in counts.values())


def test_a_replay_goes_through_a_file_of_tensors():
    replay = UtteranceReplay(5)
    cut_off = replace(episode_of([0.5], lengths=[3], seed=9), stop=StopReason.TRUNCATED)
    replay.add([Group([episode_of([0.0, 1.0], lengths=[1, 2])]), Group([cut_off])], born=4)
    file = io.BytesIO()
    torch.save(replay.get_state(), file)
    file.seek(0)
    copy = UtteranceReplay(5)
    copy.set_state(torch.load(file, weights_only=True))
    for old, new in zip(
        replay.sample(20, torch.Generator().manual_seed(1)),
        copy.sample(20, torch.Generator().manual_seed(1)),
        strict=True,
    ):
        for name in ("tokens_T", "state_K", "reply_K", "rewards_K"):
            assert getattr(old, name).tolist() == getattr(new, name).tolist()
            assert getattr(old, name).dtype == getattr(new, name).dtype
        assert (old.cut_off, old.born, old.seed) == (new.cut_off, new.born, new.seed)


def test_an_empty_replay_goes_through_its_state():
    copy = UtteranceReplay(5)
    copy.set_state(UtteranceReplay(5).get_state())
    assert len(copy) == 0
