"""What a row reports, and the small arithmetic of measuring."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

Measure = Callable[[], float]


@dataclass(frozen=True)
class Figure:
    """One line of the report.

    `against`: what was measured beside it, or why that was not to be had. `ratio`: how many times
    better (or, below 1, worse) than it. `more`: other fields of the line.
    """

    name: str
    value: float | None
    unit: str
    against: str | None = None
    ratio: float | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """The line."""
        known = {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            "against": self.against,
            "ratio": _rounded(self.ratio),
        }
        return json.dumps(known | {name: _rounded(value) for name, value in self.more.items()})


def _rounded(value: Any) -> Any:  # noqa: ANN401  whatever JSON holds
    """Four significant digits: more would claim more than was measured."""
    if isinstance(value, dict):
        return {str(key): _rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    if isinstance(value, float):
        return float(f"{value:.4g}")
    return value


@dataclass(frozen=True)
class Duel:
    """Two things measured in turns. `ratio` is the median of the rounds' ratios."""

    ours: float
    theirs: float
    ratio: float
    rounds: list[float]


def duel(rounds: int, ours: Measure, theirs: Measure) -> Duel:
    """Measures A B B A A B ...: what disturbs the machine for a while disturbs both."""
    pairs = []
    for n in range(rounds):
        if n % 2:
            second = theirs()
            pairs.append((ours(), second))
        else:
            first = ours()
            pairs.append((first, theirs()))
    ratios = [a / b for a, b in pairs]
    return Duel(median(a for a, _ in pairs), median(b for _, b in pairs), median(ratios), ratios)


def percentile(values: Sequence[float], percent: int) -> float:
    """A percentile; of fewer than two values, the value."""
    if len(values) < 2:
        return values[0] if values else float("nan")
    return quantiles(values, n=100, method="inclusive")[percent - 1]
