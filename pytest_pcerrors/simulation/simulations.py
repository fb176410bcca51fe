"""One simulated answer, or a sequence of them, for the requests that match a pattern; its options; and responses that a test simulates."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Self, TypedDict, Unpack

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.simulation.answers.rules import ResponseRule, shown
from pytest_pcerrors.text import listed, nearest, represented

if TYPE_CHECKING:
    from pytest_pcerrors.contract.catalogue import Entry
    from pytest_pcerrors.exchange.model import Exchange, Request
    from pytest_pcerrors.simulation.mutation import Mutant


class Options(TypedDict, total=False):
    """What a simulation may have besides its answer."""

    status: int | None
    """The status of a code that is documented with several."""
    method: str
    """The method of the requests; ``*``, the default, is any."""
    url: str
    """A glob for their URL; one that begins with ``/`` is for the path. The default is any URL."""
    times: int | None
    """How many requests are answered; None, the default, is any number. The last member of a sequence repeats."""
    headers: Mapping[str, str | None]
    """Headers to set in each answer, or, with the value None, to leave out."""
    retry_after: int | str | None
    """The header ``Retry-After`` of errors: seconds, or an HTTP date."""
    delay: float
    """Seconds until the answer: a client with a shorter time-out raises its error at once. Nothing sleeps."""
    required: bool
    """Whether it is an error if no request is answered, which is the default."""


def check_options(options: Options) -> None:
    """Raise a `UsageError` for a name that is not an option, and for headers that are not a mapping."""
    for name in options:
        if name not in Options.__annotations__:
            raise UsageError(f"{name}= is not an option of a simulation; {nearest(name, Options.__annotations__)}")
    headers = options.get("headers") or {}
    if not isinstance(headers, Mapping) or not all(isinstance(name, str) and name for name in headers):
        raise UsageError(f"headers: expected a mapping of names to values, got {represented(headers)}")


class NotSimulatedError(AssertionError):
    """A request that nothing simulates, and that must not be sent."""

    def __init__(self, method: str, url: str, simulated: Sequence[str]) -> None:
        lines = [f"nothing simulates {shown(method, url)}"]
        lines += [f"  simulated: {each}" for each in simulated] or ["  nothing is simulated yet"]
        super().__init__("\n".join([*lines, "  add a simulation for it, or pass_through(url) to let it be sent"]))


class UnusedSimulationError(AssertionError):
    """A simulation that answered no request."""

    def __init__(self, simulation: "Simulation", sent: Sequence[tuple[str, str]]) -> None:
        requests = listed([shown(*each) for each in dict.fromkeys(sent)]) or "no request at all"
        problem = f"the client sent no request for a simulation: {simulation}"
        super().__init__(f"{problem}\n  it sent {requests}\n  required=False permits that")


class Simulation:
    """A simulated answer, or a sequence of them: `requests` are those that it answered, `exchanges` what their clients received.

    As a context manager, it ends with the block, which raises an `UnusedSimulationError` if it is required and answered nothing.
    """

    def __init__(self, rule: ResponseRule, *, required: bool, end: "Callable[[Simulation], object]") -> None:
        self.rule = rule
        self.required = required
        self.requests: list[Request] = []
        self.exchanges: list[Exchange] = []
        self._end = end

    @property
    def is_unused(self) -> bool:
        """Whether a simulation that is required has answered no request."""
        return self.required and not self.requests

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._end(self)
        if error is None and self.is_unused:
            raise UnusedSimulationError(self, ())

    def __repr__(self) -> str:
        return f"<{self}>"

    def __str__(self) -> str:
        return f"{self.rule} -> {', '.join(map(str, self.rule.answers))}"


class SimulatedResponse:
    """A response, with its `name`, that a test simulates when it wants to."""

    def __init__(self, name: str, exchange: "Exchange", simulator: "Callable[[], Callable[..., Simulation]]") -> None:
        self.name = name
        self.exchange = exchange
        self.status: int = exchange.status
        """The HTTP status."""
        self._simulator = simulator

    def simulate(self, **options: "Unpack[Options]") -> "Simulation":
        """Answer the requests of HTTP clients with it; the options are those of `Simulator`."""
        __tracebackhide__ = True
        return self._simulator()(self, **options)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class SimulatedEntry(SimulatedResponse):
    """A documented error, with a conforming response."""

    def __init__(
        self, entry: "Entry", exchange: "Exchange", simulator: "Callable[[], Callable[..., Simulation]]"
    ) -> None:
        super().__init__(f"{entry.status_text}-{entry.code}", exchange, simulator)
        self.entry = entry
        self.code: str = entry.code
        """The error code."""
        self.description: str = entry.description
        """The first description template; the response has its placeholders filled in."""


class SimulatedMutant(SimulatedResponse):
    """A response that breaks exactly one rule, in one of several ways."""

    def __init__(self, mutant: "Mutant", simulator: "Callable[[], Callable[..., Simulation]]") -> None:
        super().__init__(str(mutant), mutant.exchange, simulator)
        self.mutant = mutant
        self.rule: str = mutant.rule
        """The name of the rule that the response breaks."""
        self.variant: str = mutant.variant
        """A short word for the way in which it breaks the rule; empty if there is one way only."""
        self.entry: Entry | None = mutant.entry
        """The documented error that was changed; None if the response was not one."""


class SimulatedShape(SimulatedResponse):
    """An undocumented response that the real service sends, or that a client may receive from a gateway."""
