"""The table of rights as a page of the documentation.

`python -m tests.rights` writes it anew; a test sees to it that nobody forgets.
"""

from pathlib import Path

from api.security.reach_of_all import ACROSS_PARTNERS, QUERIES_OF_ALL
from api.security.right import Anybody, Right
from api.security.rights import RIGHTS
from domain.actors import PEOPLE

PAGE = Path(__file__).parent.parent / "docs" / "rights.md"

_HEAD = """\
# Rights

<!-- written by python -m tests.rights -->

Who may call what, drawn from `api/security/rights.py`: the one table, which every request is held
to before its route runs. What does not stand in it answers nobody. Three more walls stand behind
it:

- what belongs to another partner is not there (404), for whom acts for one partner only;
- `domain/permissions.py` decides on each dote: its state, separation of duties, conflicts of
  interest, delegations ([lifecycle.md](lifecycle.md)); `domain/payee_rights.py` on each payee's
  IBAN: who had a part in what is to be paid to them, conflicts of interest, delegations
  ([finance.md](finance.md));
- the database itself holds back rows of other partners ([operations.md](operations.md)).

● means the role, for whichever partner; ◆ the role for the whole programme only.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, _routes(), "", _queries(), "", _across(), ""])


def _routes() -> str:
    roles = sorted(PEOPLE)
    head = ["| route | " + " | ".join(roles) + " |", "|---|" + ":-:|" * len(roles)]
    rows = [
        f"| `{method} {path}` | {' | '.join(_mark(right, role) for role in roles)} |"
        for (method, path), right in RIGHTS.items()
        if not isinstance(right.who, Anybody)
    ]
    free = [
        f"- `{method} {path}`: {right.who}"
        for (method, path), right in RIGHTS.items()
        if isinstance(right.who, Anybody)
    ]
    return "\n".join([*head, *rows, "", "Without any role:", "", *free])


def _mark(right: Right, role: str) -> str:
    if isinstance(right.who, Anybody) or role not in right.who:
        return ""
    return "●" if right.by_partner else "◆"


def _queries() -> str:
    title = "## Queries over all partners\n\nEvery other one on lists and ledgers takes a scope.\n"
    return "\n".join([title, *(f"- `{name}`: {why}" for name, why in QUERIES_OF_ALL.items())])


def _across() -> str:
    title = "## What sees the rows of all partners, whoever asks\n"
    return "\n".join([title, *(f"- `{name}`: {why}" for name, why in ACROSS_PARTNERS.items())])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
