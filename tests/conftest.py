"""What the tests of all packages share: no verdict hangs on the speed of the machine, or on the signals of its shell."""

import signal

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("anywhere", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("anywhere")


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_interrupts():
    """Let SIGINT interrupt the processes that tests start, also where the shell has it ignored, as ``nohup`` and CI do."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
