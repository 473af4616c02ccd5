import pytest

from palaestra.envs.code import patch_env
from palaestra.envs.code.edits import Edit, edit_between, write_edits
from palaestra.envs.code.patch_env import SIMILARITY, PatchEnv
from palaestra.envs.code.patch_task import PatchTask
from palaestra.envs.code.sandbox import SandboxBroken
from palaestra.envs.core import Status

FILES = {
    "main.py": "from tools.add import add\n\nprint(add(int(input()), int(input())))\n",
    "tools/add.py": "def add(a, b):\n    return a * b\n",
}
WRONG, RIGHT = "    return a * b", "    return a + b"


def edits(replace, search=WRONG, path="tools/add.py"):
    return write_edits((Edit(path, search, replace),))


TASK = PatchTask(
    prompt="mend it",
    answer=edits(RIGHT),
    paths=tuple(FILES),
    contents=tuple(FILES.values()),
    inputs=("1\n2\n", "2\n2\n", "3\n1\n", "0\n5\n", "70\n7\n"),
    outputs=("3\n", "4\n", "4\n", "5\n", "77\n"),
    passing=1,
)


def answer(response, **kwargs):
    env = PatchEnv(**kwargs)
    env.reset(options={"task": TASK})
    _, reward, terminated, _, info = env.step(response)
    assert terminated
    return reward, info


class TestTests:
    def test_the_right_patch_passes_every_test(self):
        reward, info = answer(f"The sign.\n```\n{edits(RIGHT)}\n```")
        assert (reward, info["success"], info["reward_terms"]) == (1.0, True, {"tests": 1.0})

    def test_another_patch_of_the_same_effect_does_too(self):
        assert answer(edits("    return b - -a"))[1]["success"]

    def test_tests_that_were_won_are_worth_a_part(self):
        some = edits("    return a + b if a < 70 else 0")
        reward, info = answer(some)
        assert (reward, info["success"]) == (pytest.approx(0.5 * 3 / 4), False)
        assert info["verdict"].detail == "4 of 5 tests passed"
        assert answer(some, all_pass_bonus=1.0)[0] == 0.0

    @pytest.mark.parametrize("replace", ["    return b * a", "    return 0", "    return a +", "    exit(0)"])
    def test_a_patch_that_wins_no_test_is_worth_nothing(self, replace):
        reward, info = answer(edits(replace))
        assert (reward, info["success"]) == (0.0, False)

    def test_main_may_be_edited_but_knows_no_expected_value(self):
        reward, _ = answer(edits("print(open('expected').read())", "print(add(int(input()), int(input())))", "main.py"))
        assert reward == 0.0

    def test_a_project_that_hangs_is_waited_for_once(self, monkeypatch):
        monkeypatch.setattr(patch_env, "LIMITS", patch_env.Limits(wall_seconds=1.0, cpu_seconds=0.3))
        assert answer(edits("    while True: pass"))[0] == 0.0

    def test_a_sandbox_that_breaks_is_no_wrong_answer(self, monkeypatch):
        class Broken:
            def run(self, job):
                raise SandboxBroken("it broke")

        monkeypatch.setattr(patch_env, "get_sandbox", lambda *_: Broken())
        reward, info = answer(edits(RIGHT))
        assert (reward, info["verdict"].status) == (0.0, Status.GRADER_ERROR)


class TestSimilarity:
    def test_the_right_patch_is_similar_to_itself_and_nothing_is_run(self, monkeypatch):
        monkeypatch.setattr(patch_env, "get_sandbox", None)
        reward, info = answer(edits(RIGHT), scoring=SIMILARITY)
        assert (reward, info["success"], info["reward_terms"]) == (1.0, True, {"similarity": 1.0})

    def test_another_patch_is_as_similar_as_its_diff(self):
        reward, info = answer(edits("    return b + a"), scoring=SIMILARITY)
        # diffs of 67 characters, of which all but `a` and `b` match
        assert reward == pytest.approx(65 / 67)
        assert (info["success"], info["verdict"].score) == (False, reward)

    def test_a_change_of_another_file_halves_it(self):
        both = f"{edits(RIGHT)}\n{edits('x = 1', 'from tools.add import add', 'main.py')}"
        assert answer(both, scoring=SIMILARITY)[0] == 0.5

    @pytest.mark.parametrize("response", ["", "nonsense", edits(RIGHT, search="    return a / b"), edits(WRONG)])
    def test_edits_that_cannot_be_made_cost_one(self, response):
        reward, info = answer(response, scoring=SIMILARITY)
        assert (reward, info["success"], info["verdict"].status) == (-1.0, False, Status.UNPARSEABLE)
        assert answer(response)[0] == 0.0


@pytest.mark.parametrize("level", range(len(PatchEnv.levels)))
def test_the_project_fails_as_the_issue_says_and_the_expert_mends_it(level):
    env = PatchEnv(level=level)
    for seed in range(3):
        prompt, info = env.reset(seed=seed)
        task = info["task"]
        assert len(task.paths) >= len(env.levels[level].problems) + 2
        changed = [path for path in task.paths if task.files[path] != task.mended[path]]
        assert 1 <= len(changed) <= env.levels[level].bugs
        assert all(content in prompt for content in task.contents)
        assert env._run_tests(task, task.files) == task.passing < len(task.inputs)
        assert env.step(env.oracle())[4]["success"]


def test_the_issue_names_neither_file_nor_line():
    env = PatchEnv(level=len(PatchEnv.levels) - 1)
    prompt, _ = env.reset(seed=2)
    issue = prompt.partition("Its files:")[0]
    assert "tools/" not in issue
    assert "return" not in issue


@pytest.mark.parametrize(
    ("arguments", "name"),
    [({"scoring": "bleu"}, "scoring"), ({"all_pass_bonus": 2}, "all_pass_bonus"), ({"isolation": "no"}, "isolation")],
)
def test_arguments_out_of_range_are_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=name):
        PatchEnv(**arguments)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"paths": ["main.py"]}, "paths"),
        ({"paths": ["main.py", "main.py"]}, "paths"),
        ({"paths": ["main.py", "../add.py"]}, "paths"),
        ({"paths": ["main.py", "/add.py"]}, "paths"),
        ({"answer": "nonsense"}, "answer"),
        ({"answer": edits("x", path="none.py")}, "answer"),
        ({"outputs": ["3\n"]}, "outputs"),
        ({"passing": 5}, "passing"),
    ],
)
def test_tasks_that_cannot_be_meant_are_refused_by_name(changes, name):
    fields = {key: getattr(TASK, key) for key in PatchTask.__dataclass_fields__}
    with pytest.raises(ValueError, match=name):
        PatchEnv().reset(options={"task": fields | changes})


def test_edits_of_a_task_are_the_smallest_between_its_files():
    assert edit_between("tools/add.py", FILES["tools/add.py"], TASK.mended["tools/add.py"]) == Edit(
        "tools/add.py", WRONG, RIGHT
    )
