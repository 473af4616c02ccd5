import re
from html.parser import HTMLParser
from urllib.parse import urlparse

import pytest

from palaestra.baselines.errors import UsageError
from palaestra.baselines.report import collect, render_page, write_report
from palaestra.baselines.runs import MetricRow, RunFolder, Scores

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;{{ 7*7 }} \u2028 \ud800 \x00 \x1b[31m"


class Page(HTMLParser):
    """The tags of a page with their attributes, and what it says."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


def hostile_episode():
    turn = {"observation": HOSTILE, "action": HOSTILE, "reward": 0.0, "reward_terms": {HOSTILE: 0.5}}
    return {
        "step": 1,
        "source": HOSTILE,
        "seed": 1,
        "level": None,
        "episode_return": None,
        "success": None,
        "verdict": {"status": "unparseable", "score": 0.0, "detail": HOSTILE},
        "turns": [turn],
        "final_observation": HOSTILE,
        "animation": None,
    }


def executable(tags):
    """How many scripts a browser runs, rather than keeps as data."""
    return len([tag for tag, attributes in tags if tag == "script" and "type" not in attributes])


def test_the_report_is_written_where_it_was_asked_for_and_nothing_else(make_run, tmp_path):
    out = tmp_path / "new" / "folder" / "report.html"
    assert write_report([make_run()], out) == out
    assert [path.name for path in out.parent.iterdir()] == ["report.html"]


def test_a_report_replaces_an_older_one(make_run, tmp_path):
    out = tmp_path / "report.html"
    out.write_text("old")
    write_report([make_run()], out)
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_report_that_cannot_be_made_leaves_the_older_one(tmp_path):
    out = tmp_path / "report.html"
    out.write_text("old")
    with pytest.raises(UsageError, match="there is no run in"):
        write_report([tmp_path], out)
    assert out.read_text() == "old"


def test_the_same_runs_make_the_same_report(make_run, report_of):
    folder = make_run()
    assert report_of(folder) == report_of(folder)


def test_nothing_in_the_page_is_loaded_from_elsewhere(make_run, make_body_run, report_of):
    html = report_of(make_run(), make_body_run())
    page = Page(html)
    for tag, attributes in page.tags:
        for name in ("src", "href", "srcset", "data", "action", "poster"):
            target = urlparse(attributes.get(name) or "")
            assert target.scheme in ("", "data"), (tag, name)
            assert not target.netloc
            assert not target.path or target.scheme == "data"
    assert "connect-src" not in html.split("<style>")[0]
    style = html[html.index("<style>") : html.index("</style>")]
    assert not re.search(r"url\(|@import", style)


def test_the_results_are_on_the_page(make_run, report_of):
    words = Page(report_of(make_run(result={"agent": Scores(0.9, 0.85, 0.94, 0.7, 0.6, 0.8, 200)}))).words
    assert "text/GuessNumber-v0" in words
    assert "90\u202f%" in words
    assert "85–94\u202f%" in words
    assert "0.60 to 0.80" in words


def test_words_of_a_model_stay_words(make_run, report_of):
    clean = Page(report_of(make_run(episodes=[]))).tags
    hostile = make_run(
        recipe="hostile",
        episodes=[hostile_episode()],
        status="failed",
        error=HOSTILE.replace("\ud800", ""),
        kwargs={"prompt": HOSTILE.replace("\ud800", "")},
        metrics=[MetricRow(1, 1, 1.0, {"</script><script>alert(3)</script>": 1.0})],
    )
    html = report_of(hostile)
    page = Page(html)
    assert executable(page.tags) == executable(clean) == 1
    assert not any("onerror" in attributes for _, attributes in page.tags)
    assert "alert(2)" in page.words
    assert "{{ 7*7 }}" in page.words
    assert "␀" in page.words
    assert not {"\x00", "\x1b"} & set(html)


def test_what_was_not_measured_is_a_dash(make_run, report_of):
    nothing = Scores(None, None, None, float("nan"), float("nan"), float("nan"), 0)
    html = report_of(make_run(result={"agent": nothing}, metrics=[], episodes=[]))
    assert "–" in html
    assert not re.search(r"\b(nan|None|inf)\b", Page(html).words.split("Runs")[0].split("}")[-1])


def test_a_run_without_metrics_has_no_curves(make_run, report_of):
    assert 'id="curves"' not in report_of(make_run(metrics=[]))


def test_a_report_of_one_run_is_small(make_run, report_of):
    assert len(report_of(make_run())) < 200_000


def test_runs_of_other_tools_without_scores_episodes_or_wall_time_are_shown(make_run, report_of):
    metrics = [MetricRow(step, None, 0.0, {"charts/episodic_return": float(step)}) for step in range(3)]
    words = Page(
        report_of(make_run(env_id="HalfCheetah-v4", result={}, episodes=[], metrics=metrics, wall_time=0.0))
    ).words
    assert "HalfCheetah-v4" in words
    assert "No evaluation yet." in words
    assert "charts/episodic_return" in words
    assert "took" not in words.split("Results")[0]


def test_a_live_page_may_ask_its_own_server_and_nobody_else(make_run):
    html = render_page(collect([make_run()]), live="17-ab")
    assert '<html lang="en" data-live="17-ab">' in html
    assert "connect-src 'self'" in html
    assert "data-live" not in render_page(collect([make_run()])).split("<style>")[0]


def test_a_running_run_says_how_far_it_is(make_run):
    folder = make_run(status="running")
    with RunFolder(folder).lock():
        words = Page(render_page(collect([folder]), live="1")).words
    assert "20\u202f000 of 40\u202f000, about 2 min 10 s left" in " ".join(words.split(" "))


def test_a_running_run_is_nowhere_said_to_have_ended(make_run):
    folder = make_run(seed=1, status="running")
    with RunFolder(folder).lock():
        words = Page(render_page(collect([make_run(), make_run(recipe="other"), folder]))).words
    assert "1 running, of 3 runs" in words
    assert "did not finish" not in words
    assert "interrupted." not in words


def test_many_runs_that_failed_are_all_there(make_run, report_of):
    folders = [make_run(seed=seed, status="failed", error=f"broke {seed} times") for seed in range(9)]
    words = Page(report_of(*folders)).words
    assert "4 more that did not finish" in words
    assert all(f"seed {seed}: broke {seed} times" in words for seed in range(9))


def test_failed_and_interrupted_runs_are_shown_with_their_error(make_run, report_of):
    folders = [make_run(), make_run(seed=1, status="failed", error="loss is nan"), make_run(seed=2, status="running")]
    words = Page(report_of(*folders)).words
    assert "Of the 3, 1 finished, 1 failed and 1 interrupted." in words
    assert "guess-number-grpo, seed 1: loss is nan" in words


def test_a_run_that_cannot_be_read_is_listed_with_the_reason(make_run, report_of):
    broken = make_run(seed=1)
    (broken / "run.json").write_text('{"schema": 1, <b>')
    words = Page(report_of(make_run(), broken)).words
    assert "1 more run could not be read." in words
    assert f"{broken / 'run.json'} cannot be read as a run's (JSONDecodeError" in words


def test_many_runs_share_one_card_an_environment(make_run, make_body_run, report_of):
    html = report_of(*(make_run(seed=seed) for seed in range(5)), make_body_run())
    assert html.count('<article class="card"') == 2


def test_anchors_are_unique(make_run, make_body_run, report_of):
    page = Page(report_of(make_run(), make_run(recipe="other", kwargs={"level": 1}), make_body_run()))
    anchors = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(anchors) == len(set(anchors))


def test_the_configuration_is_shown(make_run, report_of):
    assert "learning_rate: 0.001" in Page(report_of(make_run())).words
