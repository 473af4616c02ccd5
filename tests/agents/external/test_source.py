import sys
from pathlib import Path

import pytest

from palaestra.agents.external import find_source, register_object

AGENTS = Path(__file__).parent / "my_agents.py"


def refusal(text, folder=None):
    with pytest.raises(ValueError, match=r".") as caught:
        find_source(text, folder).load()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_class_of_a_file_is_found_beside_the_recipe_or_below_the_working_directory(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "beside.py").write_text("value = 'beside'")
    (tmp_path / "below.py").write_text("value = 'below'")
    monkeypatch.chdir(tmp_path)
    assert find_source("beside.py:value", tmp_path / "a").load() == "beside"
    assert find_source("below.py:value", tmp_path / "a").load() == "below"
    assert find_source("below.py:value").text == f"{tmp_path}/below.py:value"


def test_a_file_imports_what_lies_beside_it(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "helper_of_an_agent.py").write_text("value = 4")
    (tmp_path / "agent.py").write_text("from helper_of_an_agent import value")
    assert find_source("agent.py:value", tmp_path).load() == 4


def test_a_file_that_was_edited_is_read_again(tmp_path):
    file = tmp_path / "agent.py"
    file.write_text("value = 1")
    source = find_source("agent.py:value", tmp_path)
    before = source.digest()
    assert source.load() == 1
    assert find_source("agent.py:value", tmp_path).digest() == before
    file.write_text("value = 2")
    assert source.load() == 2
    assert source.digest() != before


def test_a_thing_of_an_installed_module_is_found():
    source = find_source("stable_baselines3:PPO")
    assert source.load().__name__ == "PPO"
    assert source.digest() is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("my_agents.py", ["say what in it", "my_agents.py:guess", "my_agents.py:Guesser"]),
        ("my_agents.py:Gueser", ["no 'Gueser'", "did you mean Guesser?"]),
        ("no_agents.py:x", ["the file no_agents.py", "not there"]),
        ("no.module:x", ["no module 'no'", "path/to/file.py:NAME"]),
        ("model.zip", ["saved model model.zip", "not there"]),
        (".", ["without config.json"]),
        ("guesser", ["file.py:NAME", "owner/name", "'guesser'"]),
        ("a b:c", ["file.py:NAME", "'a b:c'"]),
        (":x", ["file.py:NAME"]),
        ("<class Gone in __main__>", ["another process", "file.py:NAME"]),
    ],
)
def test_a_source_that_is_none_is_refused_with_what_would_do(text, words):
    message = refusal(text, AGENTS.parent)
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    ("code", "reason"), [("def (", "SyntaxError"), ("import not_there", "ModuleNotFoundError"), ("1 / 0", "ZeroDiv")]
)
def test_a_file_that_cannot_be_imported_says_why(tmp_path, code, reason):
    (tmp_path / "broken.py").write_text(code)
    message = refusal("broken.py:x", tmp_path)
    assert "broken.py cannot be imported" in message
    assert reason in message


def test_a_model_on_the_hub_and_one_in_a_folder_are_language_models(tmp_path):
    assert find_source("owner/some-model").kind == "language_model"
    (tmp_path / "config.json").write_text("{}")
    source = find_source(str(tmp_path))
    assert source.kind == "language_model"
    before = source.digest()
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    assert source.digest() != before


def test_an_object_of_this_process_is_a_source():
    class Mine:
        pass

    text = register_object(Mine)
    assert text.startswith("<class ")
    assert "Mine in " in text
    assert find_source(text).load() is Mine
    assert find_source(text).digest() == find_source(text).digest() is not None


def test_an_object_that_holds_something_else_has_another_digest():
    class Holds:
        def __init__(self, value):
            self.value = value

    first = find_source(register_object(Holds(1))).digest()
    assert find_source(register_object(Holds(2))).digest() != first
