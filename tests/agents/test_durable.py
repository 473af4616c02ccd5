import pytest

from palaestra.agents.durable import recover_folder, replace_file, replace_folder


class Crash(BaseException):
    """Stands for a kill."""


def test_a_file_is_replaced_as_a_whole(tmp_path):
    path = tmp_path / "state"
    for content in (b"first", b"second"):
        with replace_file(path) as file:
            file.write(content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_whose_writing_fails_is_as_it_was(tmp_path):
    path = tmp_path / "state"
    path.write_bytes(b"good")
    with pytest.raises(Crash):  # noqa: PT012, SIM117
        with replace_file(path) as file:
            file.write(b"half")
            raise Crash
    assert path.read_bytes() == b"good"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    folder = tmp_path / "deep" / "checkpoint"
    with replace_folder(folder) as new:
        (new / "old").write_text("1")
    with replace_folder(folder) as new:
        (new / "new").write_text("2")
    assert [path.name for path in folder.iterdir()] == ["new"]
    assert [path.name for path in folder.parent.iterdir()] == ["checkpoint"]


def test_a_folder_whose_writing_fails_is_as_it_was(tmp_path):
    folder = tmp_path / "checkpoint"
    with replace_folder(folder) as new:
        (new / "good").write_text("1")
    with pytest.raises(Crash):  # noqa: PT012, SIM117
        with replace_folder(folder) as new:
            (new / "half").write_text("2")
            raise Crash
    assert [path.name for path in folder.iterdir()] == ["good"]


def test_a_kill_between_the_two_renames_is_mended(tmp_path):
    folder = tmp_path / "checkpoint"
    with replace_folder(folder) as new:
        (new / "good").write_text("1")
    folder.rename(tmp_path / ".checkpoint.old")
    (tmp_path / ".checkpoint.new").mkdir()
    recover_folder(folder)
    assert (folder / "good").read_text() == "1"
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


def test_a_kill_before_the_clean_up_is_mended(tmp_path):
    folder = tmp_path / "checkpoint"
    with replace_folder(folder) as new:
        (new / "good").write_text("1")
    (tmp_path / ".checkpoint.old").mkdir()
    recover_folder(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
