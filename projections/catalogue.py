"""All the projections there are."""

from projections.base import Projection
from projections.coverage.projection import COVERAGE
from projections.doti.projection import DOTI
from projections.figures.projection import FIGURES
from projections.journal.projection import JOURNAL
from projections.ledger.projection import LEDGER
from projections.payments.projection import PAYMENTS
from projections.reconciliation.projection import RECONCILIATION
from projections.retention.projection import RETENTION

PROJECTIONS: dict[str, Projection] = {
    p.name: p
    for p in (LEDGER, DOTI, FIGURES, RETENTION, JOURNAL, PAYMENTS, RECONCILIATION, COVERAGE)
}
