"""MuJoCo models from files of the package."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from functools import cache
from importlib import resources

import mujoco

from ... import assets


@cache
def load_model(model_file: str) -> mujoco.MjModel:
    """The compiled model of an MJCF file below `palaestra/assets`; made once a process, so copy it before a change.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not valid MJCF.
    """
    source = resources.files(assets) / model_file
    if not source.is_file():
        raise FileNotFoundError(f"palaestra.assets has no file {model_file!r}")
    with resources.as_file(source) as path:
        return mujoco.MjModel.from_xml_path(str(path))
