"""Responses made from a contract, mutants that break one rule, and undocumented responses that the real service sends.

>>> from pytest_pcerrors.simulation import SHAPES, synthesize
>>> synthesize(800064).status, SHAPES["gateway-429"].header("Retry-After")
(409, '41')
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_pcerrors.simulation.answers.successes import ok
    from pytest_pcerrors.simulation.mutation import Mutant, mutants
    from pytest_pcerrors.simulation.server import ErrorServer
    from pytest_pcerrors.simulation.shapes import SHAPES
    from pytest_pcerrors.simulation.simulations import Simulation
    from pytest_pcerrors.simulation.simulator import Simulator, simulate
    from pytest_pcerrors.simulation.synthesis import synthesize
else:
    _MODULES = {
        "ErrorServer": "server",
        "Mutant": "mutation",
        "SHAPES": "shapes",
        "Simulation": "simulations",
        "Simulator": "simulator",
        "mutants": "mutation",
        "ok": "answers.successes",
        "simulate": "simulator",
        "synthesize": "synthesis",
    }

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        return value


__all__ = ["SHAPES", "ErrorServer", "Mutant", "Simulation", "Simulator", "mutants", "ok", "simulate", "synthesize"]
