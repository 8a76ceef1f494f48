"""hot_line: 64 approvers at once on one budget line, with room for nine in ten of them."""

from tests.bench.bulk import dote_id
from tests.bench.figures import Figure, percentile
from tests.bench.office import APPROVED_CENTS, run_commands
from tests.bench.stage import Stage, lines
from tests.bench.supply import ASSESSED, Supply
from tests.register import TestRegister
from workflows import programme
from workflows.commands import Line, Transfer
from workflows.eventstore.blind_index import BlindIndex
from workflows.eventstore.unit_of_work import UnitOfWork

APPROVERS = 64
PROCESSES = 2


def hot_line(stage: Stage) -> list[Figure]:
    """Who comes too late must be told that the line is exceeded, and nobody anything else."""
    count = stage.size(64 * 60, 64 * 10)
    room = count * 9 // 10
    with stage.register(partners=1, categories=2) as register:
        supply = Supply(register, 4 * APPROVERS + 2 * count + 2, ASSESSED)
        with supply.crew(PROCESSES, APPROVERS) as crew:
            supply.rate(crew, "approve", 4 * APPROVERS)
            first = supply.first_of(2 * count)
            _leave(register, room)
            # Lives go to the lines in turns.
            hot = [dote_id(life) for life in range(first, first + 2 * count) if life % 2 == 0]
            seconds, done = run_commands(crew, "approve", hot)
        approved = count - done.failures.total()
    others = done.failures.total() - done.failures["BudgetExceeded"]
    return [
        Figure(
            "hot_line",
            count / seconds,
            "commands/s",
            more={
                "goal": "p99 < 1 s, no failure but BudgetExceeded",
                "threads": APPROVERS,
                "processes": PROCESSES,
                "p50_s": percentile(done.seconds, 50),
                "p99_s": percentile(done.seconds, 99),
                "approved": approved,
                "room": room,
                "failures": dict(done.failures),
                "other_failures": others,
            },
        )
    ]


def _leave(register: TestRegister, room: int) -> None:
    """Moves what the first line has to the second one, but for `room` approvals."""
    source, target = lines(partners=1, categories=2)
    with register.database.transaction():
        index = BlindIndex(register.database, register.vault)
        here = UnitOfWork(register.register, register.vault, index).position(source)
    command = Transfer(
        source=Line(**source.model_dump()),
        target=Line(**target.model_dump()),
        amount_cents=here.available_cents - room * APPROVED_CENTS,
        reason="prova",
    )
    register.run(register.people.coordinator, lambda work: programme.transfer(work, command))
