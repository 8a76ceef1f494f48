"""The outcome of a verification."""

from dataclasses import dataclass, field, fields

from workflows.audit.findings import Finding, NotADossier


@dataclass(frozen=True)
class Result:
    """What was verified and what was found.

    `size`: events of the newest believable checkpoint, signed at `signed_at` with `key`. `events`:
    how many were read. `trusted`: whether `key` follows from one that the caller trusts; otherwise
    it comes from the file itself, and its fingerprint has to be compared with one that is known.
    """

    what: str = ""
    origin: str = ""
    size: int = 0
    events: int = 0
    checkpoints: int = 0
    signed_at: str | None = None
    root: str | None = None
    key: str | None = None
    trusted: bool = False
    findings: tuple[Finding, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether all that was looked at is proved."""
        return not self.findings

    @property
    def exit_code(self) -> int:
        """0: all proved. 1: something was found. 3: the file is no dossier at all."""
        unusable = any(isinstance(finding, NotADossier) for finding in self.findings)
        return 3 if unusable else int(not self.ok)

    def to_json(self) -> dict[str, object]:
        """As the command line and the API write it."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "findings"}
        found = [finding.to_json() for finding in self.findings]
        return {"ok": self.ok, **plain, "findings": found}
