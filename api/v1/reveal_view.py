"""Shows who looked at what is masked for them, with their reasons."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from api.security.visibility import FIELDS, MASK, may_read
from api.v1 import access_schemas
from api.v1.views import View
from domain.events.account import DataRevealed


class RevealView:
    """What one person sees of others' reveals."""

    def __init__(self, view: View) -> None:
        self._view = view
        kind = FIELDS[DataRevealed, "reason"].kind
        self._reads_reasons = may_read(view.actor, kind, None)

    def items(self, lines: Iterable[dict[str, Any]]) -> list[access_schemas.Reveal]:
        """Lines of the access log, with the reason that stands in the event of each."""
        return [self._item(line) for line in lines]

    def _item(self, line: dict[str, Any]) -> access_schemas.Reveal:
        details = line.pop("details")
        line.pop("what")
        return access_schemas.Reveal(
            **line,
            reason=self._reason(line["who"].id, details["version"]),
            replayed=bool(details.get("replayed")),
        )

    def _reason(self, account_id: UUID, version: int) -> str | None:
        if not self._reads_reasons:
            return MASK
        services = self._view.services
        event = services.register.event(account_id, version)
        return services.vault.open_field(event, "reason", self._view.keys)
