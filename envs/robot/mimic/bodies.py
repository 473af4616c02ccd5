"""The bodies that imitate: one that moves in a plane, and one that moves in space, of the same proportions.

Lengths in metres, angles in radians; x is forward, y to the left and z up. A positive angle flexes: it brings a thigh,
an upper arm or a forearm forward, a shin back, the toes up and the trunk forward.
"""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
from dataclasses import dataclass

import mujoco

from ..stage import build_stage

THIGH, SHIN, ANKLE_HEIGHT = 0.40, 0.40, 0.07
"""Lengths of a leg: from hip to knee, from knee to ankle, and the ankle above the sole."""

HEEL, TOE, SOLE_RADIUS = -0.06, 0.15, 0.025
"""Where the two ends of a foot lie before the ankle, and how thick it is there."""

HIP_WIDTH = 0.09
"""How far each hip lies from the middle."""

UPPER_ARM, FOREARM, SHOULDER_HEIGHT, SHOULDER_WIDTH = 0.27, 0.24, 0.42, 0.19
"""Lengths of an arm, and where the shoulders lie above the hips and beside the middle."""

TIMESTEP = 0.005
"""Seconds of one simulation step."""

SERVO_LAG = 0.1
"""Seconds that a servo's angle is behind its target: the ratio of its damping to its stiffness."""

_DENSITY = 1000.0
_LIT = 1.5  # metres around the origin, and then around the body


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint with a servo.

    Attributes:
        name: without its side.
        axis: it turns about, of the left side; mirrored for the right one.
        range: least and most angle, in degrees.
        stiffness: newton metres of the servo per radian between target and angle.
        torque: the most that the servo gives, in newton metres.
    """

    name: str
    axis: tuple[float, float, float]
    range: tuple[float, float]
    stiffness: float
    torque: float


@dataclass(frozen=True, slots=True)
class Body:
    """What the joints of a body are.

    Attributes:
        name: what `body=` calls it.
        planar: whether its root moves in the plane of x and z alone.
        trunk, hip, knee, ankle, shoulder, elbow: the joints at each place, outermost turn first; none where it is
            stiff.
        elbow_bend: the angle of a stiff elbow, in degrees.
    """

    name: str
    planar: bool
    trunk: tuple[Joint, ...]
    hip: tuple[Joint, ...]
    knee: tuple[Joint, ...]
    ankle: tuple[Joint, ...]
    shoulder: tuple[Joint, ...]
    elbow: tuple[Joint, ...]
    elbow_bend: float = 0.0

    @property
    def joints(self) -> tuple[str, ...]:
        """The names of all joints but the root, in the model's order."""
        sided = (
            f"{side}_{joint.name}"
            for places in ((self.shoulder, self.elbow), (self.hip, self.knee, self.ankle))
            for side in ("left", "right")
            for place in places
            for joint in place
        )
        return (*(joint.name for joint in self.trunk), *sided)


_FORWARD, _BACKWARD, _ASIDE, _UPRIGHT = (0.0, -1.0, 0.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)

PLANAR = Body(
    name="planar",
    planar=True,
    trunk=(),
    hip=(Joint("hip", _FORWARD, (-60, 140), 500, 250),),
    knee=(Joint("knee", _BACKWARD, (-2, 150), 500, 250),),
    ankle=(Joint("ankle", _FORWARD, (-60, 45), 300, 150),),
    shoulder=(Joint("shoulder", _FORWARD, (-90, 190), 200, 100),),
    elbow=(),
    elbow_bend=35.0,
)

HUMANOID = Body(
    name="humanoid",
    planar=False,
    trunk=(Joint("abdomen", _BACKWARD, (-40, 80), 600, 200),),
    hip=(
        Joint("hip_turn", _UPRIGHT, (-50, 50), 300, 120),
        Joint("hip_aside", _ASIDE, (-30, 60), 500, 200),
        Joint("hip", _FORWARD, (-60, 140), 500, 250),
    ),
    knee=(Joint("knee", _BACKWARD, (-2, 150), 500, 250),),
    ankle=(
        Joint("ankle", _FORWARD, (-60, 45), 300, 150),
        Joint("ankle_aside", _ASIDE, (-30, 30), 200, 90),
    ),
    shoulder=(
        Joint("shoulder_aside", _ASIDE, (-20, 130), 200, 100),
        Joint("shoulder", _FORWARD, (-90, 190), 200, 100),
    ),
    elbow=(Joint("elbow", _FORWARD, (-5, 150), 150, 60),),
)

BODIES = {body.name: body for body in (PLANAR, HUMANOID)}

END_EFFECTORS = ("left_hand", "right_hand", "left_foot", "right_foot")
"""Sites that are compared with the clip's; each has a sensor of its name for its position."""

FALLS_ON = {"head": 0.095, "chest": 0.11, "pelvis": 0.085, "left_knee": 0.052, "right_knee": 0.052}
"""Sites that must not touch the floor, and their radii in metres; each has a sensor of its name for its position."""

STRIKE_RADIUS = 0.12
"""Of the target that is struck, in metres."""


def build_spec(body: Body, *, target: bool = False) -> mujoco.MjSpec:
    """The body over a floor, with lights, a camera that goes along, and sensors of posture and velocity.

    Args:
        body: which one.
        target: whether there is a target to strike, the mocap body `target`.
    """
    spec = build_stage(f"mimic_{body.name}", timestep=TIMESTEP, reach=_LIT)
    spec.compiler.degree = True
    spec.compiler.autolimits = True
    spec.option.iterations = 30
    spec.option.ls_iterations = 20
    _floor(spec)
    trunk = _trunk(spec, body)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        _arm(spec, body, trunk, side, sign)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        _leg(spec, body, side, sign)
    if target:
        spec.worldbody.add_body(name="target", mocap=True).add_geom(
            type=mujoco.mjtGeom.mjGEOM_SPHERE, size=(STRIKE_RADIUS, 0, 0), material="goal", contype=0, conaffinity=0
        )
    _sensors(spec)
    return spec


def lowest_sole(model: mujoco.MjModel, data: mujoco.MjData) -> float:
    """How high the lowest point of both soles is above the floor, in metres, where the kinematics are up to date."""
    low = math.inf
    for geom in range(model.ngeom):
        if "_sole_" in model.geom(geom).name:
            radius, half_length = model.geom_size[geom, :2]
            low = min(low, data.geom_xpos[geom, 2] - half_length * abs(data.geom_xmat[geom, 8]) - radius)
    return low


def _floor(spec: mujoco.MjSpec) -> None:
    """An endless floor of tiles, and a sun that goes along, so that there are shadows everywhere."""
    spec.light("sun").mode = mujoco.mjtCamLight.mjCAMLIGHT_TRACKCOM
    spec.visual.map.zfar = 30.0
    spec.visual.rgba.haze = [0.80, 0.85, 0.90, 1.0]
    spec.add_texture(
        name="tiles", type=mujoco.mjtTexture.mjTEXTURE_2D, builtin=mujoco.mjtBuiltin.mjBUILTIN_CHECKER,
        rgb1=(0.50, 0.57, 0.66), rgb2=(0.54, 0.61, 0.70), width=256, height=256,
    )  # fmt: skip
    tiles = spec.add_material(name="tiles", texrepeat=(1, 1), texuniform=True, specular=0.1, shininess=0.1)
    tiles.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = "tiles"
    # the limbs of the left side are darker
    spec.add_material(name="shade", rgba=(0.58, 0.63, 0.71, 1.0), specular=0.3, shininess=0.4)
    spec.worldbody.add_geom(
        name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=(0, 0, 0.5), material="tiles", contype=0, conaffinity=1,
        friction=(1.0, 0.005, 0.0001),
    )  # fmt: skip


def _trunk(spec: mujoco.MjSpec, body: Body) -> mujoco.MjsBody:
    """The pelvis with its root joints, and the body that arms hang from."""
    height = THIGH + SHIN + ANKLE_HEIGHT
    pelvis = spec.worldbody.add_body(name="pelvis", pos=(0, 0, height))
    if body.planar:
        slide, hinge = mujoco.mjtJoint.mjJNT_SLIDE, mujoco.mjtJoint.mjJNT_HINGE
        # qpos of the height is the height itself
        pelvis.add_joint(name="root_x", type=slide, axis=(1, 0, 0))
        pelvis.add_joint(name="root_z", type=slide, axis=(0, 0, 1), ref=height)
        pelvis.add_joint(name="root_pitch", type=hinge, axis=_BACKWARD)
    else:
        pelvis.add_freejoint(name="root")
    pelvis.add_camera(
        name="scene", pos=(0.95, -3.1, 0.45), xyaxes=(0.956, 0.293, 0, -0.04, 0.13, 0.991),
        mode=mujoco.mjtCamLight.mjCAMLIGHT_TRACKCOM, fovy=40,
    )  # fmt: skip
    _capsule(pelvis, (0, -0.055, 0.0), (0, 0.055, 0.0), 0.085, "joint", name="pelvis")
    chest = pelvis
    base = 0.0
    if body.trunk:
        base = 0.10
        chest = pelvis.add_body(name="chest", pos=(0, 0, base))
        for joint in body.trunk:
            _servo(spec, chest, joint, joint.name, 1.0)
    _capsule(chest, (0, 0, 0.16 - base), (0, 0, 0.35 - base), 0.11, "shell", name="chest")
    _capsule(chest, (0, -0.10, 0.40 - base), (0, 0.10, 0.40 - base), 0.06, "shell")
    _cylinder(chest, (0, 0, 0.49 - base), 0.045, 0.03, "joint", axis=(0, 0, 1))
    _sphere(chest, (0.01, 0, 0.61 - base), 0.095, "shell", name="head")
    # a band of the accent's colour shows where the face is
    _cylinder(chest, (0.075, 0, 0.625 - base), 0.055, 0.02, "accent", axis=(0, 1, 0), density=0.0)
    chest.add_site(name="head", pos=(0.01, 0, 0.61 - base), size=(0.095, 0, 0), rgba=(0, 0, 0, 0))
    chest.add_site(name="chest", pos=(0, 0, 0.35 - base), size=(0.11, 0, 0), rgba=(0, 0, 0, 0))
    pelvis.add_site(name="pelvis", size=(0.085, 0, 0), rgba=(0, 0, 0, 0))
    return chest


def _arm(spec: mujoco.MjSpec, body: Body, chest: mujoco.MjsBody, side: str, sign: float) -> None:
    shell = "shell" if side == "right" else "shade"
    base = 0.10 if body.trunk else 0.0
    upper = chest.add_body(name=f"{side}_upper_arm", pos=(0, sign * SHOULDER_WIDTH, SHOULDER_HEIGHT - base))
    for joint in body.shoulder:
        _servo(spec, upper, joint, f"{side}_{joint.name}", sign)
    _sphere(upper, (0, 0, 0), 0.06, "joint")
    _capsule(upper, (0, 0, -0.06), (0, 0, -UPPER_ARM + 0.05), 0.04, shell)
    lower = upper.add_body(name=f"{side}_forearm", pos=(0, 0, -UPPER_ARM))
    for joint in body.elbow:
        _servo(spec, lower, joint, f"{side}_{joint.name}", sign)
    if not body.elbow:
        half = math.radians(body.elbow_bend) / 2
        lower.quat = (math.cos(half), 0.0, -math.sin(half), 0.0)
    _sphere(lower, (0, 0, 0), 0.042, "joint")
    _capsule(lower, (0, 0, -0.05), (0, 0, -FOREARM + 0.06), 0.034, shell)
    _sphere(lower, (0, 0, -FOREARM), 0.045, "accent" if side == "right" else shell, name=f"{side}_hand")
    lower.add_site(name=f"{side}_hand", pos=(0, 0, -FOREARM), size=(0.045, 0, 0), rgba=(0, 0, 0, 0))


def _leg(spec: mujoco.MjSpec, body: Body, side: str, sign: float) -> None:
    shell = "shell" if side == "right" else "shade"
    accent = "accent" if side == "right" else "joint"
    thigh = spec.body("pelvis").add_body(name=f"{side}_thigh", pos=(0, sign * HIP_WIDTH, 0))
    for joint in body.hip:
        _servo(spec, thigh, joint, f"{side}_{joint.name}", sign)
    _sphere(thigh, (0, 0, 0), 0.07, "joint")
    _capsule(thigh, (0, 0, -0.07), (0, 0, -THIGH + 0.07), 0.058, shell)
    shin = thigh.add_body(name=f"{side}_shin", pos=(0, 0, -THIGH))
    for joint in body.knee:
        _servo(spec, shin, joint, f"{side}_{joint.name}", sign)
    _sphere(shin, (0, 0, 0), 0.052, "joint", name=f"{side}_knee")
    _capsule(shin, (0, 0, -0.06), (0, 0, -SHIN + 0.06), 0.045, shell)
    shin.add_site(name=f"{side}_knee", size=(0.052, 0, 0), rgba=(0, 0, 0, 0))
    foot = shin.add_body(name=f"{side}_foot", pos=(0, 0, -SHIN))
    for joint in body.ankle:
        _servo(spec, foot, joint, f"{side}_{joint.name}", sign)
    _sphere(foot, (0, 0, 0), 0.042, "joint")
    low = SOLE_RADIUS - ANKLE_HEIGHT
    spread = 0.0 if body.planar else 0.03
    for number, y in enumerate(sorted({-spread, spread})):
        _capsule(foot, (HEEL, y, low), (TOE, y, low), SOLE_RADIUS, accent, name=f"{side}_sole_{number}", feels=True)
    if body.planar:
        _box(foot, (0.045, 0, low), (0.105, 0.04, 0.018), accent)
    else:
        _box(foot, (0.045, 0, low), (0.105, 0.03, 0.022), accent)
    foot.add_site(name=f"{side}_foot", size=(0.042, 0, 0), rgba=(0, 0, 0, 0))


def _sensors(spec: mujoco.MjSpec) -> None:
    """Posture and velocities, in the world's axes."""
    kinds, sensors = mujoco.mjtObj, mujoco.mjtSensor
    for name, sensor in (
        ("pelvis_orientation", sensors.mjSENS_FRAMEQUAT),
        ("pelvis_forward", sensors.mjSENS_FRAMEXAXIS),
        ("pelvis_left", sensors.mjSENS_FRAMEYAXIS),
        ("pelvis_up", sensors.mjSENS_FRAMEZAXIS),
        ("pelvis_velocity", sensors.mjSENS_FRAMELINVEL),
        ("pelvis_turning", sensors.mjSENS_FRAMEANGVEL),
    ):
        spec.add_sensor(name=name, type=sensor, objtype=kinds.mjOBJ_SITE, objname="pelvis")
    spec.add_sensor(
        name="centre_of_mass_velocity", type=sensors.mjSENS_SUBTREELINVEL, objtype=kinds.mjOBJ_BODY, objname="pelvis"
    )
    for site in (*FALLS_ON, *END_EFFECTORS):
        spec.add_sensor(name=site, type=sensors.mjSENS_FRAMEPOS, objtype=kinds.mjOBJ_SITE, objname=site)


def _servo(spec: mujoco.MjSpec, part: mujoco.MjsBody, joint: Joint, name: str, sign: float) -> None:
    x, y, z = joint.axis
    # what turns about x or z turns the other way on the other side
    part.add_joint(
        name=name, type=mujoco.mjtJoint.mjJNT_HINGE, axis=(x * sign, y, z * sign), range=joint.range, armature=0.02,
        damping=1.0,
    )  # fmt: skip
    servo = spec.add_actuator(
        name=name, target=name, trntype=mujoco.mjtTrn.mjTRN_JOINT, forcerange=(-joint.torque, joint.torque),
        ctrlrange=tuple(math.radians(angle) for angle in joint.range),
    )  # fmt: skip
    servo.set_to_position(kp=joint.stiffness, kv=joint.stiffness * SERVO_LAG)


def _capsule(
    part: mujoco.MjsBody,
    start: tuple[float, float, float],
    end: tuple[float, float, float],
    radius: float,
    material: str,
    *,
    name: str = "",
    feels: bool = True,
) -> None:
    _geom(part, mujoco.mjtGeom.mjGEOM_CAPSULE, material, name, feels, fromto=(*start, *end), size=(radius, 0, 0))


def _sphere(
    part: mujoco.MjsBody, at: tuple[float, float, float], radius: float, material: str, *, name: str = ""
) -> None:
    _geom(part, mujoco.mjtGeom.mjGEOM_SPHERE, material, name, bool(name), pos=at, size=(radius, 0, 0))


def _cylinder(
    part: mujoco.MjsBody,
    at: tuple[float, float, float],
    radius: float,
    half_height: float,
    material: str,
    *,
    axis: tuple[float, float, float],
    density: float = _DENSITY,
) -> None:
    quat = (1.0, 0.0, 0.0, 0.0) if axis[2] else (math.sqrt(0.5), math.sqrt(0.5), 0.0, 0.0)
    _geom(
        part, mujoco.mjtGeom.mjGEOM_CYLINDER, material, "", False, pos=at, size=(radius, half_height, 0), quat=quat,
        density=density,
    )  # fmt: skip


def _box(
    part: mujoco.MjsBody, at: tuple[float, float, float], half_sizes: tuple[float, float, float], material: str
) -> None:
    _geom(part, mujoco.mjtGeom.mjGEOM_BOX, material, "", False, pos=at, size=half_sizes)


def _geom(part: mujoco.MjsBody, kind: object, material: str, name: str, feels: bool, **shape: object) -> None:
    # only the floor is felt, so that a step costs little
    part.add_geom(
        type=kind, material=material, contype=int(feels), conaffinity=0, **({"density": _DENSITY} | shape),
        **({"name": name} if name else {}),
    )  # fmt: skip
