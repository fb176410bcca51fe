"""Random errors for soak tests: a share of the requests, the same ones for the same seed."""

from dataclasses import replace
from http import HTTPStatus
from random import Random, SystemRandom

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.simulation.answers.answer import Answer, AnswerFactory

_SEEDS = 10**6


class RandomFaults:
    """Chooses between a success and, with the probability `rate`, an error: a documented one, a shape, or the gateway's 429.

    >>> from pytest_pcerrors import Contract
    >>> first, second = (RandomFaults(0.5, 7, AnswerFactory(Contract.default())) for _ in range(2))
    >>> [str(first.take()) for _ in range(9)] == [str(second.take()) for _ in range(9)]
    True
    """

    def __init__(self, rate: float, seed: int | None, factory: AnswerFactory) -> None:
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise UsageError(f"expected the rate of faults as a number from 0 to 1, such as 0.1, got {rate!r}")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
            raise UsageError(f"expected the seed as a whole number, got {seed!r}")
        self.seed = SystemRandom().randrange(_SEEDS) if seed is None else seed
        self._rate, self._factory = rate, factory
        self._random = Random(self.seed)  # noqa: S311 - a simulation, which can be repeated

    def take(self) -> Answer:
        """Return the next answer."""
        if self._random.random() >= self._rate:
            return self._factory.status(HTTPStatus.OK)
        answer = self._fault()
        return replace(answer, name=f"{answer.name}, at random")

    def _fault(self) -> Answer:
        kind, entries = self._random.choice(("error", "shape", "429")), list(self._factory.contract.catalogue)
        if kind == "error" and entries:
            entry = self._random.choice(entries)
            return self._factory.error(entry.code, entry.status)
        if kind == "shape":
            return self._factory.shape(self._random.choice(list(self._factory.shapes)))
        return self._factory.status(HTTPStatus.TOO_MANY_REQUESTS)
