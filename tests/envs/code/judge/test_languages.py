import re
import shutil

import pytest
import yaml

from palaestra.envs.code.judge import Needs, find_language, load_languages
from palaestra.envs.code.sandbox import Limits

SHIPPED = ["bash", "c", "cpp", "fortran", "go", "javascript", "lua", "ocaml", "perl", "python", "r", "rust"]
ENTRY = {"title": "X", "file": "main.x", "run": ["python", "main.x"], "version": ["sh", "-c", "echo x 1"]}


def test_twelve_languages_ship():
    assert sorted(load_languages()) == SHIPPED


def test_one_entry_adds_a_language(tmp_path):
    file = tmp_path / "languages.yaml"
    file.write_text(yaml.safe_dump({"x": ENTRY}))
    for source in ({"x": ENTRY}, file, str(file)):
        assert load_languages(source)["x"].run == ("python", "main.x")
        assert sorted(load_languages(source)) == [*SHIPPED, "x"]
    assert find_language("x", file).installed_version() == "x 1"


def test_an_entry_takes_the_place_of_one_that_ships():
    assert find_language("lua", {"lua": ENTRY}).title == "X"
    assert load_languages()["lua"].title == "Lua"


@pytest.mark.parametrize(("entry", "named"), [
    ({"complie": ["x"]}, "complie.*compile"),
    ({"run": "python main.x"}, "'x'.*run"),
    ({"run": []}, "'x'.*run"),
    ({"title": 3}, "'x'.*title"),
    ({"compile": ["cc"]}, "artifacts"),
    ({"file": "a/b.x"}, "a/b.x"),
    ({"file": ".."}, r"\.\."),
    ({"harness": "call.rb"}, "harness"),
    ({"needs": {"memory": 3}}, "'x'.*memory_mb"),
    ({"needs": {"memory_mb": "3"}}, "'x'.*memory_mb"),
    ({"needs": 3}, "'x'.*needs"),
])  # fmt: skip
def test_a_bad_entry_is_refused_with_its_name_and_key(entry, named):
    with pytest.raises(ValueError, match=named):
        load_languages({"x": ENTRY | entry})


@pytest.mark.parametrize("missing", ["title", "file", "run", "version"])
def test_a_missing_key_is_named(missing):
    with pytest.raises(ValueError, match=f"'x'.*{missing}"):
        load_languages({"x": {key: value for key, value in ENTRY.items() if key != missing}})


@pytest.mark.parametrize("text", ["- a\n- b", "x: 3", "x: [", "'"])
def test_a_file_that_holds_no_table_is_refused(text, tmp_path):
    file = tmp_path / "languages.yaml"
    file.write_text(text)
    with pytest.raises(ValueError, match="languages"):
        load_languages(file)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=re.escape(str(tmp_path / "none.yaml"))):
        load_languages(tmp_path / "none.yaml")


@pytest.mark.parametrize("name", ["pyton", "", 3, None])
def test_an_unknown_language_is_refused(name):
    with pytest.raises(ValueError, match="language"):
        find_language(name)


def test_a_command_that_is_not_installed_is_named():
    entry = ENTRY | {"compile": ["no-such-compiler", "main.x"], "artifacts": ["program"]}
    assert load_languages({"x": entry})["x"].installed_version() is None
    with pytest.raises(ValueError, match=r"'x'.*no-such-compiler"):
        find_language("x", {"x": entry})


def test_limits_are_widened_to_what_a_language_needs():
    language = load_languages({"x": ENTRY | {"needs": {"memory_mb": 600, "cpu_seconds": 1, "address_space": False}}})[
        "x"
    ]
    assert language.needs == Needs(memory_mb=600, cpu_seconds=1, address_space=False)
    widened = language.widen(Limits(memory_bytes=512 << 20, cpu_seconds=2.0))
    assert widened == Limits(memory_bytes=600 << 20, cpu_seconds=2.0, address_space=False)
    assert load_languages()["python"].widen(Limits()) == Limits()


@pytest.mark.parametrize("name", SHIPPED)
def test_an_installed_language_says_its_version(name):
    language = load_languages()[name]
    if shutil.which(language.version[0]) is None:
        pytest.skip(f"{language.version[0]} is not installed")
    assert re.search(r"\d", language.installed_version())
