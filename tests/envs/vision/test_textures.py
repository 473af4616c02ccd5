import numpy as np
import pytest

from palaestra.envs.vision import make_textures
from palaestra.envs.vision.procedural import METRES, draw_textures, standard_textures


def level(textures, number, size):
    """A level as a picture."""
    first = (size * size - 1) // 3
    packed = textures.texels.texel_T_M[number, first : first + size * size].reshape(size, size)
    return np.stack([packed & 255, packed >> 8 & 255, packed >> 16 & 255], axis=-1)


def test_every_level_is_the_mean_light_of_the_one_before():
    image = np.random.default_rng(0).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    textures = make_textures({"noise": image}, size=8)
    np.testing.assert_array_equal(level(textures, 0, 8), image)
    light = (image.astype(float) ** 2).reshape(4, 2, 4, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(level(textures, 0, 4), np.sqrt(light), atol=0.51)
    np.testing.assert_allclose(level(textures, 0, 1)[0, 0], np.sqrt((image.astype(float) ** 2).mean((0, 1))), atol=0.51)


def test_pictures_of_any_size_and_grey_ones_will_do():
    textures = make_textures(
        {"grey": np.full((30, 50), 77, np.uint8), "red": np.full((5, 5, 3), (9, 0, 0), np.uint8)}, size=16
    )
    assert len(textures) == 2
    assert (level(textures, 0, 16) == 77).all()
    assert (level(textures, textures["red"], 16) == [9, 0, 0]).all()


def test_textures_repeat_after_their_metres():
    textures = make_textures(
        {"a": np.zeros((4, 4), np.uint8), "b": np.zeros((4, 4), np.uint8)}, metres={"b": 4.0}, size=4
    )
    np.testing.assert_array_equal(textures.texels.repeats_T, [1.0, 0.25])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"images": {}}, "images must be one picture at least"),
        ({"images": {"a": np.zeros((4, 4))}}, r"the picture 'a' must be uint8 .*, got float64 \(4, 4\)"),
        ({"images": {"a": np.zeros((4, 4, 4), np.uint8)}}, r"got uint8 \(4, 4, 4\)"),
        ({"images": {"a": np.zeros((0, 4), np.uint8)}}, "must not be empty"),
        ({"images": {"a": np.zeros((4, 4), np.uint8)}, "size": 48}, "power of two, got 48"),
        ({"images": {"a": np.zeros((4, 4), np.uint8)}, "metres": {"b": 1.0}}, "metres names 'b', which is no picture"),
        ({"images": {"a": np.zeros((4, 4), np.uint8)}, "metres": 0.0}, "metres must be over 0"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_textures(**arguments)


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"no texture is named 'brik'.*brick"):
        make_textures({"brick": np.zeros((4, 4), np.uint8)})["brik"]


def test_a_seed_fixes_the_textures():
    first, again, other = (draw_textures(seed, size=32, variety=0.5) for seed in (1, 1, 2))
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
        assert (first[name] != other[name]).any()
    assert set(METRES) <= set(first)


def test_textures_have_no_seam():
    # what meets at the edge differs no more than what lies beside each other inside
    pictures = draw_textures(size=64)
    for name in ("plaster", "grass", "dirt", "asphalt", "sky", "gravel", "leaves"):
        picture = pictures[name].astype(float)
        inside = np.abs(np.diff(picture, axis=1)).mean()
        assert np.abs(picture[:, 0] - picture[:, -1]).mean() < 1.6 * inside + 1, name


def test_variety_leads_colours_astray():
    plain, varied = standard_textures(size=8), standard_textures(size=8, variety=1.0)
    assert np.abs(level(plain, 0, 1) - level(varied, 0, 1)).max() > 10
    with pytest.raises(ValueError, match="variety must be from 0 to 1"):
        draw_textures(variety=2.0)
