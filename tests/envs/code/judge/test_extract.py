import time

import pytest

from palaestra.envs.code.judge import MAX_RESPONSE_LENGTH, NoProgram, extract_program


@pytest.mark.parametrize(("response", "program"), [
    ("print(1)", "print(1)"),
    ("", ""),
    ("```python\nprint(1)\n```", "print(1)"),
    ("First:\n```\nbad\n```\nBetter:\n```python\ngood\n```\nDone.", "good"),
    ("```python\ndef f():\n    return 1\n\nprint(f())\n```\n", "def f():\n    return 1\n\nprint(f())"),
    ("It goes on\n```c\nint main() {", "int main() {"),
    ("```python\ncut off\n```python\nagain\n```", "again"),
    ("```python\ngood\n```\n```", "good"),
    ("```\n```", ""),
    ("say ``` inside a line", "say ``` inside a line"),
    ("  ```lua\nprint(1)\n  ```", "print(1)"),
    ("```\na\u2028```\nb\n```", "a\u2028```\nb"),
])  # fmt: skip
def test_the_program_is_the_last_block_or_else_everything(response, program):
    assert extract_program(response) == program


@pytest.mark.parametrize("response", ["a\0b", "\ud800", "```\nx = '\udfff'\n```", "x" * (MAX_RESPONSE_LENGTH + 1)])
def test_what_is_no_source_text_is_refused(response):
    with pytest.raises(NoProgram):
        extract_program(response)


def test_what_stands_outside_the_block_may_be_anything():
    assert extract_program("\ud800 \0\n```\nprint(1)\n```") == "print(1)"


@pytest.mark.parametrize("unit", ["```", "```\n", "```\n\n", "\n", "`", "```a\n"])
def test_long_responses_are_read_in_linear_time(unit):
    began = time.perf_counter()
    extract_program(unit * (MAX_RESPONSE_LENGTH // len(unit)))
    assert time.perf_counter() - began < 1.0
