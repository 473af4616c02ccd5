import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.math.answers import tagged_answer


@pytest.mark.parametrize(
    ("response", "answer"),
    [("<answer>5</answer>", "5"), ("so <answer> 5 </answer>\n ", "5"),
     ("<answer>5</answer> again <answer>5</answer>", "5"), ("in <answer> tags: <answer>5</answer>", "5"),
     ("<answer></answer>", "")],
)  # fmt: skip
def test_the_committed_answer_is_read(response, answer):
    assert tagged_answer(response) == answer


@pytest.mark.parametrize(
    "response",
    ["", "5", "<answer>5", "5</answer>", "<answer>4</answer><answer>5</answer>", "<answer>5</answer> or 6",
     "<answer><b>5</b></answer>", "<ANSWER>5</ANSWER>", "<answer>5</answer", f"<answer>{'5' * 1001}</answer>"],
)  # fmt: skip
def test_anything_else_commits_to_nothing(response):
    assert tagged_answer(response) is None


@given(st.text())
def test_no_response_raises(response):
    tagged_answer(response)
    assert tagged_answer(f"{response.replace('<', '')}<answer>x</answer>") == "x"
