"""The episode browser and the configurations in a real browser."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from palaestra.baselines.report import write_report

from .driving import click, wait_for
from .made_up_runs import text_episode, training_episode


def episodes(page):
    return page.find_elements(By.CSS_SELECTOR, "#episodes-list > details")


def opened(page, episode):
    summary = episode.find_element(By.TAG_NAME, "summary")
    if not episode.get_attribute("open"):
        click(page, summary)
    wait_for(page, lambda: episode.find_elements(By.CLASS_NAME, "talk"))
    return episode.find_element(By.CLASS_NAME, "talk")


def choose(page, field, text):
    Select(page.find_element(By.ID, field)).select_by_visible_text(text)


def test_a_transcript_opens_on_click_and_on_a_key(page):
    choose(page, "episodes-env", "text/GuessNumber-v0")
    first, second = episodes(page)[:2]
    talk = opened(page, first)
    assert "<guess>32</guess>" in talk.text
    assert "I think of a number" in talk.text
    assert talk.find_element(By.CLASS_NAME, "reward").text.endswith("−0.020 solve 0 turn −0.020")
    assert "Verdict correct, score 1" in talk.text
    second.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)
    wait_for(page, lambda: second.find_elements(By.CLASS_NAME, "talk"))


def test_j_and_k_walk_through_episodes_and_enter_opens(page):
    page.switch_to.active_element.send_keys("j")
    places = []
    for key in "jjk":
        page.switch_to.active_element.send_keys(key)
        places.append(
            [episode.find_element(By.TAG_NAME, "summary") for episode in episodes(page)].index(
                page.switch_to.active_element
            )
        )
    assert places == [1, 2, 1]
    page.switch_to.active_element.send_keys(Keys.ENTER)
    wait_for(page, lambda: episodes(page)[1].find_elements(By.CLASS_NAME, "talk"))


def test_the_policy_the_outcome_and_the_verdict_can_be_chosen(page):
    choose(page, "episodes-env", "text/GuessNumber-v0")
    before = len(episodes(page))
    choose(page, "episodes-outcome", "Failure")
    assert episodes(page) == []
    click(page, page.find_element(By.CSS_SELECTOR, "#episodes-source button[value=random]"))
    assert 0 < len(episodes(page)) < before
    assert {episode.find_element(By.CLASS_NAME, "badge").text for episode in episodes(page)} == {"failure"}
    verdicts = [option.text for option in Select(page.find_element(By.ID, "episodes-verdict")).options]
    assert verdicts == ["All", "correct", "wrong"]
    choose(page, "episodes-verdict", "correct")
    assert episodes(page) == []


def test_episodes_are_found_by_what_was_said_in_them(page):
    page.find_element(By.ID, "episodes-search").send_keys("48 is too HIGH")
    wait_for(page, lambda: " of " in page.find_element(By.ID, "episodes-count").text.split(",")[0])
    talk = opened(page, episodes(page)[0])
    assert talk.find_element(By.TAG_NAME, "mark").text == "48 is too high"
    page.find_element(By.ID, "episodes-search").send_keys(" and never said")
    wait_for(page, lambda: not episodes(page))


def test_words_of_a_model_are_shown_as_words(open_page, make_run, tmp_path):
    hostile = "<img src=x onerror=alert(1)></script>\x00\x1b{{ 7*7 }}"
    turn = {"observation": hostile, "action": hostile, "reward": 0.0, "reward_terms": {hostile: 0.5}}
    silent = {"observation": "Well?", "action": "", "reward": 0.0, "reward_terms": {}}
    episode = text_episode("agent", 1, True) | {
        "turns": [turn, silent],
        "verdict": {"status": hostile, "score": 0.0, "detail": hostile},
        "final_observation": hostile,
    }
    page = open_page(write_report([make_run(episodes=[episode])], tmp_path / "report.html"))
    talk = opened(page, episodes(page)[0])
    assert talk.text.count("<img src=x onerror=alert(1)></script>␀␛{{ 7*7 }}") == 6
    assert talk.find_element(By.CLASS_NAME, "left-out").text == "empty"
    assert talk.find_elements(By.TAG_NAME, "img") == []


@pytest.fixture
def training_page(open_page, make_run, tmp_path):
    lines = [
        training_episode(1000, 1, (0.5, 1.0, 0.0)),
        training_episode(1000, 2, (-1.0, -0.25, 0.0), success=False),
        training_episode(2000, 3, (0.1, 0.2, 0.3)),
    ]
    page = open_page(write_report([make_run(episodes=lines)], tmp_path / "report.html"))
    assert page.find_element(By.CSS_SELECTOR, "#episodes-source button[value=training]").get_attribute("aria-pressed")
    return page


def test_training_is_looked_at_step_by_step(training_page):
    step = training_page.find_element(By.ID, "episodes-step-value")
    assert (step.text, len(episodes(training_page))) == ("2\u202f000", 1)
    training_page.find_element(By.ID, "episodes-step").send_keys(Keys.ARROW_LEFT)
    assert (step.text, len(episodes(training_page))) == ("1\u202f000", 2)


def test_tokens_are_coloured_by_advantage_and_read_with_the_arrow_keys(training_page):
    training_page.find_element(By.ID, "episodes-step").send_keys(Keys.ARROW_LEFT)
    talks = [opened(training_page, episode) for episode in episodes(training_page)]
    colours = [
        [token.value_of_css_property("background-color") for token in talk.find_elements(By.CLASS_NAME, "token")]
        for talk in talks
    ]
    neutral = "rgba(0, 0, 0, 0)"
    assert colours[0][2] == colours[1][2] == neutral
    assert len({*colours[0], *colours[1]}) == 5
    legend = talks[1].find_element(By.CLASS_NAME, "advantages").text
    assert "−1" in legend
    assert "+1" in legend
    readout = talks[0].find_element(By.CLASS_NAME, "token-readout")
    talks[0].find_element(By.CLASS_NAME, "token").click()
    assert readout.text == '"<guess>" advantage +0.50, log-probability −0.50 (sampled at 60.7\u202f%)'
    training_page.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    assert readout.text.startswith('"32" advantage +1')


def test_configs_differ_in_what_is_marked(page):
    table = page.find_element(By.ID, "configs-table")
    rows = table.find_elements(By.CSS_SELECTOR, "tbody th")
    assert [row.text.split()[0] for row in rows] == ["name", "env.id", "agent.algorithm", "agent.params.learning_rate"]
    rate = table.find_elements(By.CSS_SELECTOR, "tbody tr")[3]
    assert [cell.text for cell in rate.find_elements(By.CLASS_NAME, "unusual")] == ["0.01"]  # of three runs
    click(page, page.find_element(By.ID, "configs-differences"))
    wait_for(page, lambda: "versions.torch" in table.text)
    assert "AMD EPYC 9B14" in table.text
    assert len(table.find_elements(By.CSS_SELECTOR, "tr.differs")) == 4


def test_runs_are_added_to_the_comparison_and_removed_from_it(page):
    def compared():
        return [button.get_attribute("value") for button in page.find_elements(By.CLASS_NAME, "remove")]

    assert len(compared()) == 3
    choice = Select(page.find_element(By.ID, "configs-add"))
    choice.select_by_visible_text("grpo, seed 2, failed")
    wait_for(page, lambda: len(compared()) == 4)
    click(page, page.find_elements(By.CLASS_NAME, "remove")[0])
    wait_for(page, lambda: len(compared()) == 3)
    for _ in page.find_elements(By.CLASS_NAME, "remove")[1:]:
        click(page, page.find_elements(By.CLASS_NAME, "remove")[-1])
    wait_for(page, lambda: len(compared()) == 1)
    assert page.find_element(By.ID, "configs-count").text == "Add a second run to see what differs."
