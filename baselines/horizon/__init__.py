"""How hard decision processes are to learn: by their effective horizons, and by the samples that agents need."""

from .processes import ProcessHorizon, process_horizon, process_horizons
from .study import HorizonStudy, Needed, horizon_study

__all__ = ["HorizonStudy", "Needed", "ProcessHorizon", "horizon_study", "process_horizon", "process_horizons"]
