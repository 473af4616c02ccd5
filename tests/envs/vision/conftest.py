"""The scenes that several of the tests look at: their light takes seconds to bake."""

import pytest

from palaestra.envs.vision.procedural import standard_textures
from palaestra.envs.vision.sample_scenes import countryside, office


@pytest.fixture(scope="session")
def textures():
    return standard_textures(size=64)


@pytest.fixture(scope="session")
def rooms(textures):
    return office(textures)


@pytest.fixture(scope="session")
def hills(textures):
    return countryside(textures)
