"""Imports go downwards only: baselines -> agents -> wrappers -> envs."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("envs", "wrappers", "agents", "baselines")
# what only some layers may load, even inside a function
HEAVY = {"torch": 2, "transformers": 2, "stable_baselines3": 2, "sb3_contrib": 2}
# a back end for those who ask for it by name
ON_TORCH = ROOT / "envs" / "vision" / "on_torch"


def imported(path: Path) -> list[tuple[int, str]]:
    """The line and the absolute name of everything a file imports, relative imports resolved."""
    package = ["palaestra", *path.relative_to(ROOT).parent.parts]
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = [*above, *(node.module.split(".") if node.module else [])]
            found += [(node.lineno, ".".join([*base, alias.name])) for alias in node.names]
    return found


def files(layer: str) -> list[Path]:
    return sorted((ROOT / layer).rglob("*.py"))


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_go_downwards_only(layer):
    upper = LAYERS[LAYERS.index(layer) + 1 :]
    assert files(layer)
    offences = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in files(layer)
        for line, name in imported(path)
        if name.startswith("palaestra.") and name.split(".")[1] in upper
    ]
    assert not offences, "\n".join(offences)


@pytest.mark.parametrize("layer", LAYERS)
def test_inside_the_package_imports_are_relative(layer):
    offences = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files(layer)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] == "palaestra")
        or (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "palaestra" for alias in node.names))
    ]
    assert not offences, "\n".join(offences)


def test_environments_and_wrappers_need_no_learning_library():
    offences = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for layer in LAYERS
        for path in files(layer)
        for line, name in imported(path)
        if HEAVY.get(name.split(".")[0], 0) > LAYERS.index(layer)
        and not (ON_TORCH in path.parents and name.split(".")[0] == "torch")
    ]
    assert not offences, "\n".join(offences)


def test_no_environment_and_no_wrapper_imports_the_back_end_on_torch():
    offences = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for layer in ("envs", "wrappers")
        for path in files(layer)
        for line, name in imported(path)
        if name.startswith("palaestra.envs.vision.on_torch") and ON_TORCH not in path.parents
    ]
    assert not offences, "\n".join(offences)


def test_relative_imports_are_resolved():
    names = {name for _, name in imported(ROOT / "envs" / "math" / "countdown.py")}
    assert "palaestra.envs.core.SingleTurnEnv" in names
    assert "palaestra.envs.math.answers.tagged_answer" in names
