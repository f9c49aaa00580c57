"""The twin: an invented register whose bulletin equals a published one, cell for cell."""

from zhunsheng.demo.twin.figures import Contradiction, Correction, Missing
from zhunsheng.demo.twin.making import TwinReport, make_twin
from zhunsheng.demo.twin.targets import Targets, Unreachable, plan

__all__ = ["Contradiction", "Correction", "Missing", "Targets", "TwinReport", "Unreachable", "make_twin", "plan"]
