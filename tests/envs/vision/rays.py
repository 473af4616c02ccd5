"""What a picture should show, worked out ray by ray with nothing of the renderer."""

import numpy as np


def rays(height, width, *, yaw=0.0, pitch=0.0, roll=0.0, fov=1.2):
    """The ray of every pixel, one metre along the optical axis."""

    def turn(axis, angle):
        # right-handed, about x, y or z
        cosine, sine = np.cos(angle), np.sin(angle)
        first, second = [k for k in range(3) if k != axis]
        matrix = np.eye(3)
        matrix[first, first] = matrix[second, second] = cosine
        matrix[first, second], matrix[second, first] = (-sine, sine) if axis != 1 else (sine, -sine)
        return matrix

    world = turn(2, yaw) @ turn(1, -pitch) @ turn(0, roll)
    pixel = 2 * np.tan(fov / 2) / height
    across, along = np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2
    local = np.stack(
        [
            np.ones((height, width)),
            -pixel * np.broadcast_to(across, (height, width)),
            -pixel * np.repeat(along[:, None], width, 1),
        ],
        axis=-1,
    )
    return local @ world.T


def plane_depth(ray_H_W_3, position, normal, offset):
    """Where rays meet the plane normal · x = offset; infinite where they do not."""
    with np.errstate(divide="ignore"):
        depth = (offset - np.dot(position, normal)) / (ray_H_W_3 @ np.asarray(normal, float))
    return np.where(depth > 0, depth, np.inf)


def box_depth(ray_H_W_3, position, centre, size, axes=None):
    """Where rays enter a box whose edges lie along the rows of `axes`; infinite where they do not."""
    axes = np.eye(3) if axes is None else axes
    ray, start = ray_H_W_3 @ axes.T, axes @ (np.asarray(position, float) - centre)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([(-np.asarray(size) / 2 - start) / ray, (np.asarray(size) / 2 - start) / ray])
    enter, leave = ends.min(axis=0).max(axis=-1), ends.max(axis=0).min(axis=-1)
    return np.where((enter < leave) & (enter > 0), enter, np.inf)
