import shutil
import time
from dataclasses import replace

import numpy as np
import pytest

from palaestra.baselines.renderer_speed.contenders import Contender, rate, wall_rate
from palaestra.baselines.renderer_speed.reference import Reference
from palaestra.envs.vision import Boxes, Frames, Renderer
from palaestra.envs.vision.procedural import standard_textures
from palaestra.envs.vision.sample_scenes import cameras_in_the_office, course, office


@pytest.mark.skipif(shutil.which("g++") is None, reason="there is no C++ compiler")
@pytest.mark.parametrize("level", [True, False])
def test_what_is_measured_against_draws_the_same_pictures(level):
    textures = standard_textures(size=32)
    nothing = Boxes(np.empty((0, 3)), np.empty((0, 3)), np.empty(0, int))
    cameras = cameras_in_the_office(8, level=level)
    # from above its walls a level camera is not drawn column by column
    for scene in (replace(office(textures), boxes=nothing), *(() if level else (course(textures),))):
        frames = Frames.new(8, 64, 64)
        Renderer([scene], textures).render(cameras, frames)
        reference = Reference(scene, textures, cameras, 64)
        reference.draw()
        difference = np.abs(frames.rgb_N_H_W_3.astype(int) - reference.rgb_N_H_W_3).max(axis=-1)
        assert (difference <= 2).mean() > 0.995


@pytest.mark.parametrize(("measure", "clock"), [(rate, time.process_time), (wall_rate, time.perf_counter)])
def test_a_rate_counts_pictures(measure, clock):
    drawn = []
    begun = clock()
    measured = measure(Contender("", lambda: drawn.append(sum(range(100_000))), 7), 0.1)
    assert measured == pytest.approx(7 * len(drawn) / (clock() - begun), rel=0.2)
