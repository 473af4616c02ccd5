"""Agents that learn to move from a fixed data set, and may go on to learn from their own steps."""

from .bc import BC
from .cql import CQL
from .f_dvl import FDVL
from .iql import IQL
from .recoil import ReCOIL
from .rvs import RvS
from .td3_bc import TD3BC
from .xql import XQL

__all__ = ["BC", "CQL", "FDVL", "IQL", "TD3BC", "XQL", "ReCOIL", "RvS"]
