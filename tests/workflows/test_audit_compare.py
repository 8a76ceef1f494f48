"""Whatever is done to the lines, exactly the events that are gone are said to be gone."""

from hashlib import sha256
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from workflows.audit import findings as f
from workflows.audit.compare import Comparison, TooManyDifferences

COUNT = 300
LEAVES = [sha256(b"%d" % n).digest() for n in range(COUNT)]

Lines = list[tuple[int, bytes]]


def compare(lines: Lines) -> tuple[list[f.Finding], int]:
    comparison = Comparison(b"".join(LEAVES))
    try:
        for number, (claimed, leaf) in enumerate(lines, 1):
            comparison.add(number, claimed, leaf)
    except TooManyDifferences:
        pass
    return comparison.finish()


def disturb(lines: Lines, random: Random) -> None:
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    match random.choice(["edit", "remove", "insert", "swap", "move", "repeat", "block"]):
        case "edit":
            lines[one] = (lines[one][0], random.randbytes(32))
        case "remove":
            del lines[one : one + random.randint(1, 5)]
        case "insert":
            lines.insert(one, (one, random.randbytes(32)))
        case "swap":
            lines[one], lines[other] = lines[other], lines[one]
        case "move":
            lines.insert(other, lines.pop(one))
        case "repeat":
            lines.insert(other, lines[one])
        case _:
            block = lines[one : one + 9]
            del lines[one : one + 9]
            lines[other:other] = block


def said_to_be_gone(found: list[f.Finding], end: int) -> set[int]:
    gone = set(range(end + 1, COUNT + 1))
    for finding in found:
        match finding:
            case f.Edited(event=event):
                gone.add(event)
            case f.Removed(first=first, last=last):
                gone |= set(range(first, last + 1))
            case f.Moved(event=event):
                gone.discard(event)
    return gone


@given(st.integers(0, 2**32), st.integers(0, 12), st.booleans())
def test_what_is_said_to_be_gone_is_what_is_gone(seed: int, times: int, anew: bool) -> None:
    lines = [(n, leaf) for n, leaf in enumerate(LEAVES, 1)]
    whole = list(lines)
    random = Random(seed)
    for _ in range(times):
        disturb(lines, random)
    if anew:
        lines = [(n, leaf) for n, (_, leaf) in enumerate(lines, 1)]
    found, end = compare(lines)
    kept = {leaf for _, leaf in lines}
    assert said_to_be_gone(found, end) == {
        n for n, leaf in enumerate(LEAVES, 1) if leaf not in kept
    }
    assert (found == [] and end == COUNT) is (lines == whole)
