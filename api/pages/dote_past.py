"""Looking back: which version of a dote was known at the end of a day."""

from datetime import date, timedelta
from uuid import UUID

from api.pages.say import N_
from api.pages.typed import Mistyped
from api.v1.views import View
from api.v1.waiting import SETTLING_S, numbered
from api.wiring import Services
from domain.days import beginning_of

NOT_THERE_YET = N_("The dote was not there yet on this day.")
LONG_AGO = date(2000, 1, 1)
FAR_AHEAD = date(2999, 12, 31)


def version_on(services: Services, view: View, dote_id: UUID, day: date) -> int:
    """The version at the end of a day, as the clocks here show it. Raises Mistyped for a day before
    there was one, and NotFound."""
    _, dote = view.visible(dote_id)
    numbered(services, dote_id, dote.version, SETTLING_S)
    if not LONG_AGO <= day <= FAR_AHEAD:
        raise Mistyped(NOT_THERE_YET)
    end = beginning_of(day + timedelta(days=1))
    index = services.register.index_at(end - timedelta(microseconds=1))
    version = services.register.version_at(dote_id, index)
    if version == 0:
        raise Mistyped(NOT_THERE_YET)
    return version
