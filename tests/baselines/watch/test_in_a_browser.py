"""The live page in a real browser, from run folders that grow under its eyes."""

import threading

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from palaestra.baselines.runs import MetricRow, RunFolder
from palaestra.baselines.watch import LivePage, PageServer, serve


@pytest.fixture
def url(tmp_path):
    server = PageServer(LivePage([tmp_path / "runs"]))
    over = threading.Event()
    thread = threading.Thread(target=serve, args=(server,), kwargs={"idle_timeout_s": None, "stopped": over.is_set})
    thread.start()
    yield server.url
    over.set()
    thread.join(5)


@pytest.fixture
def page(browser, url):
    browser.get_log("browser")
    yield browser
    assert [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []


def wait_for(browser, condition):
    return WebDriverWait(browser, 20, poll_frequency=0.05).until(lambda _: condition())


def last_step(browser):
    """The largest step that the first chart shows; None while it is not drawn."""
    return browser.execute_script(
        "const plot = document.querySelector('.plot');"
        "plot.scrollIntoView();"
        "return plot.chart ? Math.max(...plot.chart.lines.flatMap((line) => [...line.x])) : null;"
    )


def test_a_new_point_shows_without_loading_the_page_again(page, url, make_run, tmp_path):
    run = make_run(status="running", root=tmp_path / "runs")
    with RunFolder(run).lock():
        page.get(url)
        wait_for(page, lambda: last_step(page) == 20_000)
        page.execute_script("window.still = 'here'; document.querySelector('main details[id]').open = true")
        opened = page.find_element(By.CSS_SELECTOR, "main details[id]").get_attribute("id")
        position = page.execute_script("return scrollY")
        values = {"eval/success_rate": 0.97, "eval/return_mean": 0.9, "rollout/ep_rew_mean": 0.9}
        RunFolder(run).append_metrics(MetricRow(27_500, 9_000, 170.0, values))
        wait_for(page, lambda: last_step(page) == 27_500)
        assert page.execute_script("return window.still") == "here"
        assert page.find_element(By.ID, opened).get_attribute("open")
        assert abs(page.execute_script("return scrollY") - position) < 5
        assert page.find_element(By.ID, "live").text == "live"


def test_runs_that_come_later_appear(page, url, make_run, tmp_path):
    page.get(url)
    assert "Waiting for runs" in page.title
    make_run(root=tmp_path / "runs")
    wait_for(page, lambda: "GuessNumber" in page.title)
    page.execute_script("window.still = 'here'")
    make_run(root=tmp_path / "runs", env_id="math/Countdown-v0", recipe="countdown-grpo")
    wait_for(page, lambda: "Countdown" in page.title)
    assert page.execute_script("return window.still") == "here"
