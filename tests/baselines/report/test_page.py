"""The report in a real browser: the page as a whole."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from .driving import click, drawn_curves, resize, wait_for


def press(page, keys):
    page.switch_to.active_element.send_keys(keys)


def test_the_theme_can_be_toggled(page):
    def background():
        return page.execute_script("return getComputedStyle(document.body).backgroundColor")

    button = page.find_element(By.ID, "theme")
    before, pressed = background(), button.get_attribute("aria-pressed")
    button.click()
    assert background() != before
    assert button.get_attribute("aria-pressed") != pressed
    press(page, "t")
    assert background() == before


def test_keys_are_shown_on_a_question_mark_and_hidden_on_escape(page):
    dialog = page.find_element(By.ID, "keys")
    press(page, "?")
    assert dialog.is_displayed()
    assert "next and previous episode" in dialog.text
    press(page, Keys.ESCAPE)
    assert not dialog.is_displayed()


def test_digits_go_to_sections(page):
    links = page.find_elements(By.CSS_SELECTOR, "#sections a")
    assert [link.text for link in links] == [
        "Leaderboard",
        "Results",
        "Curves",
        "Motion",
        "Episodes",
        "Configs",
        "Runs",
    ]
    for number in (6, 2):
        press(page, str(number))
        section = links[number - 1].get_attribute("href").split("#")[1]
        wait_for(page, lambda section=section: page.switch_to.active_element.get_attribute("id") == section)
        wait_for(
            page,
            lambda section=section: (
                abs(
                    page.execute_script(
                        "return document.getElementById(arguments[0]).getBoundingClientRect().top", section
                    )
                )
                < 120
            ),
        )


def test_letters_that_are_typed_into_a_field_are_no_keys(page):
    press(page, "/")
    search = page.switch_to.active_element
    assert search.get_attribute("id") == "episodes-search"
    search.send_keys("jkt?1")
    assert search.get_attribute("value") == "jkt?1"
    assert not page.find_element(By.ID, "keys").is_displayed()
    search.send_keys(Keys.ESCAPE)
    assert page.switch_to.active_element.tag_name == "body"


def test_every_control_can_be_reached_with_tab_and_has_a_name(page):
    nameless = page.execute_script("""
        return [...document.querySelectorAll("button, select, input, [role=region], [role=group], [role=img]")]
          .filter((element) => !(element.textContent.trim() || element.ariaLabel || element.labels?.length
            || document.getElementById(element.getAttribute("aria-labelledby"))))
          .map((element) => element.outerHTML)""")
    assert nameless == []
    assert page.execute_script("return document.querySelectorAll('button[tabindex=\"-1\"]').length") == 0


def test_a_moving_picture_can_be_paused(page):
    movie = page.find_element(By.CLASS_NAME, "movie")
    page.execute_script("arguments[0].scrollIntoView()", movie)
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
    anchor = link.get_attribute("href").split("#")[1]
    click(page, link)
    wait_for(page, lambda: page.find_elements(By.CSS_SELECTOR, f"[id='{anchor}'] .steps"))
    episode = page.find_element(By.ID, anchor)
    assert episode.get_attribute("open")
    assert episode.find_element(By.CLASS_NAME, "inline-movie").is_displayed()


@pytest.mark.parametrize("width", [390, 768])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_narrow_window_needs_no_horizontal_scrolling(page, width, theme):
    page.execute_script("setTheme(arguments[0])", theme)
    resize(page, width)
    for plot in page.find_elements(By.CSS_SELECTOR, ".plot"):
        if plot.is_displayed():
            drawn_curves(page, plot)
    page.execute_script("for (const plot of document.querySelectorAll('.plot')) if (plot.chart) readAt(plot, 5000)")
    page.execute_script("for (const details of document.querySelectorAll('details')) details.open = true")
    wait_for(page, lambda: page.find_elements(By.CSS_SELECTOR, ".talk"))
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


def test_nothing_is_requested(page):
    drawn_curves(page, page.find_element(By.CSS_SELECTOR, ".plot"))
    requested = page.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert [name for name in requested if not name.startswith("data:")] == []
