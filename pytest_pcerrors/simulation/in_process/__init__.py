"""Simulation in process: the requests of any HTTP client are answered with errors, without a server and without the network."""

from pytest_pcerrors.simulation.in_process._simulation import (
    NotSimulatedError,
    SimulatedEntry,
    SimulatedMutant,
    SimulatedResponse,
    SimulatedShape,
    Simulation,
    UnusedSimulationError,
)
from pytest_pcerrors.simulation.in_process._simulator import Simulator, simulate

__all__ = [
    "NotSimulatedError",
    "SimulatedEntry",
    "SimulatedMutant",
    "SimulatedResponse",
    "SimulatedShape",
    "Simulation",
    "Simulator",
    "UnusedSimulationError",
    "simulate",
]
