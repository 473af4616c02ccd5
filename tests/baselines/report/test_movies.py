from palaestra.baselines.report.collect import collect
from palaestra.baselines.report.movies import data_uri, movies_of
from palaestra.baselines.report.transcripts import sources_of


def sources(folder):
    (setting,) = collect([folder]).settings
    return sources_of(setting, "x", 10)


def test_policies_play_side_by_side_on_the_same_seeds(make_body_run):
    movies = movies_of(sources(make_body_run()))
    assert [(movie.policy, movie.episode.seed) for movie in movies[:3]] == [
        ("Agent, last", 1_000_000),
        ("Oracle", 1_000_000),
        ("Random", 1_000_000),
    ]
    assert movies[0].uri.startswith("data:image/webp;base64,")


def test_a_page_carries_no_more_pictures_than_it_can(make_body_run):
    found = sources(make_body_run())
    assert len(movies_of(found, bytes_left=1)) == 3
    assert len(movies_of(found)) == 6


def test_a_picture_outside_the_run_folder_or_missing_is_left_out(make_run, tmp_path):
    folder = make_run()
    (tmp_path / "secret.png").write_bytes(b"secret")
    for name in (
        str(tmp_path / "secret.png"),
        "../../../secret.png",
        "animations/none.webp",
        "config.yaml",
        "\0.png",
        3,
    ):
        assert data_uri(folder, name) is None
