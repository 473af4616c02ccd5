"""Learning curves and the leaderboard in a real browser."""

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from palaestra.baselines.report import write_report
from palaestra.baselines.runs import MetricRow

from .driving import click, drawn_curves, texts, wait_for


def plots_of(page):
    return page.find_elements(By.CSS_SELECTOR, "[data-curves] .plot")


def visible_plots(page):
    return [plot for plot in plots_of(page) if plot.is_displayed()]


def ticks(page, plot):
    return texts(page, plot, ".tick")


def test_curves_are_drawn_with_a_real_size(page):
    plots = plots_of(page)
    assert len(plots) == 6
    for plot in plots:
        width, height = max(drawn_curves(page, plot))
        assert width > 200
        assert height > 20


def test_random_and_oracle_are_named_in_the_curves(page):
    plot = plots_of(page)[0]
    drawn_curves(page, plot)
    names = texts(page, plot, ".reference-name")
    assert sorted(names) == ["oracle", "random"]
    assert len(plot.find_elements(By.CSS_SELECTOR, "line.reference")) == 2


def test_means_come_first_and_seeds_on_demand(page):
    plot = plots_of(page)[0]
    assert len(drawn_curves(page, plot)) == 3  # two means, and the run that failed
    assert len(plot.find_elements(By.CSS_SELECTOR, "path.line.dotted")) == 1
    click(page, page.find_element(By.ID, "curves-seeds"))
    wait_for(page, lambda: len(plot.find_elements(By.CSS_SELECTOR, "path.line")) == 7)


def test_labels_can_be_filtered_and_keep_their_colour(page):
    plot = plots_of(page)[0]
    drawn_curves(page, plot)
    colours = {line.get_attribute("style") for line in plot.find_elements(By.CSS_SELECTOR, "path.line")}
    field = page.find_element(By.ID, "curves-label")
    field.send_keys("PPO")
    wait_for(page, lambda: len(plot.find_elements(By.CSS_SELECTOR, "path.line")) == 1)
    assert plot.find_element(By.CSS_SELECTOR, "path.line").get_attribute("style") in colours


def test_an_environment_can_be_chosen(page):
    assert len(visible_plots(page)) == 6
    Select(page.find_element(By.ID, "curves-env")).select_by_visible_text("robot/Reach-v0")
    wait_for(page, lambda: len(visible_plots(page)) == 3)


def test_the_metric_can_be_chosen(page):
    choice = page.find_element(By.CSS_SELECTOR, "[data-metric]")
    plot = page.find_element(By.CSS_SELECTOR, ".chart.wide .plot")
    drawn_curves(page, plot)
    before = ticks(page, plot)
    Select(choice).select_by_value("time/fps")
    wait_for(page, lambda: ticks(page, plot) != before)
    assert max(drawn_curves(page, plot))[0] > 200


def test_the_horizontal_axis_can_be_chosen_and_made_logarithmic(page):
    plot = plots_of(page)[0]
    drawn_curves(page, plot)
    for value, title in (("wall_time", "Wall time (min)"), ("episodes", "Episodes"), ("step", "Timesteps")):
        click(page, page.find_element(By.CSS_SELECTOR, f"[data-choice=axis] button[value={value}]"))
        wait_for(page, lambda title=title: texts(page, plot, ".xtitle") == [title])
        assert max(drawn_curves(page, plot))[0] > 200
    click(page, page.find_element(By.ID, "curves-log"))
    wait_for(page, lambda: {"2k", "5k", "10k", "20k"} <= set(ticks(page, plot)))


def test_a_point_is_read_with_the_pointer_and_with_the_arrow_keys(page):
    plot = plots_of(page)[0]
    drawn_curves(page, plot)
    readout = plot.find_element(By.CLASS_NAME, "readout")
    ActionChains(page).move_to_element(plot).perform()
    wait_for(page, readout.is_displayed)
    assert readout.text.startswith("Timesteps: ")
    assert "mean of 2 seeds" in readout.text
    plot.send_keys(Keys.ARROW_LEFT)
    before = readout.text
    plot.send_keys(Keys.ARROW_LEFT)
    assert readout.text != before
    plot.send_keys(Keys.ESCAPE)
    assert not readout.is_displayed()


def test_a_stretch_is_zoomed_in_on_by_dragging_and_out_of_with_escape(page):
    plot = plots_of(page)[0]
    drawn_curves(page, plot)
    before = ticks(page, plot)
    ActionChains(page).move_to_element_with_offset(plot, 20, 0).click_and_hold().move_by_offset(
        60, 0
    ).release().perform()
    wait_for(page, lambda: ticks(page, plot) != before)
    plot.send_keys(Keys.ESCAPE)
    wait_for(page, lambda: ticks(page, plot) == before)


def test_a_thinned_curve_says_so(open_page, make_run, tmp_path):
    metrics = [MetricRow(k, k, float(k), {"eval/success_rate": (k % 7) / 7}) for k in range(3000)]
    page = open_page(write_report([make_run(metrics=metrics)], tmp_path / "report.html"))
    drawn_curves(page, plots_of(page)[0])
    points = page.find_element(By.CLASS_NAME, "points").text
    assert points.endswith("of 3\u202f000 points")
    assert int(points.split()[0]) <= 400


def test_an_axis_that_was_not_kept_says_so(open_page, make_run, tmp_path):
    metrics = [MetricRow(k, None, 0.0, {"eval/return_mean": float(k)}) for k in range(5)]
    page = open_page(write_report([make_run(metrics=metrics, wall_time=0.0)], tmp_path / "report.html"))
    plot = plots_of(page)[0]
    drawn_curves(page, plot)
    click(page, page.find_element(By.CSS_SELECTOR, "button[value=wall_time]"))
    wait_for(page, lambda: "Not recorded on this axis" in plot.text)


def test_last_and_best_checkpoints_are_apart_in_the_leaderboard(page):
    last, best = page.find_elements(By.CLASS_NAME, "standings")
    assert (last.is_displayed(), best.is_displayed()) == (True, False)
    click(page, page.find_element(By.CSS_SELECTOR, "[data-choice=checkpoint] button[value=best]"))
    assert (last.is_displayed(), best.is_displayed()) == (False, True)
    (profile,) = best.find_elements(By.CLASS_NAME, "profile")
    assert len(drawn_curves(page, profile)) == 2


def test_a_label_has_one_colour_on_the_whole_page(page):
    drawn_curves(page, plots_of(page)[0])
    colours = page.execute_script("""
        const line = document.querySelector("[data-curves] .line");
        const rows = [...document.querySelectorAll(".board tbody tr")];
        const dot = rows.find((row) => row.querySelector("th").textContent === "grpo");
        return [getComputedStyle(line).stroke, getComputedStyle(dot.querySelector(".dot")).backgroundColor]""")
    assert colours[0] == colours[1]
