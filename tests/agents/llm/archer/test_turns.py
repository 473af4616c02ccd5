import torch
from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.llm.archer.replay import Conversation
from palaestra.agents.llm.archer.turns import Turns, histories, imagine
from palaestra.agents.llm.generation.protocol import Completion

from ..made_up import episode_of


def conversation_of(rewards, lengths):
    conversation = Conversation.of(episode_of(rewards, lengths=lengths), born=0)
    assert conversation is not None
    return conversation


def test_the_history_of_a_turn_ends_before_its_utterance():
    assert histories([conversation_of([0.0, 1.0], [2, 1])]) == [[1], [1, 2, 2, 1]]


def test_turns_stand_beside_what_the_policy_would_have_said():
    conversations = [conversation_of([0.0, 1.0], [2, 1]), conversation_of([0.5], [1])]
    replies = [Completion(tokens, [-1.0] * len(tokens), ended=True) for tokens in ([7], [8, 8], [9])]
    both = imagine(conversations, replies, pad_token=0)
    assert both.taken.tokens_B_T.tolist() == [[1, 2, 2, 1, 2], [1, 2, 0, 0, 0]]
    assert both.taken.row_N.tolist() == [0, 0, 1]
    assert both.imagined.tokens_B_T.tolist() == [[1, 7, 0, 0, 0, 0], [1, 2, 2, 1, 8, 8], [1, 9, 0, 0, 0, 0]]
    for turns, reply_N in ((both.taken, [2, 4, 1]), (both.imagined, [1, 5, 1])):
        assert turns.state_N.tolist() == [0, 3, 0]
        assert turns.reply_N.tolist() == reply_N
    assert both.reward_N.tolist() == [0.0, 1.0, 0.5]
    assert both.ends_N.tolist() == [False, True, True]
    assert both.known_N.tolist() == [True, True, True]


@given(
    st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=4), min_size=1, max_size=6),
    st.integers(1, 60),
)
def test_parts_hold_every_turn_once_and_no_more_tokens_than_asked_for(lengths, most_tokens):
    conversations = [conversation_of([0.0] * len(turns), turns) for turns in lengths]
    count = sum(map(len, lengths))
    taken = imagine(conversations, [Completion([3], [0.0], ended=True)] * count, pad_token=0).taken
    seen = []
    for chosen_N, part in taken.parts(most_tokens):
        assert part.tokens_B_T.numel() <= most_tokens or len(part.tokens_B_T) == 1
        assert chosen_N.tolist() == sorted(chosen_N.tolist())
        seen += chosen_N.tolist()
        for whole, index in ((taken, chosen_N), (part, torch.arange(len(part)))):
            assert _utterances(whole, index) == _utterances(taken, chosen_N)
    assert sorted(seen) == list(range(count))


def _utterances(turns: Turns, index_N: torch.Tensor) -> list[list[int]]:
    return [turns.tokens_B_T[turns.row_N[n], : int(turns.reply_N[n]) + 1].tolist() for n in index_N]
