"""The shipped results are of the shipped suites, and the tables in the documents are theirs."""

from importlib import resources
from pathlib import Path

import pytest

from palaestra.baselines.benchmark.references import load_references
from palaestra.baselines.benchmark.suite import load_suite
from palaestra.baselines.cli import main
from palaestra.baselines.store.parquet import read_parquet
from palaestra.baselines.store.record import Run

ROOT = Path(__file__).parents[2]
RESULTS = sorted((ROOT / "baselines" / "results").glob("*.parquet"))
TABLES = [
    ("README.md", "control"),
    ("README.md", "llm"),
    ("docs/measurements.md", "smoke"),
    ("docs/algorithms.md", "family"),
    ("docs/algorithms.md", "archer"),
    ("docs/algorithms.md", "tricks"),
    ("docs/algorithms.md", "claims"),
    ("docs/algorithms.md", "diversity"),
    ("docs/algorithms.md", "curriculum"),
    ("docs/algorithms.md", "demonstrations"),
    ("docs/algorithms.md", "games-offline"),
    ("docs/code.md", "code"),
    ("docs/robot.md", "stitching"),
    ("docs/drive.md", "drive"),
    ("docs/drive.md", "fastrlap"),
    ("docs/flight.md", "flight"),
    ("docs/flight.md", "cad2rl"),
]


@pytest.fixture(params=RESULTS, ids=lambda path: path.stem)
def shipped(request) -> tuple[str, list[Run]]:
    """A suite's name and its shipped runs."""
    return request.param.stem, read_parquet(request.param)


def test_results_are_shipped_with_the_package():
    folder = resources.files("palaestra.baselines") / "results"
    assert {suite for _, suite in TABLES} <= {Path(str(entry)).stem for entry in folder.iterdir()}


@pytest.mark.parametrize(("document", "suite"), TABLES)
def test_the_tables_in_the_documents_are_made_from_the_shipped_results(document, suite):
    runs = ROOT / "baselines" / "results" / f"{suite}.parquet"
    assert main(["compare", str(runs), "--into", str(ROOT / document), "--marker", suite, "--check"]) == 0


def test_every_shipped_agent_has_finished_on_all_seeds_of_its_recipe(shipped):
    suite, runs = shipped
    finished: dict[str, set[int]] = {}
    for run in runs:
        if run.is_finished:
            finished.setdefault(run.info.recipe, set()).add(run.info.seed)
    asked = {recipe.name: recipe.seeds for recipe in load_suite(suite).recipes}
    assert finished
    assert all(seeds >= set(asked[name]) for name, seeds in finished.items())


def test_shipped_runs_are_what_their_suite_says(shipped):
    suite, runs = shipped
    wanted = {recipe.name: recipe for recipe in load_suite(suite).recipes}
    for run in runs:
        assert run.config == wanted[run.info.recipe].with_seed(run.info.seed).to_config()


def test_shipped_runs_name_a_clean_commit(shipped):
    _, runs = shipped
    assert all(run.info.commit and not run.info.commit.endswith("-dirty") for run in runs)


def test_shipped_runs_have_references(shipped):
    _, runs = shipped
    references = load_references()
    assert all((run.info.env_id, run.options) in references for run in runs)
