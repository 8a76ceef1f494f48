"""The page about security names every requirement once, and nothing that is not there."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINES = (ROOT / "docs" / "security.md").read_text("utf-8").splitlines()

LEVEL_2 = {1: 38, 2: 53, 3: 18, 4: 9, 5: 30, 6: 13, 7: 12, 8: 15, 9: 7, 10: 5, 11: 8, 12: 15}
LEVEL_2 |= {13: 13, 14: 23}
"""How many requirements of level 2 each chapter of ASVS 4.0.3 has."""


def rows() -> list[list[str]]:
    """The cells of each requirement: number, what, whether it is met, and how."""
    cells = ([cell.strip() for cell in line.strip("| ").split(" | ")] for line in LINES)
    return [row for row in cells if re.fullmatch(r"\d+\.\d+\.\d+", row[0])]


def test_every_requirement_stands_there_once() -> None:
    numbers = [row[0] for row in rows()]
    assert not [number for number, times in Counter(numbers).items() if times > 1]
    assert Counter(int(number.split(".")[0]) for number in numbers) == LEVEL_2


def test_every_row_says_whether_and_how() -> None:
    for row in rows():
        assert len(row) == 4, row
        assert row[2] in {"met", "part", "no", "n/a"}, row
        assert row[3], row


def test_what_is_named_is_there() -> None:
    for row in rows():
        for named in re.findall(r"`([\w.]+/[\w./-]*|\w+\.(?:md|toml|lock))`", row[3]):
            assert (ROOT / named).exists(), f"{row[0]}: {named}"
