"""What belongs to a household beside the log, and how all of it goes."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from workflows.eventstore.database import Database, Row
from workflows.eventstore.statements import statements

_SQL = statements("workflows.eventstore.sql", "erasure")


class Belongings:
    """The tables of a register that tell what is of which household."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def group(self, household_id: UUID) -> tuple[UUID, ...]:
        """A household and those that count as one with it, in one order for everybody."""
        return tuple(sorted(self._run("group", {"id": household_id})[0]["households"]))

    def doti(self, households: Sequence[UUID]) -> tuple[UUID, ...]:
        """The doti of some households."""
        return tuple(row["dote_id"] for row in self._run("doti", {"ids": list(households)}))

    def forget(self, households: Sequence[UUID], doti: Sequence[UUID]) -> None:
        """Takes away all that is found by who they are, in the current transaction, and notes that
        their files have to go."""
        streams = [str(stream_id) for stream_id in (*households, *doti)]
        values = {"ids": list(households), "doti": list(doti), "streams": streams}
        for statement in ("persons", "payees", "commands", "drafts"):
            self._run(f"forget_{statement}", values)
        self._run("remove_files", values)
        self.unlist(households, "household", "notes")

    def lines_of_only(self, households: Sequence[UUID]) -> tuple[UUID, ...]:
        """The bank's lines that were matched with payments of their doti and of no others."""
        found = self._run("lines_of_only", {"doti": list(self.doti(households))})
        return tuple(row["line_id"] for row in found)

    def forget_lines(self, lines: Sequence[UUID]) -> None:
        """Takes away what lines of the bank are found by, and the hashes of what was said of them,
        in the current transaction. Their identity stays: the same line is not to come in again."""
        self._run("forget_lines", {"lines": list(lines)})
        self._run("forget_commands", {"streams": [str(line_id) for line_id in lines]})

    def files_to_remove(self) -> list[UUID]:
        """The erased households whose files are to be removed."""
        return [row["household_id"] for row in self._run("files_to_remove", {})]

    def files_removed(self, household_id: UUID) -> bool:
        """Nothing is left of a household's files; whether nobody had said so before."""
        return bool(self._run("files_removed", {"id": household_id}))

    def list_for(self, household_id: UUID, what: str, today: date, after: date) -> None:
        """Puts a household into the list of what time will erase, if it does not stand there since
        `after` or later."""
        values = {"id": household_id, "what": what, "today": today, "after": after}
        self._run("list", values)

    def listed_on(self, households: Iterable[UUID], what: str) -> date | None:
        """Since when all of them stand in the list; None if one does not."""
        found = self._run("listed_on", {"ids": list(households), "what": what})
        listed_on: date | None = found[0]["listed_on"]
        return listed_on

    def unlist(self, households: Iterable[UUID], *what: str) -> None:
        """Takes them off the list, in the current transaction."""
        self._run("unlist", {"ids": list(households), "what": list(what)})

    def _run(self, name: str, values: dict[str, object]) -> list[Row]:
        return self._database.statement(self._database.qualified(_SQL[name]), values)
