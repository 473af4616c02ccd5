"""Reports of made-up runs, and a browser to look at them."""

import os
import shutil
from functools import partial

import pytest
from selenium import webdriver

from palaestra.baselines.report import write_report

from .driving import complaints, resize, until_ready
from .made_up_runs import write_body_run, write_run


@pytest.fixture
def make_run(tmp_path):
    """A function that writes a run folder: what it leaves out is filled with a plausible finished run."""
    return partial(write_run, root=tmp_path)


@pytest.fixture
def make_body_run(tmp_path):
    """A function that writes the run folder of a body, with moving pictures."""
    return partial(write_body_run, root=tmp_path)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Headless Chromium. Where there is none, tests are skipped, except in CI, where they fail."""
    programs = [shutil.which("chromium"), shutil.which("chromedriver")]
    if None in programs:
        reason = "headless Chromium is needed: install the packages chromium and chromium-driver"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = programs[0]
    profile = tmp_path_factory.mktemp("chromium")
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(programs[1]))
    yield driver
    driver.quit()


@pytest.fixture
def open_page(browser):
    """A function that opens a report, in a window as wide as a laptop's; nothing may be complained about afterwards."""

    def open_report(path, width=1280):
        resize(browser, width)
        complaints(browser)
        browser.get(path.as_uri())
        until_ready(browser)
        return browser

    yield open_report
    assert complaints(browser) == []


@pytest.fixture(scope="session")
def report_file(tmp_path_factory):
    """A report of two environments: one with two recipes and a failed run, the other with a body."""
    root = tmp_path_factory.mktemp("report")
    folders = [
        *(write_run(root, seed=seed) for seed in range(2)),
        *(write_run(root, seed=seed, recipe="guess-number-ppo", algorithm="ppo", lr=0.01) for seed in range(2)),
        write_run(root, seed=2, status="failed", error="loss is nan"),
    ]
    return write_report([*folders, write_body_run(root)], root / "report.html")


@pytest.fixture
def page(open_page, report_file):
    """That report, open."""
    return open_page(report_file)


@pytest.fixture
def report_of(tmp_path):
    """A function that writes a report and returns its text."""

    def report(*folders):
        return write_report(list(folders), tmp_path / "report.html").read_text(encoding="utf-8")

    return report
