"""The report in a real browser."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from palaestra.baselines.report import write_report


@pytest.fixture
def page(browser, make_run, make_body_run, tmp_path):
    """A report of two environments, open in a window as wide as a laptop's."""
    folders = [*(make_run(seed=seed) for seed in range(2)), make_run(seed=2, status="failed", error="loss is nan")]
    out = write_report([*folders, make_body_run()], tmp_path / "report.html")
    resize(browser, 1280)
    browser.get_log("browser")
    browser.get(out.as_uri())
    yield browser
    assert [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []


def resize(browser, width):
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def wait_for(browser, condition):
    return WebDriverWait(browser, 20, poll_frequency=0.05).until(lambda _: condition())


def drawn_curves(browser, plot):
    """The sizes (width, height) of the lines that a plot has drawn, once it has."""
    browser.execute_script("arguments[0].scrollIntoView()", plot)
    lines = wait_for(browser, lambda: plot.find_elements(By.CSS_SELECTOR, ".scatterlayer path.js-line"))
    return [(line.rect["width"], line.rect["height"]) for line in lines]


def click(browser, element):
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def test_curves_are_drawn_with_a_real_size(page):
    plots = page.find_elements(By.CSS_SELECTOR, ".plot")
    assert len(plots) == 6
    for plot in plots:
        width, height = max(drawn_curves(page, plot))
        assert width > 200
        assert height > 20


def test_random_and_oracle_are_named_in_the_curves(page):
    plot = page.find_element(By.CSS_SELECTOR, ".plot")
    drawn_curves(page, plot)
    names = [element.text for element in plot.find_elements(By.CSS_SELECTOR, ".annotation-text")]
    assert sorted(names) == ["oracle", "random"]
    assert len(plot.find_elements(By.CSS_SELECTOR, ".shapelayer path")) == 2


def test_a_transcript_opens_on_click_and_on_a_key(page):
    first, second = page.find_elements(By.CSS_SELECTOR, ".source:not([hidden]) details.episode")[:2]
    assert not first.find_element(By.CLASS_NAME, "talk").is_displayed()
    click(page, first.find_element(By.TAG_NAME, "summary"))
    talk = first.find_element(By.CLASS_NAME, "talk")
    assert talk.is_displayed()
    assert "<guess>32</guess>" in talk.text
    assert "I think of a number" in talk.text
    assert talk.find_element(By.CLASS_NAME, "reward").text.endswith("−0.020 solve 0 turn −0.020")
    second.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)
    assert second.find_element(By.CLASS_NAME, "talk").is_displayed()


def test_the_policy_can_be_chosen(page):
    browser_section = page.find_element(By.CLASS_NAME, "browser")
    click(page, browser_section.find_element(By.CSS_SELECTOR, "button[value=random]"))
    visible = [s for s in browser_section.find_elements(By.CLASS_NAME, "source") if s.is_displayed()]
    assert [source.get_attribute("data-source") for source in visible] == ["random"]


def test_the_metric_can_be_chosen(page):
    choice = page.find_element(By.CSS_SELECTOR, "[data-metric]")
    plot = page.find_element(By.CSS_SELECTOR, ".chart.wide .plot")
    drawn_curves(page, plot)
    entropy = plot.find_element(By.CSS_SELECTOR, ".ytick text").text
    Select(choice).select_by_value("time/fps")
    wait_for(page, lambda: plot.find_element(By.CSS_SELECTOR, ".ytick text").text != entropy)
    assert max(drawn_curves(page, plot))[0] > 200


def test_the_horizontal_axis_can_be_chosen(page):
    plot = page.find_element(By.CSS_SELECTOR, ".plot")
    drawn_curves(page, plot)
    for value, title in (("wall_time", "Wall time (min)"), ("episodes", "Episodes"), ("step", "Timesteps")):
        click(page, page.find_element(By.CSS_SELECTOR, f"[data-axis] button[value={value}]"))
        wait_for(page, lambda title=title: plot.find_element(By.CLASS_NAME, "xtitle").text == title)
        assert max(drawn_curves(page, plot))[0] > 200


def test_the_theme_can_be_toggled(page):
    def background():
        return page.execute_script("return getComputedStyle(document.body).backgroundColor")

    button = page.find_element(By.ID, "theme")
    before, pressed = background(), button.get_attribute("aria-pressed")
    button.click()
    assert background() != before
    assert button.get_attribute("aria-pressed") != pressed
    button.click()
    assert background() == before


def test_a_moving_picture_can_be_paused(page):
    movie = page.find_element(By.CLASS_NAME, "movie")
    button = movie.find_element(By.CLASS_NAME, "play")
    wait_for(page, button.is_displayed)
    picture, still = movie.find_element(By.TAG_NAME, "img"), movie.find_element(By.TAG_NAME, "canvas")
    assert picture.rect["width"] > 100
    click(page, button)
    assert (picture.is_displayed(), still.is_displayed(), button.text) == (False, True, "Play")
    click(page, button)
    assert (picture.is_displayed(), still.is_displayed(), button.text) == (True, False, "Pause")


def test_a_moving_picture_leads_to_its_episode(page):
    movie = page.find_elements(By.CLASS_NAME, "movie")[-1]
    link = movie.find_element(By.TAG_NAME, "a")
    click(page, link)
    episode = page.find_element(By.ID, link.get_attribute("href").split("#")[1])
    wait_for(page, lambda: episode.get_attribute("open"))
    assert episode.find_element(By.CLASS_NAME, "steps").is_displayed()


@pytest.mark.parametrize("width", [390, 768])
def test_a_narrow_window_needs_no_horizontal_scrolling(page, width):
    resize(page, width)
    page.refresh()
    for plot in page.find_elements(By.CSS_SELECTOR, ".plot"):
        drawn_curves(page, plot)
    page.execute_script("for (const details of document.querySelectorAll('details')) details.open = true")
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


def test_nothing_is_requested(page):
    drawn_curves(page, page.find_element(By.CSS_SELECTOR, ".plot"))
    requested = page.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert [name for name in requested if not name.startswith("data:")] == []
