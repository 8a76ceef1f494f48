"""The Merkle tree of RFC 6962, section 2.1: roots, inclusion and consistency proofs.

Pure: leaves come in hashed. A position counts leaves from 0; a range is [start, end). Where a
tree is too large to be at hand, a `RootOf` gives the root of any range that the proofs ask for.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

RootOf = Callable[[int, int], bytes]
"""The root of the leaves [start, end), where `start` is a multiple of the range's top subtree."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def split(count: int) -> int:
    """The largest power of two below `count`: how many leaves go into the left subtree."""
    return 1 << (count - 1).bit_length() - 1


def cover(start: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees of a range, left to right, as (level, index).

    The subtree (level, index) has the leaves from index * 2**level to (index + 1) * 2**level.
    """
    subtrees = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        subtrees.append((level, start >> level))
        start += 1 << level
    return subtrees


def fold(subtrees: Sequence[bytes]) -> bytes:
    """The root over complete subtrees, each smaller than the one before."""
    if not subtrees:
        return EMPTY_ROOT
    top = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        top = node_hash(left, top)
    return top


def subtree_root(nodes: Sequence[bytes]) -> bytes:
    """The root over 2**n nodes of one level."""
    while len(nodes) > 1:
        nodes = [
            node_hash(left, right) for left, right in zip(nodes[::2], nodes[1::2], strict=True)
        ]
    return nodes[0]


class Frontier:
    """A tree that only grows, kept as its O(log n) complete subtrees.

    `completed(level, index, hash)` is told of every inner node as soon as it is complete.
    """

    def __init__(
        self,
        completed: Callable[[int, int, bytes], None] | None = None,
        *,
        size: int = 0,
        subtrees: Iterable[bytes] = (),
    ) -> None:
        self.size = size
        self._subtrees = list(subtrees)
        self._completed = completed
        if len(self._subtrees) != size.bit_count():
            raise ValueError(f"{len(self._subtrees)} subtrees do not make {size} leaves")

    def append(self, leaf: bytes) -> None:
        """Adds the next leaf: one hash on average, O(log n) at most."""
        node, rest, level = leaf, self.size, 0
        while rest & 1:
            node = sha256(b"\x01" + self._subtrees.pop() + node).digest()
            rest >>= 1
            level += 1
            if self._completed is not None:
                self._completed(level, rest, node)
        self._subtrees.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return fold(self._subtrees)


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaves at hand."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


# Proofs


def inclusion_proof(position: int, size: int, root_of: RootOf) -> list[bytes]:
    """The audit path of a leaf in the tree of `size` leaves, from the leaf up."""
    if not 0 <= position < size:
        raise ValueError(f"there is no leaf {position} in a tree of {size}")
    start, end = 0, size
    path = []
    while end - start > 1:
        middle = start + split(end - start)
        if position < middle:
            path.append(root_of(middle, end))
            end = middle
        else:
            path.append(root_of(start, middle))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, root_of: RootOf) -> list[bytes]:
    """The proof that the tree of `old` leaves is the beginning of the tree of `new` leaves."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} is not the beginning of a tree of {new}")
    if old in (0, new):
        return []
    start, end = 0, new
    path = []
    while end != old:
        middle = start + split(end - start)
        if old <= middle:
            path.append(root_of(middle, end))
            end = middle
        else:
            path.append(root_of(start, middle))
            start = middle
    if start > 0:
        path.append(root_of(start, end))
    return path[::-1]


# Verification, after RFC 9162, sections 2.1.3.2 and 2.1.4.2


def verify_inclusion(
    leaf: bytes, position: int, size: int, path: Sequence[bytes], signed_root: bytes
) -> bool:
    """Whether the path leads from the leaf at this position to the root."""
    if not 0 <= position < size:
        return False
    node, place, last = leaf, position, size - 1
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and node == signed_root


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the path proves that the old tree is the beginning of the new one."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not path and old_root == (new_root if old == new else EMPTY_ROOT)
    nodes = list(path)
    if old & (old - 1) == 0:
        nodes.insert(0, old_root)
    if not nodes:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place >>= 1
        last >>= 1
    older = newer = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            older = node_hash(node, older)
            newer = node_hash(node, newer)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            newer = node_hash(newer, node)
        place >>= 1
        last >>= 1
    return last == 0 and older == old_root and newer == new_root
