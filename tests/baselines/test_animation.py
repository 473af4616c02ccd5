import numpy as np
import pytest
from PIL import Image

from palaestra.baselines.animation import write_animation


def noise(count, height=480, width=640):
    return list(np.random.default_rng(0).integers(0, 256, (count, height, width, 3), dtype=np.uint8))


def test_a_moving_picture_is_small_in_pixels_frames_and_bytes(tmp_path):
    path = write_animation(noise(40), tmp_path / "deep" / "a.webp", fps=20, max_frames=10, max_bytes=60_000)
    with Image.open(path) as picture:
        assert picture.size == (320, 240)
        assert picture.n_frames == 10
        assert sum(duration_of(picture)) == pytest.approx(2000, abs=50)  # two seconds stay two seconds
    coarse, fine = path.stat().st_size, write_animation(noise(40), tmp_path / "b.webp", fps=20, max_bytes=10**9)
    assert coarse < fine.stat().st_size


def test_small_pictures_keep_their_size_and_gif_works(tmp_path):
    frames = [np.full((10, 20, 3), value, np.uint8) for value in (0, 80, 255)]
    with Image.open(write_animation(frames, tmp_path / "a.gif", fps=10)) as picture:
        assert picture.size == (20, 10)
        assert picture.n_frames == 3


@pytest.mark.parametrize(("frames", "name", "named"), [([], "a.webp", "frames"), (noise(1, 4, 4), "a.mp4", "path")])
def test_wrong_arguments_are_named(tmp_path, frames, name, named):
    with pytest.raises(ValueError, match=named):
        write_animation(frames, tmp_path / name, fps=10)


def duration_of(picture):
    for index in range(picture.n_frames):
        picture.seek(index)
        picture.load()
        yield picture.info["duration"]
