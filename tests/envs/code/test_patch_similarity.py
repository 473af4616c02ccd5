import time
from difflib import SequenceMatcher

import pytest

from palaestra.envs.code.patch_similarity import MAX_DIFF_LENGTH, patch_similarity, unified_diff

BEFORE = {"a.py": "x = 1\ny = 2\n", "b.py": "z = 3\n"}
ORACLE = BEFORE | {"a.py": "x = 1\ny = 3\n"}


def test_a_unified_diff_has_hunks_and_no_file_names():
    assert unified_diff("x = 1\ny = 2\n", "x = 1\ny = 3\n") == "@@ -1,2 +1,2 @@\n x = 1\n-y = 2\n+y = 3"
    assert unified_diff("x\n", "x\n") == ""


def test_the_same_effect_is_similarity_one():
    assert patch_similarity(BEFORE, ORACLE, ORACLE) == 1.0


def test_two_patches_without_effect_are_alike():
    assert patch_similarity(BEFORE, BEFORE, BEFORE) == 1.0


def test_no_change_is_unlike_any_change():
    assert patch_similarity(BEFORE, BEFORE, ORACLE) == 0.0
    assert patch_similarity(BEFORE, ORACLE, BEFORE) == 0.0


def test_another_change_of_the_file_is_as_alike_as_the_diffs_are():
    predicted = BEFORE | {"a.py": "x = 1\ny = 4\n"}
    first, second = (unified_diff(BEFORE["a.py"], files["a.py"]) for files in (predicted, ORACLE))
    assert patch_similarity(BEFORE, predicted, ORACLE) == SequenceMatcher(None, first, second, autojunk=False).ratio()
    # by hand: all but one of 36 characters match
    assert len(first) == len(second) == 36
    assert patch_similarity(BEFORE, predicted, ORACLE) == pytest.approx(35 / 36)


def test_the_mean_is_over_the_files_that_either_patch_changes():
    assert patch_similarity(BEFORE, ORACLE | {"b.py": "z = 0\n"}, ORACLE) == 0.5
    assert patch_similarity(BEFORE, BEFORE | {"b.py": "z = 0\n"}, ORACLE) == 0.0


@pytest.mark.parametrize("unit", [" ", "a", "    r", "\n", "ab\n"])
def test_a_huge_replacement_takes_no_long_time(unit):
    before = {"f": "".join(f"def f{i}(a, b):\n    return a + b\n\n\n" for i in range(15))}
    oracle = {"f": before["f"].replace("f7(a, b):\n    return a + b", "f7(a, b):\n    return a - b")}
    for length in (MAX_DIFF_LENGTH - 200, 20_000):
        predicted = {"f": before["f"].replace("def f7(a, b):\n", unit * (length // len(unit)))}
        started = time.process_time()
        assert patch_similarity(before, predicted, oracle) < 0.2
        assert time.process_time() - started < 1.0
