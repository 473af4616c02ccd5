import pytest

from palaestra.baselines.errors import UsageError
from palaestra.baselines.watch.durations import parse_duration


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("30m", 1800), ("1.5h", 5400), ("never", None)])
def test_a_duration_is_read(text, seconds):
    assert parse_duration(text, "--idle-timeout") == seconds


@pytest.mark.parametrize("text", ["", "30", "0s", "-5m", "5 m", "1d", "nan", "infh", "1e3s", "30M"])
def test_what_is_none_is_refused_by_the_name_of_the_option(text):
    with pytest.raises(UsageError, match="--idle-timeout takes a time such as 90s"):
        parse_duration(text, "--idle-timeout")
