"""Audits the live database: the same questions as for a dossier, put to the tables themselves.

Every hash is computed here, none is taken from a function in the database. Events are read batch
by batch in short transactions; the log only grows, so that is as good as one long one.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from psycopg.rows import tuple_row

from workflows.audit import findings as f
from workflows.audit import merkle
from workflows.audit.belongings import check_belongings
from workflows.audit.canonical import leaf_of
from workflows.audit.closings import check_closings
from workflows.audit.compare import DIFFERENCES_MAX
from workflows.audit.differences import KeyOfErased
from workflows.audit.finance import check_finance
from workflows.audit.findings import Finding
from workflows.audit.keyring import KeyRing, believable
from workflows.audit.keys import public_keys
from workflows.audit.merges import check_merges
from workflows.audit.merkle import HASH_BYTES
from workflows.audit.money import check_money
from workflows.audit.notes import BadNote, Checkpoint
from workflows.audit.people import check_people
from workflows.audit.proofs import latest_checkpoint_size
from workflows.audit.result import Result
from workflows.audit.tree import TILE, TILE_LEVELS
from workflows.audit.verify import Progress
from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import Vault
from workflows.keys.erased import come_back

_SQL = statements("workflows.audit", "statements")
BATCH = 4 * TILE
GAP_MAX = 1_000_000
WHOLE_LOG_TIMEOUT_MS = 30 * 60 * 1000
UNKNOWN = bytes(HASH_BYTES)
"""Stands for the leaf of an entry that is gone, so that all others keep their place."""


def audit(
    database: Database,
    last_checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
    vault: Vault | None = None,
) -> Result:
    """What is wrong with a register's log. Never raises for what is in the tables.

    `last_checkpoint`: one that was kept outside; the log must go on from it. `vault`: to compare
    also what is sealed.
    """
    told = progress or (lambda _done, _all: None)
    return _Audit(database, last_checkpoint, told, vault).run()


class _TooMany(Exception):
    pass


class _Audit:
    """One audit under way. Two trees grow side by side: over what the log says (`_logged`), and
    over what the events are (`_actual`)."""

    def __init__(
        self,
        database: Database,
        kept: Checkpoint | None,
        progress: Progress,
        vault: Vault | None,
    ) -> None:
        self._database = database
        self._vault = vault
        self._kept = kept
        self._progress = progress
        self._ring = KeyRing(public_keys(database))
        self._findings: list[Finding] = []
        self._nodes: list[tuple[int, int, bytes]] = []
        self._logged = merkle.Frontier(self._keep_node)
        self._actual = merkle.Frontier()
        self._mismatches: list[tuple[int, bytes]] = []
        self._entries_only = False
        self._newest: Checkpoint | None = None
        self._checkpoints = 0
        self._good = 0
        self._bad = False
        self._known_at: int | None = 0
        self._kept_root: bytes | None = None

    def run(self) -> Result:
        # In this order: what is signed after this moment belongs to the next audit.
        signed = latest_checkpoint_size(self._database)
        end, said = self._end()
        try:
            for finding in self._ring.broken:
                self._note(finding)
            if end != said:
                self._note(f.WrongEnd(end, said))
            self._check_log(end, signed)
            self._check_streams(end)
            self._check_unlogged()
        except _TooMany:
            self._findings.append(f.TooMany(DIFFERENCES_MAX))
        self._findings += self._explain()
        self._check_end(end)
        self._check_kept(end)
        self._check_tables()
        newest = self._newest
        signer = self._ring.signer(newest) if newest else None
        return Result(
            what="database",
            origin=self._ring.origin,
            size=newest.size if newest else 0,
            events=self._logged.size,
            checkpoints=self._checkpoints,
            signed_at=newest.time if newest else None,
            root=newest.root.hex() if newest else None,
            key=str(signer) if signer else None,
            trusted=bool(self._kept and signer and self._ring.fault(self._kept) is None),
            findings=tuple(sorted(self._findings, key=lambda it: (it.log_index or 0, it.code))),
        )

    def _note(self, finding: Finding) -> None:
        if len(self._findings) + len(self._mismatches) >= DIFFERENCES_MAX:
            raise _TooMany
        self._findings.append(finding)

    def _check_tables(self) -> None:
        """What decisions are made on, beside the log."""
        try:
            self._findings += islice(check_money(self._database), DIFFERENCES_MAX)
            self._findings += islice(check_finance(self._database, self._vault), DIFFERENCES_MAX)
            self._findings += islice(check_closings(self._database), DIFFERENCES_MAX)
            self._findings += islice(check_merges(self._database), DIFFERENCES_MAX)
            self._findings += islice(check_people(self._database, self._vault), DIFFERENCES_MAX)
            self._findings += islice(check_belongings(self._database, self._vault), DIFFERENCES_MAX)
            back = come_back(self._database)[:DIFFERENCES_MAX]
            self._findings += [KeyOfErased(str(subject_id)) for subject_id in back]
        except (ValueError, LookupError) as error:
            # An event that does not decode, or whose beginning is gone; that it was edited or
            # removed is told with its place.
            self._findings.append(f.NotComparable(f"an event cannot be read ({error})"))

    # The log, from its first event to its last

    def _check_log(self, end: int, signed: int) -> None:
        checkpoints = believable(self._ring, self._notes(signed), self._note)
        due = next(checkpoints, None)
        for rows in self._rows(end):
            for row in rows:
                index = row[0]
                if not self._check_gap(index):
                    return
                self._check_entry(row)
                while due is not None and due.size <= index:
                    self._check_checkpoint(due)
                    due = next(checkpoints, None)
                if self._kept is not None and index == self._kept.size:
                    self._kept_root = self._logged.root()
            self._check_nodes()
            self._progress(self._logged.size, end)
        while due is not None:
            self._newest = due  # of events that are not there any more
            self._checkpoints += 1
            due = next(checkpoints, None)

    def _check_gap(self, index: int) -> bool:
        """Whether it makes sense to go on."""
        expected = self._logged.size + 1
        if index == expected:
            return True
        self._note(f.Removed(expected, index - 1))
        if index - expected > GAP_MAX:
            return False
        for _ in range(expected, index):
            self._logged.append(UNKNOWN)
            self._actual.append(UNKNOWN)
        self._known_at = None
        return True

    def _check_entry(self, row: tuple[Any, ...]) -> None:
        index, stream, version, leaf, kind, state, at, known_at, *_ = row
        actual = leaf_of(stream, version, kind, at, state or b"")
        self._logged.append(leaf)
        self._actual.append(actual)
        if state is None:
            self._note(f.Removed(index, index))
            self._known_at = None
        elif actual != leaf:
            self._mismatches.append((index, actual))
            self._known_at = None
        else:
            expected = None if self._known_at is None else max(self._known_at, at)
            if known_at is None or known_at < at or known_at != (expected or known_at):
                self._note(f.KnownAtChanged(index))
                known_at = expected
            self._known_at = known_at

    def _check_checkpoint(self, checkpoint: Checkpoint) -> None:
        self._newest = checkpoint
        self._checkpoints += 1
        if self._bad:
            return
        if self._logged.size == checkpoint.size and self._logged.root() == checkpoint.root:
            self._good = checkpoint.size
        else:
            self._bad = True
            self._entries_only = self._actual.root() == checkpoint.root
            self._note(f.LeavesChanged(self._good + 1, checkpoint.size))

    def _keep_node(self, level: int, index: int, node: bytes) -> None:
        if level % TILE_LEVELS == 0:
            self._nodes.append((level, index, node))

    def _check_nodes(self) -> None:
        nodes, self._nodes = self._nodes, []
        for level in sorted({level for level, _, _ in nodes}):
            ours = {index: node for at, index, node in nodes if at == level}
            values = {"level": level, "idx": list(ours)}
            with self._database.transaction() as tx:
                stored = tx.execute(_SQL["stored_nodes"], values).fetchall()
            for row in stored:
                if row["hash"] != ours[row["idx"]]:
                    first = row["idx"] << level
                    self._note(f.WrongNode(first + 1, first + (1 << level)))

    # What is beside the log

    def _check_streams(self, end: int) -> None:
        values = {"upto": end, "limit": DIFFERENCES_MAX}
        with self._database.transaction(statement_timeout_ms=WHOLE_LOG_TIMEOUT_MS) as tx:
            rows = tx.execute(_SQL["broken_streams"], values).fetchall()
        for row in rows:
            self._note(f.StreamBroken(row["log_index"], row["stream_id"], row["version"]))

    def _check_unlogged(self) -> None:
        values = {"limit": DIFFERENCES_MAX}
        with self._database.transaction(statement_timeout_ms=WHOLE_LOG_TIMEOUT_MS) as tx:
            rows = tx.execute(_SQL["unlogged_events"], values).fetchall()
        for row in rows:
            self._note(f.NotLogged(row["stream_id"], row["version"]))

    def _check_end(self, end: int) -> None:
        if self._newest is None:
            if end:
                self._findings.append(f.NotSigned())
        elif self._newest.size > end:
            self._findings.append(f.Cut(end, self._newest.size, self._good))

    def _check_kept(self, end: int) -> None:
        kept = self._kept
        if kept is None:
            return
        fault = self._ring.fault(kept)
        if kept.origin == self._ring.origin and kept.size > end:
            self._findings.append(f.OlderCopy(end, kept.size, kept.time))
        elif fault is not None:
            self._findings.append(f.NotComparable(str(fault).rstrip(".")))
        elif self._kept_root != kept.root:
            self._findings.append(f.HistoryRewritten(kept.size, kept.time))

    def _explain(self) -> Iterator[Finding]:
        """What became of the entries that do not fit their event."""
        if not self._mismatches:
            return
        wanted = [actual for _, actual in self._mismatches]
        with self._database.transaction(statement_timeout_ms=WHOLE_LOG_TIMEOUT_MS) as tx:
            rows = tx.execute(_SQL["where_leaves_are"], {"leaves": wanted}).fetchall()
        places = {row["leaf"]: row["log_index"] for row in rows}
        for index, actual in self._mismatches:
            if self._entries_only:
                yield f.EntryChanged(index)
            elif actual in places:
                yield f.Moved(places[actual], index)
            else:
                yield f.Edited(index)

    # Reading

    def _end(self) -> tuple[int, int]:
        with self._database.transaction() as tx:
            row = tx.execute(_SQL["end_of_log"]).fetchone()
        return (row["found"], row["said"] or 0) if row else (0, 0)

    def _rows(self, end: int) -> Iterator[list[tuple[Any, ...]]]:
        after = 0
        while True:
            page = {"after": after, "upto": end, "limit": BATCH}
            with (
                self._database.transaction() as tx,
                tx.cursor(row_factory=tuple_row, binary=True) as cursor,
            ):
                rows = cursor.execute(_SQL["export_log"], page).fetchall()
            if not rows:
                return
            yield rows
            after = rows[-1][0]

    def _notes(self, upto: int) -> Iterator[str]:
        after = 0
        while True:
            values = {"after": after, "upto": upto, "limit": BATCH}
            with self._database.transaction() as tx:
                rows = tx.execute(_SQL["next_checkpoints"], values).fetchall()
            if not rows:
                return
            yield from (row["note"] if _agrees(row) else "" for row in rows)
            after = rows[-1]["size"]


def _agrees(row: Row) -> bool:
    """Whether the columns beside a checkpoint's text say the same."""
    try:
        checkpoint = Checkpoint.parse(row["note"])
    except BadNote:
        return False
    return (checkpoint.size, checkpoint.root) == (row["size"], row["root"])
