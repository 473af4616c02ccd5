"""The algorithms by name, and which hyper-parameters each one has."""

from __future__ import annotations

import inspect
from typing import Any

from ...envs.core.entry_points import EntryPoints

ALGORITHMS = EntryPoints(
    {
        "a2c": "stable_baselines3:A2C",
        "asymmetric_ppo": "palaestra.agents.control.asymmetric:AsymmetricPPO",
        "bc": "palaestra.agents.control.offline:BC",
        "cad2rl": "palaestra.agents.control.cad2rl:CAD2RL",
        "cql": "palaestra.agents.control.offline:CQL",
        "ddpg": "stable_baselines3:DDPG",
        "drq_v2": "palaestra.agents.control.drq:DrQV2",
        "dqn": "stable_baselines3:DQN",
        "f_dvl": "palaestra.agents.control.offline:FDVL",
        "fastrlap": "palaestra.agents.control.fastrlap:FastRLAP",
        "iql": "palaestra.agents.control.offline:IQL",
        "mbpo": "palaestra.agents.control.mbpo:MBPO",
        "pcpo": "palaestra.agents.control.safe:PCPO",
        "ppo": "stable_baselines3:PPO",
        "ppo_lagrangian": "palaestra.agents.control.safe:PPOLagrangian",
        "recoil": "palaestra.agents.control.offline:ReCOIL",
        "rlpd": "palaestra.agents.control.rlpd:RLPD",
        "rvs": "palaestra.agents.control.offline:RvS",
        "sac": "stable_baselines3:SAC",
        "sqirl": "palaestra.agents.control.sqirl:SQIRL",
        "td3": "stable_baselines3:TD3",
        "td3_bc": "palaestra.agents.control.offline:TD3BC",
        "xql": "palaestra.agents.control.offline:XQL",
        "ars": "sb3_contrib:ARS",
        "crossq": "sb3_contrib:CrossQ",
        "maskable_ppo": "sb3_contrib:MaskablePPO",
        "qrdqn": "sb3_contrib:QRDQN",
        "recurrent_ppo": "sb3_contrib:RecurrentPPO",
        "tqc": "sb3_contrib:TQC",
        "trpo": "sb3_contrib:TRPO",
    },
    unknown="algorithm {!r} is unknown",
)
"""Every algorithm: its name in recipes to its class, imported when it is looked up."""

_ARGUMENTS_OF_MAKE_AGENT = ("self", "env", "seed", "device", "_init_setup_model")


def find_algorithm(name: str) -> Any:
    """The class of an algorithm.

    Raises:
        ValueError: there is no such algorithm; the message names the nearest one.
    """
    return ALGORITHMS.find(name)


def hyperparameter_defaults(algorithm: Any) -> dict[str, Any]:
    """What may be given to an algorithm, with its defaults (`inspect.Parameter.empty` where there is none).

    A constructor that takes any keyword (`**more`) hands it on, so those of the class it extends count too.
    """
    defaults: dict[str, Any] = {}
    for base in algorithm.__mro__:
        if "__init__" not in vars(base):
            continue
        parameters = inspect.signature(base.__init__).parameters.values()
        named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
        defaults = {p.name: p.default for p in named} | defaults
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return {name: default for name, default in defaults.items() if name not in _ARGUMENTS_OF_MAKE_AGENT}
