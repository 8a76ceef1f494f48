"""What the buttons of a request in the making do; before any of it, what was typed is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

from fastapi import Response
from starlette.datastructures import FormData

from api.languages import translate
from api.pages.calling import keyed
from api.pages.drafting import DRAFTS, ITEM, REQUEST, SEARCH, Writing
from api.pages.forms import Filled, command, refused, understood
from api.pages.household_list import known_as, listed, search_words
from api.pages.member_fields import shaped
from api.pages.navigation import REQUESTERS
from api.pages.request_papers import Papers, chosen
from api.pages.request_view import (
    FOUND,
    RequestPage,
    category_of,
    desk_field,
    own_desks,
    who_is_known,
)
from api.pages.say import N_
from api.pages.shell import HEADERS, Shell
from api.problems import problem_for
from api.v1.commands import Call
from api.v1.household_answers import KnownPerson
from api.v1.household_view import HouseholdView
from api.v1.reads import Reads
from api.v1.views import View
from domain.actors import Actor
from domain.errors import DomainError, NotFound
from domain.household import Household
from workflows.commands import RegisterHousehold, RequestDote
from workflows.eventstore.drafts import Drafts
from workflows.households import register_household
from workflows.requests import request_dote

DO, HOUSEHOLD = "do", "household"
"""The buttons: what to do; and with which household to go on."""
NOT_WORDS = N_("Write a number, a name, a tax code or a phone number to look for.")
NOT_YOURS = N_("You may look at this household, and not request for it.")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of somebody's request."""

    page: Shell
    actor: Actor
    reads: Reads
    writing: Writing

    @property
    def drafts(self) -> Drafts:
        """Where drafts are kept."""
        return Drafts(self.page.services.database, self.page.services.vault)

    @property
    def path(self) -> str:
        """The page of the draft."""
        return f"{DRAFTS}{self.writing.id}"

    def kept(self, writing: Writing) -> "Step":
        """The step after the draft was kept like this. Raises NotFound: it was sent meanwhile."""
        now = self.page.services.engine.clock()
        if not writing.keep(self.drafts, now):
            raise NotFound
        return replace(self, writing=replace(writing, saved_at=now))

    def done(self, form: FormData) -> Response:
        """Keeps what was typed and does what the button says."""
        if self._by_itself:
            return self.look_on(form)
        typed = self.writing.typed(form)
        step = self.kept(replace(typed, step=typed.step + 1))
        chosen_id = form.get(HOUSEHOLD)
        if isinstance(chosen_id, str):
            return step.choose(chosen_id)
        return _BUTTONS.get(str(form.get(DO)), Step.look)(step, form)

    @property
    def _by_itself(self) -> bool:
        """Whether the page's script asks, and nobody pressed a button."""
        return "hx-request" in self.page.request.headers

    def look_on(self, form: FormData) -> Response:
        """Keeps what is typed while it is typed; what follows from it, to put into the page."""
        writing = self.writing.typed(form)
        now = self.page.services.engine.clock()
        behind = self.writing.is_behind(form)
        if behind or not writing.keep(self.drafts, now, seen=self.writing.saved_at):
            return Response(status_code=409, headers=HEADERS)
        writing = replace(writing, saved_at=now)
        seen = RequestPage(self.page, self.actor, self.reads, writing, writing.filled)
        other_item = self.writing.texts.get(ITEM.name) != writing.texts.get(ITEM.name)
        return self.page.part("request_saved.html", other_item=other_item, **seen.following())

    def shown(
        self,
        filled: Filled | None = None,
        *,
        status: int = 200,
        known: tuple[KnownPerson, ...] = (),
    ) -> Response:
        """The page. `filled`: as its form came back."""
        seen = RequestPage(
            self.page, self.actor, self.reads, self.writing, filled or self.writing.filled, known
        )
        return self.page.page("request.html", status=status, here=self.path, **seen.values())

    def on(self, writing: Writing, code: str | None = None) -> Response:
        """To the page of the draft, which goes on like this."""
        step = self.kept(writing)
        return self.page.done(step.path, code)

    # Buttons

    def look(self, _: FormData) -> Response:
        """The same page, with what follows from what was typed."""
        return self.page.done(self.path)

    def leave(self, _: FormData) -> Response:
        """To the desk; it goes on later."""
        return self.page.done("/", "draft_kept")

    def throw_away(self, _: FormData) -> Response:
        """Nothing is kept of it."""
        self.drafts.throw_away(self.actor.account_id, self.writing.id)
        return self.page.done("/", "draft_thrown_away")

    def find(self, _: FormData) -> Response:
        """What was looked for; one household that is found alone is chosen."""
        words = search_words(self.writing.texts.get(SEARCH.name, ""))
        if words is None:
            wrong = {SEARCH.name: translate(self.page.language, NOT_WORDS)}
            return self.shown(self.writing.filled.but(**wrong), status=422)
        view = View(self.page.services, self.actor, self.page.language)
        found = listed(view, self.reads, words, FOUND).households
        only = found[0].household if len(found) == 1 else None
        if only is not None and only.erased is None and not known_as(view, words, found):
            return self.choose(str(only.id))
        return self.page.done(self.path)

    def choose(self, household_id: str) -> Response:
        """With a household; where it goes on in another one, with that."""
        try:
            household = self._visible(UUID(household_id))
        except ValueError:
            raise NotFound from None
        if household.merged_into is not None:
            household = self._visible(household.merged_into)
        if self.actor.role_for(REQUESTERS, household.partner) is None:
            wrong = {SEARCH.name: translate(self.page.language, NOT_YOURS)}
            return self.shown(self.writing.filled.but(**wrong), status=403)
        return self.on(replace(self.writing, household_id=household.id, making=False))

    def make(self, _: FormData) -> Response:
        """A household that is not registered yet."""
        return self.on(self.writing.made_new())

    def add_row(self, _: FormData) -> Response:
        """Room for one more person."""
        return self.on(self.writing.compacted().with_row())

    def seek(self, _: FormData) -> Response:
        """Back to looking for a household; the rest of what was typed stays."""
        return self.on(replace(self.writing, household_id=None, making=False))

    def register(self, form: FormData) -> Response:
        """Registers the household, unless somebody of it is known and nobody was told so."""
        step = self.kept(self.writing.compacted())
        writing, language = step.writing, step.page.language
        desks = own_desks(step.page, step.actor)
        fields = writing.fields
        if len(desks) > 1:
            fields = (*fields, desk_field(desks))
        values, filled = understood(writing.filled, fields, language)
        wanted, filled = command(RegisterHousehold, shaped(values), filled, fields, language)
        if wanted is None:
            return step.shown(filled, status=422)
        if str(form.get(DO)) != "register_anyway":
            known = who_is_known(step.page, step.actor, step.reads, wanted.members)
            if known:
                return step.shown(filled, known=known, status=409)
        try:
            call = step.call("household", wanted.model_dump_json())
            made = call.run(lambda work: register_household(work, wanted), wanted)
        except DomainError as error:
            told = refused(filled, error, fields, language)
            return step.shown(told, status=problem_for(error).status)
        going_on = replace(writing, household_id=made.stream_id, making=False)
        return step.on(going_on, "household_registered")

    def send(self, form: FormData) -> Response:
        """Requests the dote, attaches its papers, and goes on to its page."""
        household_id = self.writing.household_id
        if household_id is None:
            return self.page.done(self.path)
        language = self.page.language
        household = self._visible(household_id)
        values, filled = understood(self.writing.filled, REQUEST, language)
        wanted, filled = command(
            RequestDote, self._shaped(values, household), filled, REQUEST, language
        )
        call = self.call("dote", repr(sorted(values.items())))
        papers, filled = chosen(form, filled, call, language)
        if wanted is None or filled.wrong:
            return self.shown(filled, status=422)
        request = wanted
        try:
            outcome = call.run(lambda work: request_dote(work, request), request)
        except DomainError as error:
            told = refused(filled, error, REQUEST, language)
            return self.shown(told, status=problem_for(error).status)
        left_out = Papers(outcome.stream_id, papers).attach(self.call)
        self.drafts.sent(self.actor.account_id, self.writing.id, outcome.stream_id)
        return self.page.done(
            f"/doti/{outcome.stream_id}", "request_without_papers" if left_out else "requested"
        )

    def call(self, what: str, content: str) -> Call:
        """A command of this draft: pressed twice, it is done once."""
        digest = sha256(content.encode()).hexdigest()[:16]
        key = f"draft-{self.writing.id.hex}-{what}-{digest}"
        return keyed(self.page, self.actor, key)

    def _visible(self, household_id: UUID) -> Household:
        view = View(self.page.services, self.actor, self.page.language)
        return HouseholdView(view).visible(household_id)

    def _shaped(self, values: dict[str, object], household: Household) -> dict[str, object]:
        """The values as the command takes them: the category follows from the item."""
        programme = self.page.services.register.programme()
        category = category_of(list(programme.categories.values()), str(values.get("item")))
        told = {"category": category.code} if category else {}
        urgent = bool(values.pop("urgent", None))
        about = {"partner": household.partner, "household_id": household.id}
        return {**values, **about, **told, "urgent": urgent}


_BUTTONS: Mapping[str, Callable[[Step, FormData], Response]] = {
    "find": Step.find,
    "make": Step.make,
    "seek": Step.seek,
    "row": Step.add_row,
    "register": Step.register,
    "register_anyway": Step.register,
    "send": Step.send,
    "leave": Step.leave,
    "throw_away": Step.throw_away,
}
"""What each button does; any other one looks."""
