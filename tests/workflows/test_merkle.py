"""The tree against the text of the standard, and against another program if there is one."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.audit import merkle

ALL_SIZES = range(257)
LEAVES = [sha256(b"\x00%d" % n).digest() for n in range(256)]


# RFC 6962, sections 2.1, 2.1.1 and 2.1.2, word by word


@cache
def mth(start: int, end: int) -> bytes:
    n = end - start
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return LEAVES[start]
    k = largest_power_below(n)
    return sha256(b"\x01" + mth(start, start + k) + mth(start + k, end)).digest()


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m: int, start: int, end: int) -> list[bytes]:
    n = end - start
    if n == 1:
        return []
    k = largest_power_below(n)
    if m < k:
        return [*path(m, start, start + k), mth(start + k, end)]
    return [*path(m - k, start + k, end), mth(start, start + k)]


def subproof(m: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    n = end - start
    if m == n:
        return [] if whole else [mth(start, end)]
    k = largest_power_below(n)
    if m <= k:
        return [*subproof(m, start, start + k, whole=whole), mth(start + k, end)]
    return [*subproof(m - k, start + k, end, whole=False), mth(start, start + k)]


def test_every_root_is_the_standards() -> None:
    frontier = merkle.Frontier()
    assert frontier.root() == mth(0, 0)
    for size, leaf in enumerate(LEAVES, 1):
        frontier.append(leaf)
        assert frontier.size == size
        assert frontier.root() == mth(0, size)


def test_every_inclusion_proof_is_the_standards_and_holds() -> None:
    for size in ALL_SIZES:
        for position in range(size):
            proof = merkle.inclusion_proof(position, size, mth)
            assert proof == path(position, 0, size)
            assert merkle.verify_inclusion(LEAVES[position], position, size, proof, mth(0, size))


def test_every_consistency_proof_is_the_standards_and_holds() -> None:
    for new in ALL_SIZES:
        for old in range(1, new + 1):
            proof = merkle.consistency_proof(old, new, mth)
            assert proof == subproof(old, 0, new, whole=True)
            assert merkle.verify_consistency(old, new, mth(0, old), mth(0, new), proof)


def test_another_program_agrees_at_every_size() -> None:
    pymerkle = pytest.importorskip("pymerkle")
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for n in range(256):
        tree.append_entry(b"%d" % n)
    roots = [tree.get_root(size) for size in ALL_SIZES]
    assert roots == [mth(0, size) for size in ALL_SIZES]
    for size in ALL_SIZES:
        for position in range(size):
            theirs = tree.prove_inclusion(position + 1, size).path[1:]  # the first is the leaf
            assert theirs == merkle.inclusion_proof(position, size, mth)
        for old in range(1, size):  # it writes these proofs in a way of its own
            tree.prove_consistency(old, size).verify(roots[old], roots[size])
            proof = merkle.consistency_proof(old, size, mth)
            assert merkle.verify_consistency(old, size, roots[old], roots[size], proof)


def test_an_inner_node_is_told_once_and_with_its_place() -> None:
    told: dict[tuple[int, int], bytes] = {}

    def completed(level: int, index: int, node: bytes) -> None:
        assert (level, index) not in told
        told[level, index] = node

    frontier = merkle.Frontier(completed)
    for leaf in LEAVES:
        frontier.append(leaf)
    assert told == {
        (level, index): mth(index << level, (index + 1) << level)
        for level in range(1, 9)
        for index in range(256 >> level)
    }


@given(st.integers(0, 256), st.integers(0, 256))
def test_a_frontier_goes_on_from_its_subtrees(size: int, more: int) -> None:
    subtrees = [mth(i << level, (i + 1) << level) for level, i in merkle.cover(0, size)]
    frontier = merkle.Frontier(size=size, subtrees=subtrees)
    for leaf in LEAVES[size : size + more]:
        frontier.append(leaf)
    assert frontier.root() == mth(0, min(size + more, 256))


@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_a_cover_is_complete_subtrees_side_by_side(start: int, count: int) -> None:
    at = start
    for level, index in merkle.cover(start, start + count):
        assert index << level == at
        at = (index + 1) << level
    assert at == start + count


@given(st.data())
def test_a_proof_of_something_else_does_not_hold(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 256))
    position = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(position, size, mth)
    root, leaf = mth(0, size), LEAVES[position]
    other = data.draw(st.integers(0, size).filter(lambda n: n != position))
    changed = data.draw(mutations(proof))
    assert not merkle.verify_inclusion(sha256(leaf).digest(), position, size, proof, root)
    assert not merkle.verify_inclusion(leaf, other, size, proof, root)
    assert not merkle.verify_inclusion(leaf, position, size, changed, root)
    assert not merkle.verify_inclusion(leaf, position, size, proof, sha256(root).digest())


@given(st.data())
def test_a_consistency_proof_of_something_else_does_not_hold(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, 256))
    old = data.draw(st.integers(1, new - 1))
    proof = merkle.consistency_proof(old, new, mth)
    was, now = mth(0, old), mth(0, new)
    changed = data.draw(mutations(proof))
    assert not merkle.verify_consistency(old, new, sha256(was).digest(), now, proof)
    assert not merkle.verify_consistency(old, new, was, sha256(now).digest(), proof)
    assert not merkle.verify_consistency(old, new, was, now, changed)
    assert not merkle.verify_consistency(new, old, now, was, proof)


def mutations(proof: list[bytes]) -> st.SearchStrategy[list[bytes]]:
    """One hash more, less, or another."""
    places = st.integers(0, len(proof) - 1)
    changes: list[Callable[[int], list[bytes]]] = [
        lambda n: proof[:n] + proof[n + 1 :],
        lambda n: [*proof[:n], sha256(proof[n]).digest(), *proof[n + 1 :]],
        lambda n: [*proof, proof[n]],
    ]
    return st.builds(lambda change, n: change(n), st.sampled_from(changes), places)


@pytest.mark.parametrize(("position", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_of_what_is_not_there(position: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion_proof(position, size, mth)
    assert not merkle.verify_inclusion(LEAVES[0], position, size, [], LEAVES[0])


def test_an_empty_tree_is_the_beginning_of_every_tree() -> None:
    assert merkle.consistency_proof(0, 7, mth) == []
    assert merkle.verify_consistency(0, 7, mth(0, 0), mth(0, 7), [])
    assert not merkle.verify_consistency(0, 7, LEAVES[0], mth(0, 7), [])
    with pytest.raises(ValueError, match="not the beginning"):
        merkle.consistency_proof(7, 3, mth)
