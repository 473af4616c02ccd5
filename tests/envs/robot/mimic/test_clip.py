import math

import mujoco
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.robot.mimic.bodies import BODIES, HUMANOID, PLANAR, build_spec, lowest_sole
from palaestra.envs.robot.mimic.clip import load_clip, parse_clip, shipped_clips
from palaestra.envs.robot.mimic.reference import make_reference

STEP = 0.03
NAMES = ("backflip", "jump", "kick", "run", "walk")
SHIPPED = [pytest.param(body, name, id=f"{body.name}-{name}") for body in BODIES.values() for name in NAMES]
IN_THE_AIR = {"run": (0.21, 0.33), "jump": (0.60, 1.05), "backflip": (0.63, 1.29)}
GRAVITY = 9.81

COLUMNS = "time x z pitch " + " ".join(PLANAR.joints)


def text(rows, *, body="planar", cycle="none", columns=COLUMNS, more=""):
    """A clip whose joints stand still; each row is time, x, z and pitch."""
    joints = " ".join("0" for _ in PLANAR.joints)
    lines = "\n".join(f"{' '.join(map(str, row))} {joints}" for row in rows)
    return f"# remark\nbody: {body}\ncycle: {cycle}\n{more}\n{columns}\n{lines}\n"


def parse(*args, **kwargs):
    return parse_clip(text(*args, **kwargs), PLANAR, name="mine")


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_every_body_has_every_clip(body):
    assert shipped_clips(body) == NAMES


@pytest.mark.parametrize(("body", "name"), SHIPPED)
def test_no_foot_sinks_into_the_floor(body, name):
    model = build_spec(body).compile()
    data = mujoco.MjData(model)
    for qpos in make_reference(load_clip(name, body), model, STEP / 4).qpos_FQ:
        data.qpos[:] = qpos
        mujoco.mj_kinematics(model, data)
        assert lowest_sole(model, data) > -0.006


@pytest.mark.parametrize(("body", "name"), SHIPPED)
def test_no_joint_goes_beyond_its_range(body, name):
    model = build_spec(body).compile()
    angles = make_reference(load_clip(name, body), model, STEP / 4).qpos_FQ[:, -model.nu :]
    low, high = model.jnt_range[-model.nu :].T
    assert ((angles > low) & (angles < high)).all()


@pytest.mark.parametrize("name", IN_THE_AIR)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_in_flight_the_centre_of_mass_falls_freely(body, name):
    model = build_spec(body).compile()
    reference = make_reference(load_clip(name, body), model, STEP)
    velocity = reference.postures.centre_of_mass_velocity_X3
    first, last = (round(time / STEP) + side for time, side in zip(IN_THE_AIR[name], (1, -1), strict=True))
    fall = (velocity[last, 2] - velocity[first, 2]) / ((last - first) * STEP)
    assert fall == pytest.approx(-GRAVITY, rel=0.06)
    assert velocity[last, 0] - velocity[first, 0] == pytest.approx(0.0, abs=0.12)


@pytest.mark.parametrize("name", ["jump", "backflip"])
def test_in_flight_the_angular_momentum_stays(name):
    model = build_spec(PLANAR).compile()
    reference = make_reference(load_clip(name, PLANAR), model, STEP)
    data = mujoco.MjData(model)
    momenta = []
    first, last = (round(time / STEP) for time in IN_THE_AIR[name])
    for frame in range(first + 1, last):
        data.qpos[:], data.qvel[:] = reference.qpos_FQ[frame], reference.qvel_FV[frame]
        mujoco.mj_fwdPosition(model, data)
        mujoco.mj_fwdVelocity(model, data)
        mujoco.mj_subtreeVel(model, data)
        momenta.append(data.subtree_angmom[1][1])
    assert np.ptp(momenta) < 4.0  # in N·m·s; a turn of the whole body in the back-flip is 37
    assert np.mean(momenta) == pytest.approx({"jump": 0.7, "backflip": -37.5}[name], abs=1.5)


def test_the_backflip_turns_once_backward():
    _, _, pitch = load_clip("backflip", PLANAR).keys_KC[[0, -1], :3].T
    assert pitch[1] - pitch[0] == pytest.approx(-2 * math.pi, abs=1e-3)


@pytest.mark.parametrize("name", ["walk", "run"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_second_half_of_a_mirrored_cycle_exchanges_left_and_right(body, name):
    clip = load_clip(name, body)
    half = clip.duration / 2
    early, late = (clip.motion(np.linspace(start, start + half, 7))[0] for start in (0.0, half))
    columns = (("x", "z", "pitch") if body.planar else ("x", "y", "z", "roll", "pitch", "yaw")) + body.joints
    for left in (column for column in columns if column.startswith("left_")):
        right = left.replace("left_", "right_")
        np.testing.assert_allclose(early[:, columns.index(left)], late[:, columns.index(right)], atol=1e-9)
    x = columns.index("x")
    np.testing.assert_allclose(late[:, x] - early[:, x], early[-1, x] - early[0, x], atol=1e-9)


def test_the_spline_goes_through_every_key_frame_and_keeps_a_parabola():
    times = np.array([0.0, 0.1, 0.3, 0.35, 0.6])
    clip = parse([(t, 2 * t, 1 + 3 * t - 4.905 * t * t, 0) for t in times])
    at = np.linspace(0, 0.6, 61)
    pose, velocity = clip.motion(at)
    np.testing.assert_allclose(pose[:, 1], 1 + 3 * at - 4.905 * at * at, atol=1e-12)
    np.testing.assert_allclose(velocity[:, 1], 3 - 9.81 * at, atol=1e-10)
    np.testing.assert_allclose(velocity[:, 0], 2.0, atol=1e-10)


@given(st.lists(st.floats(-90, 90), min_size=3, max_size=8))
def test_a_closed_cycle_is_smooth_where_it_begins_again(pitches):
    clip = parse([(0.3 * i, i, 0.9, p) for i, p in enumerate([*pitches, pitches[0]])], cycle="closed")
    pose, velocity = clip.motion(np.array([0.0, clip.duration]))
    np.testing.assert_allclose(velocity[0], velocity[1], atol=1e-9)
    np.testing.assert_allclose(pose[1] - pose[0], clip.growth_C, atol=1e-9)


def test_whole_turns_close_a_cycle():
    clip = parse([(0, 0, 1, 0), (0.3, 0, 1, -180), (0.6, 0, 1, -360)], cycle="closed")
    assert clip.growth_C[2] == pytest.approx(-2 * math.pi)


def test_columns_may_come_in_any_order():
    columns = COLUMNS.split()
    order = [columns.index("pitch"), 0, *(i for i in range(1, len(columns)) if columns[i] != "pitch")]
    rows = [(0, 0, 0.9, 10), (0.3, 0.1, 0.9, 20), (0.6, 0.2, 0.9, 30)]
    lines = text(rows).splitlines()
    shuffled = [" ".join(line.split()[i] for i in order) if len(line.split()) > 2 else line for line in lines]
    one, other = parse(rows), parse_clip("\n".join(shuffled), PLANAR, name="mine")
    np.testing.assert_array_equal(one.keys_KC, other.keys_KC)


ROWS = [(0, 0, 0.9, 0), (0.3, 0, 0.9, 0), (0.6, 0, 0.9, 0)]


@pytest.mark.parametrize(
    ("given_text", "message"),
    [
        (text(ROWS, body="biped"), "body must be one of planar, humanoid, got 'biped'"),
        (text(ROWS, body="humanoid"), "must be of the body planar, it is of humanoid"),
        (text(ROWS, cycle="ring"), "cycle must be one of none, closed, mirrored, got 'ring'"),
        (text(ROWS, more="strik: left_foot"), r"no such header 'strik'; did you mean strike"),
        (text(ROWS, more="strike: left_foot"), "strike and strike_time must come together"),
        (text(ROWS, more="strike: nose\nstrike_time: 0.3"), "strike must be one of"),
        (text(ROWS, more="strike: left_foot\nstrike_time: 0.9"), "strike_time must lie between 0 and 0.6"),
        (text(ROWS, more="strike: left_foot\nstrike_time: soon"), "strike_time must lie"),
        (text(ROWS, columns=COLUMNS.replace("left_hip", "left_hipp")), "'left_hipp'; did you mean left_hip"),
        (text(ROWS, columns=COLUMNS.replace("left_hip", "left_knee", 1)), "'left_hip' exactly once, got 0"),
        (text([(0, 0, 0.9, 0), (0.3, 0, "high", 0), (0.6, 0, 0.9, 0)]), r"line 7: could not convert"),
        (text([(0, 0, 0.9, 0), (0.3, 0, 0.9), (0.6, 0, 0.9, 0)]), r"line 7: 12 finite numbers are needed"),
        (text([(0, 0, 0.9, 0), (0.3, 0, "nan", 0), (0.6, 0, 0.9, 0)]), r"line 7: 12 finite numbers"),
        (text(ROWS[:2]), "3 key-frames or more, got 2"),
        (text([(0.1, 0, 0.9, 0), *ROWS[1:]]), "begin with 0 and rise"),
        (text([ROWS[0], ROWS[2], ROWS[1]]), "begin with 0 and rise"),
        (text([*ROWS[:2], (0.6, 0, 0.8, 0)], cycle="closed"), "'z' is 0.8 where 0.9 is needed"),
        (text([*ROWS[:2], (0.6, 0, 0.9, 90)], cycle="closed"), "'pitch'"),
        (text([*ROWS[:2], (0.6, 0, 0.9, 5)], cycle="mirrored"), "'pitch'"),
    ],
)
def test_what_breaks_the_format_is_refused_by_name(given_text, message):
    with pytest.raises(ValueError, match=message):
        parse_clip(given_text, PLANAR, name="mine")


def test_a_file_of_ones_own_is_read_and_one_that_is_missing_named(tmp_path):
    path = tmp_path / "still.txt"
    path.write_text(text(ROWS))
    assert load_clip(str(path), PLANAR).duration == 0.6
    with pytest.raises(ValueError, match=r"clip must be a file that is there, got .*none\.txt"):
        load_clip(str(tmp_path / "none.txt"), PLANAR)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"clip must be one of backflip, jump.*'walc'; did you mean walk"):
        load_clip("walc", HUMANOID)


def test_a_clip_lasts_a_whole_number_of_steps():
    clip = parse([(0, 0, 0.9, 0), (0.3, 0, 0.9, 0), (0.61, 0, 0.9, 0)])
    with pytest.raises(ValueError, match=r"a whole number of steps of 0\.03 s, it lasts 0\.61 s"):
        make_reference(clip, build_spec(PLANAR).compile(), STEP)
