"""A live page follows its runs, and keeps what its reader has chosen."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import Select, WebDriverWait

from palaestra.baselines.report import collect, render_page
from palaestra.baselines.runs import MetricRow, RunFolder

from .driving import click, complaints, drawn_curves, resize, texts, until_ready, wait_for


class Site(ThreadingHTTPServer):
    """Serves the page of one run, as it is now."""

    def __init__(self, run):
        super().__init__(("127.0.0.1", 0), Handler)
        self.run, self.number = RunFolder(run), 1

    def version(self):
        return str(self.number)


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self):
        text = self.server.version()
        if self.path != "/version":
            text = render_page(collect([self.server.run.path]), live=text)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture
def site(make_run):
    site = Site(make_run(status="running"))
    threading.Thread(target=site.serve_forever, daemon=True).start()
    with site.run.lock():
        yield site
    site.shutdown()
    site.server_close()


@pytest.fixture
def live_page(browser, site):
    resize(browser, 1280)
    complaints(browser)
    browser.get(f"http://127.0.0.1:{site.server_port}/")
    until_ready(browser)
    yield browser
    browser.get("about:blank")  # stops asking a server that is gone
    assert complaints(browser) == []


def grow(site, step):
    """A later point, which the page learns of."""
    site.run.append_metrics(MetricRow(step, step // 4, step / 150, {"eval/success_rate": 0.95}))
    site.number += 1


def last_tick(page, plot):
    return texts(page, plot, ".tick")[-1]


def test_a_point_that_is_logged_appears_and_what_was_chosen_stays(live_page, site):
    plot = live_page.find_element(By.CSS_SELECTOR, "[data-curves] .plot")
    drawn_curves(live_page, plot)
    click(live_page, live_page.find_element(By.CSS_SELECTOR, "button[value=episodes]"))
    Select(live_page.find_element(By.CSS_SELECTOR, "[data-metric]")).select_by_value("time/fps")
    episode = live_page.find_element(By.CSS_SELECTOR, "#episodes-list > details")
    click(live_page, episode.find_element(By.TAG_NAME, "summary"))
    anchor = episode.get_attribute("id")
    live_page.execute_script("setTheme('dark'); document.getElementById('episodes-search').focus()")
    scroll = live_page.execute_script("return scrollY")
    before = last_tick(live_page, plot)

    grow(site, 30_000)

    WebDriverWait(live_page, 20).until(staleness_of(plot))
    wait_for(live_page, lambda: live_page.find_elements(By.CSS_SELECTOR, "[data-curves] .plot .line"))
    plot = live_page.find_element(By.CSS_SELECTOR, "[data-curves] .plot")
    wait_for(live_page, lambda: last_tick(live_page, plot) != before)
    assert texts(live_page, plot, ".xtitle") == ["Episodes"]
    assert live_page.find_element(By.CSS_SELECTOR, "[data-metric]").get_attribute("value") == "time/fps"
    wait_for(live_page, lambda: live_page.find_element(By.ID, anchor).find_elements(By.CLASS_NAME, "talk"))
    assert live_page.switch_to.active_element.get_attribute("id") == "episodes-search"
    assert live_page.execute_script("return document.documentElement.dataset.theme") == "dark"
    wait_for(live_page, lambda: abs(live_page.execute_script("return scrollY") - scroll) < 40)


def test_the_progress_of_a_running_run_moves_on(live_page, site):
    bar = live_page.find_element(By.TAG_NAME, "progress")
    assert float(bar.get_attribute("value")) == pytest.approx(0.5)
    grow(site, 30_000)
    WebDriverWait(live_page, 20).until(staleness_of(bar))
    bar = live_page.find_element(By.TAG_NAME, "progress")
    assert float(bar.get_attribute("value")) == pytest.approx(0.75)
    assert "30\u202f000 of 40\u202f000" in live_page.find_element(By.CLASS_NAME, "progress").text
