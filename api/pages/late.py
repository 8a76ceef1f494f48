"""What somebody typed into a draft while their session ran out: it is kept, and nothing is shown.

The form still proves that a page of ours sent it, and whose session that was. The person signs in
again and finds it all there.
"""

from uuid import UUID

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.pages.drafting import DRAFTS, Writing
from api.pages.who import CSRF_FIELD
from api.security import cookies, csrf
from api.wiring import Services
from domain.errors import DomainError
from workflows.eventstore.drafts import Drafts


def is_draft(request: Request) -> bool:
    """Whether it is the form of a draft."""
    return request.method == "POST" and request.url.path.startswith(DRAFTS)


async def keep(request: Request) -> bool:
    """Keeps what was typed, if the session is over by time alone; whether it did."""
    services: Services = request.app.state.services
    public_url = services.settings.public_url
    token = cookies.Cookies(public_url).read(request.scope, cookies.SESSION)
    form = await request.form()
    given = form.get(CSRF_FIELD)
    try:
        draft_id = UUID(request.url.path.removeprefix(DRAFTS))
        csrf.check_origin(request.scope, public_url)
        csrf.check_token(token, given if isinstance(given, str) else None)
    except (ValueError, DomainError):
        return False
    return await run_in_threadpool(_keep, services, str(token), draft_id, form)


def _keep(services: Services, token: str, draft_id: UUID, form: FormData) -> bool:
    account_id = services.sign_in.lapsed(token)
    if account_id is None:
        return False
    drafts, now = Drafts(services.database, services.vault), services.engine.clock()
    found = drafts.own(account_id, draft_id, now)
    if found is None or found.sent_as is not None:
        return False
    return Writing.of(found).typed(form).keep(drafts, now)
