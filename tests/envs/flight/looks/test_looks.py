"""How floors look: what is drawn, and what styles have in common."""

import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))

from ranges import ROOMS

from palaestra.envs.flight.floors import draw_rooms
from palaestra.envs.flight.looks.dressing import Looks, dress
from palaestra.envs.flight.looks.textures import TEXTURES, texture_pool
from palaestra.envs.vision import Cameras, Frames, Renderer

LOOKS = Looks(surfaces=5, brightness=0.7, contrast=0.3, azimuth=1.0, warmth=0.0, lamps=0.5, spacing=4.0, haze=0.01)
PLAN = draw_rooms(np.random.default_rng(0), ROOMS)


def picture(style, textures=TEXTURES, looks=LOOKS):
    renderer = Renderer([dress(PLAN, looks, style, textures)], texture_pool(style), height=24, width=24)
    frames = Frames.new(1, 24, 24, depth=True)
    renderer.render(Cameras.at([PLAN.start], yaw=PLAN.yaw), frames)
    return frames


def test_a_pool_has_as_many_different_textures_as_it_says():
    for style in ("train", "held_out"):
        pool = texture_pool(style)
        assert len(pool) == TEXTURES
        assert len({texels.tobytes() for texels in pool.texels.texel_T_M}) == TEXTURES


def test_looks_change_colours_but_no_distance():
    train, held_out = picture("train"), picture("held_out")
    assert np.array_equal(train.depth_N_H_W, held_out.depth_N_H_W)
    assert np.abs(train.rgb_N_H_W_3.astype(int) - held_out.rgb_N_H_W_3).mean() > 10


def test_one_texture_is_everywhere():
    scene = dress(PLAN, LOOKS, "train", 1)
    assert set(scene.walls.textures) | {scene.ceiling.texture} | set(np.unique(scene.floor_Y_X)) == {0}


def test_the_same_looks_give_the_same_scene():
    assert np.array_equal(picture("held_out").rgb_N_H_W_3, picture("held_out").rgb_N_H_W_3)
