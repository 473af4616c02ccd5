import numpy as np
import pytest

from palaestra.envs.vision import Boxes, Cameras, Ceiling, Fog, Label, Lamp, Light, Scene, Walls, bake_light


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Scene((0.0, 1.0)), "size must be over 0"),
        (lambda: Scene((1.0,)), "size must be two lengths"),
        (lambda: Scene((2.0, 1.0), walls=Walls(np.ones((2, 2), int), (0,), 1.0)), "must be square, got 1 by 0.5 m"),
        (lambda: Scene((2.0, 1.0), terrain_Y_X=np.zeros((1, 5))), "2 × 2 samples at least"),
        (lambda: Scene((2.0, 1.0), floor_Y_X=-1), "floor_Y_X must be 0 or more, got -1"),
        (
            lambda: Scene((2.0, 1.0), floor_label_Y_X=np.ones((2, 2), int)),
            r"floor_label_Y_X must have the shape \(1, 1\)",
        ),
        (lambda: Walls(np.full((2, 2), 2), (0,), 1.0), "kind_Y_X must be from 0 to 1, got 2"),
        (lambda: Walls(np.ones((2, 2)), (0,), 1.0), "kind_Y_X must be integers, got float64"),
        (lambda: Walls(np.ones((2, 2), int), (0,), 1.0, labels=(1, 2)), "labels must be as many as textures"),
        (lambda: Ceiling(-1.0, 0), "height must be over 0"),
        (lambda: Boxes([[0, 0, 0]], [[1, 1, 0]], [0]), "size_B_3 must be over 0"),
        (lambda: Boxes([[0, 0]], [[1, 1, 1]], [0]), r"centre_B_3 must have the shape \(B, 3\), got \(1, 2\)"),
        (lambda: Boxes([[0, 0, np.inf]], [[1, 1, 1]], [0]), "centre_B_3 must be finite, got inf"),
        (lambda: Light(direction=(0.0, 0.0, 0.0)), "direction must lead somewhere"),
        (lambda: Light(map_Y_X_3=np.ones((2, 2))), r"map_Y_X_3 must have the shape \(Y, X, 3\)"),
        (lambda: Fog(-0.1), "density must be 0 or more"),
        (lambda: Fog(0.1, (2.0, 0.0, 0.0)), "colour must be 0 or more, 1 at most"),
        (lambda: Cameras.at([[0, 0]]), r"position_N_3 must have the shape \(N, 3\)"),
        (lambda: Cameras.at([[0, 0, 0]], yaw=[1, 2]), r"yaw must be one number or 1 of them, got the shape \(2,\)"),
        (lambda: Cameras.at([[0, 0, 0]], fov=np.pi), "fov must be over 0 and below π"),
        (lambda: Cameras.at([[0, 0, 0]], pitch="up"), "pitch must be numbers"),
        (lambda: Cameras.at([[0, 0, 0]], scene=-1), "scene must be 0 or more"),
        (lambda: Lamp((0.0, 0.0, 1.0), reach=0.0), "reach must be over 0"),
        (lambda: bake_light(Scene((1.0, 1.0)), shadow=2.0), "shadow must be from 0 to 1"),
    ],
)
def test_bad_input_is_named(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_what_is_left_out_has_the_labels_of_its_kind():
    scene = Scene((2.0, 2.0), floor_Y_X=[[0, 0], [0, 0]], boxes=Boxes([[0, 0, 0]], [[1, 1, 1]], [0]))
    assert (scene.floor_label_Y_X == Label.FLOOR).all()
    assert scene.boxes.label_B.tolist() == [Label.BOX]


def test_a_scene_keeps_its_own_arrays():
    heights = np.zeros((3, 3))
    scene = Scene((2.0, 2.0), terrain_Y_X=heights)
    heights[:] = 5
    assert (scene.terrain_Y_X == 0).all()


def test_a_wall_hides_a_lamp():
    kinds = np.zeros((10, 10), int)
    kinds[:, 5] = 1
    lit = bake_light(
        Scene((10.0, 10.0), walls=Walls(kinds, (0,), 3.0), ceiling=Ceiling(3.0, 0)), [Lamp((2.0, 5.0, 2.5))], base=0.5
    )
    light = lit.light.map_Y_X_3[..., 0]
    assert light[64, 26] == pytest.approx(0.5 + 1 / (1 + (2.5 / 1.5) ** 2), abs=0.02)
    assert light[64, 90] == pytest.approx(0.5, abs=0.02)


def test_the_sun_casts_shadows_away_from_itself():
    scene = Scene((10.0, 10.0), boxes=Boxes([[5, 5, 1]], [[1, 1, 2]], [0]), light=Light(direction=(1.0, 0.0, 1.0)))
    light = bake_light(scene, resolution=100).light.map_Y_X_3[..., 0]
    assert light[50, 35] < 0.7  # to the west, as long as the box is high
    assert light[50, 20] == pytest.approx(1.0, abs=0.02)
    assert light[50, 75] == pytest.approx(1.0, abs=0.02)


def test_slopes_that_face_the_sun_are_lighter():
    heights = 0.3 * np.abs(np.arange(20) - 10.0) * np.ones((20, 1))
    light = bake_light(Scene((19.0, 19.0), terrain_Y_X=heights, light=Light(direction=(1.0, 0.0, 2.0))), corners=0.0)
    assert light.light.map_Y_X_3[64, 20, 0] > 1.02
    assert light.light.map_Y_X_3[64, 100, 0] < 0.98
