"""What is built is what is in the tree, and it works away from the tree."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("envs", "wrappers", "agents", "baselines", "assets")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    # from a copy of what git would ship, so that nothing in the tree changes and nothing left over gets in
    source = out / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    subprocess.run(build, capture_output=True, check=True)
    [built] = out.glob("*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "palaestra", *FOLDERS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    in_tree = {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
    assert packed == {name if name.startswith("palaestra/") else f"palaestra/{name}" for name in in_tree}


def test_an_empty_environment_with_the_wheel_makes_environments_away_from_the_checkout(wheel, tmp_path):
    venv.create(tmp_path / "venv", with_pip=False)
    [site_packages] = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site_packages)
    program = (
        "import gymnasium as gym, palaestra, sys\n"
        "print(palaestra.__file__)\n"
        "for id in ('text/GuessNumber-v0', 'robot/Reach-v0'):\n"
        "    env = gym.make(id); env.reset(seed=0); env.step(env.action_space.sample()); env.close()\n"
        "from palaestra.baselines.recipe import load_recipe\n"
        "print(load_recipe('reach-ppo').env.id)\n"
    )
    # the dependencies come from this environment; a path entry does not run its .pth files, so the checkout, which is
    # installed through one, stays out of sight
    environment = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")}
    result = subprocess.run(
        [str(tmp_path / "venv" / "bin" / "python"), "-W", "ignore", "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    where, recipe = result.stdout.split()
    assert Path(where).is_relative_to(site_packages)
    assert recipe == "robot/Reach-v0"
