"""Prints the last run as the table of docs/bench.md: `python -m tests.bench.table`."""

import json
from typing import Any

from tests.bench.__main__ import FOLDER

_SHOWN = ("p50", "p99", "p50_s", "p99_s", "p50_ms", "p99_ms", "other_failures", "worker", "growth")
_SHOWN_LAST = ("processes", "projections", "format", "precision", "recall")


def main() -> None:
    """One line a figure; what else is worth telling stands in the last column."""
    report = json.loads((FOLDER / "latest.json").read_text(encoding="utf-8"))
    print(f"{report['at'][:10]}, {report['cores']} cores, Python {report['python']}.\n")
    print("| row | value | against | ratio | goal | more |\n|---|---:|---|---:|---|---|")
    for figure in report["figures"]:
        cells = [
            f"`{figure['name']}`",
            f"{_number(figure['value'])} {figure['unit']}",
            figure["against"] or "",
            _number(figure["ratio"]),
            str(figure.get("goal", "")),
            "; ".join(
                f"{name} {_words(figure[name])}"
                for name in _SHOWN + _SHOWN_LAST
                if name in figure and not (name == "processes" and figure[name] == 1)
            ),
        ]
        print(f"| {' | '.join(cells)} |")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _words(value: Any) -> str:  # noqa: ANN401  whatever JSON holds
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_number(one)}" for name, one in value.items())
    return _number(value)


if __name__ == "__main__":
    main()
