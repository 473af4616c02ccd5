import torch
from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.llm.packing import pack


def pasts(tokens_B_T: list[list[int]], length_B: list[int]) -> list[list[tuple[int, ...]]]:
    return [[tuple(row[: end + 1]) for end in range(length)] for row, length in zip(tokens_B_T, length_B, strict=True)]


@st.composite
def batches(draw):
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    tokens_B_T = draw(
        st.lists(st.lists(st.integers(0, 2), min_size=columns, max_size=columns), min_size=rows, max_size=rows)
    )
    return tokens_B_T, draw(st.lists(st.integers(0, columns), min_size=rows, max_size=rows))


@given(batches())
def test_tokens_are_one_exactly_where_everything_up_to_them_is_equal(batch):
    tokens_B_T, length_B = batch
    packed = pack(torch.tensor(tokens_B_T), torch.tensor(length_B))
    past_of: dict[int, tuple[int, ...]] = {}
    for row, pasts_T in enumerate(pasts(tokens_B_T, length_B)):
        for column, past in enumerate(pasts_T):
            assert past_of.setdefault(int(packed.index_B_T[row, column]), past) == past
    assert len(set(past_of.values())) == len(past_of) == len(packed.tokens_U)


@given(batches())
def test_every_distinct_token_knows_its_id_its_position_and_a_cell_it_stands_at(batch):
    tokens_B_T, length_B = batch
    packed = pack(torch.tensor(tokens_B_T), torch.tensor(length_B))
    for number in range(len(packed.tokens_U)):
        row, column = divmod(int(packed.cell_U[number]), len(tokens_B_T[0]))
        assert column < length_B[row]
        assert packed.tokens_U[number] == tokens_B_T[row][column]
        assert packed.positions_U[number] == column
        assert packed.index_B_T[row, column] == number


def test_a_prompt_of_a_group_is_packed_once():
    packed = pack(torch.tensor([[5, 6, 1, 9], [5, 6, 2, 0], [5, 6, 1, 8], [7, 6, 1, 9]]), torch.tensor([4, 3, 4, 4]))
    assert len(packed.tokens_U) == 10  # 5 6 | 1 9 | 8 | 2, and the other prompt's 7 6 1 9
    assert packed.index_B_T[0, :3].tolist() == packed.index_B_T[2, :3].tolist()
