"""The tree over the log: every eighth level is stored, the rest is computed when it is asked for.

A proof at any size reads at most 256 hashes on each stored level that it passes: some 500 leaves
for a log of 10 thousand events; as many again, twice, for one of a million.
"""

from workflows.audit import merkle
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements

_SQL = statements("workflows.audit", "statements")
_TRY_LOCK = statements("workflows.eventstore.sql", "events")["try_lock"]
TILE_LEVELS = 8
"""One stored level in so many."""
TILE = 1 << TILE_LEVELS
EXTEND = 64 * TILE


class LogIncomplete(Exception):
    """The log lacks events that it should have: run an audit."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__(f"between {first} and {last}")


class Tree:
    """The tree over the log of a register, within the current transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = database.lock_id("tree")

    def extend(self, limit: int = EXTEND) -> int:
        """Stores the inner nodes over up to `limit` further leaves; returns over how many.

        0 where fewer than 256 are new, or another process is at it.
        """
        with self._database.transaction() as tx:
            got = tx.execute(_TRY_LOCK, {"key": self._lock}).fetchone()
            if got is None or not got["got"]:
                return 0
            row = tx.execute(_SQL["tiled"]).fetchone()
            start = (row["groups"] if row else 0) * TILE
            whole = min(self._end() - start, limit) // TILE * TILE
            if whole <= 0:
                return 0
            nodes: list[tuple[int, int, bytes]] = []

            def keep(level: int, index: int, node: bytes) -> None:
                if level % TILE_LEVELS == 0:
                    nodes.append((level, index, node))

            frontier = merkle.Frontier(keep, size=start, subtrees=self._subtrees(0, start))
            for leaf in self._leaves(start, start + whole):
                frontier.append(leaf)
            with tx.cursor() as cursor:
                cursor.executemany(_SQL["insert_node"], nodes)
            return whole

    def root(self, size: int) -> bytes:
        """The root over the first `size` events."""
        return self._root_of(0, size)

    def inclusion_proof(self, position: int, size: int) -> list[bytes]:
        """That the leaf at a position (from 0) is in the tree of `size`."""
        return merkle.inclusion_proof(position, size, self._root_of)

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """That the tree of `old` is the beginning of the tree of `new`."""
        return merkle.consistency_proof(old, new, self._root_of)

    def _root_of(self, start: int, end: int) -> bytes:
        return merkle.fold(self._subtrees(start, end))

    def _subtrees(self, start: int, end: int) -> list[bytes]:
        """The roots of the complete subtrees of a range."""
        hashes = []
        for level, index in merkle.cover(start, end):
            if level < TILE_LEVELS:
                # Fewer than 256 leaves, at the right edge: one reading for all.
                first = index << level
                leaves = self._row(0, first, end)
                for small, nth in merkle.cover(first, end):
                    at = (nth << small) - first
                    hashes.append(merkle.subtree_root(leaves[at : at + (1 << small)]))
                break
            stored = level - level % TILE_LEVELS
            row = self._row(stored, index << (level - stored), (index + 1) << (level - stored))
            hashes.append(merkle.subtree_root(row))
        return hashes

    def _row(self, level: int, start: int, end: int) -> list[bytes]:
        """Hashes side by side on a stored level; computed from below where they are not stored."""
        if level == 0:
            return self._leaves(start, end)
        nodes = self._nodes(level, start, end)
        if len(nodes) == end - start:
            return nodes
        below = level - TILE_LEVELS
        return [
            merkle.subtree_root(self._row(below, index * TILE, (index + 1) * TILE))
            for index in range(start, end)
        ]

    def _nodes(self, level: int, start: int, end: int) -> list[bytes]:
        values = {"level": level, "start": start, "end": end}
        with self._database.transaction() as tx:
            return [row["hash"] for row in tx.execute(_SQL["nodes"], values)]

    def _leaves(self, start: int, end: int) -> list[bytes]:
        with self._database.transaction() as tx:
            rows = tx.execute(_SQL["leaves"], {"start": start, "end": end}).fetchall()
        if len(rows) != end - start:
            raise LogIncomplete(start + 1, end)
        return [row["leaf"] for row in rows]

    def _end(self) -> int:
        with self._database.transaction() as tx:
            row = tx.execute(_SQL["end_of_log"]).fetchone()
        return int(row["found"]) if row else 0
