"""The papers that come along with a request: looked at before it is sent, attached right after."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile

from api.languages import Language, refusal_text, translate
from api.pages.drafting import OTHER_KIND
from api.pages.forms import NEEDED, Filled
from api.v1.commands import Call
from api.v1.papers import kept, received
from domain.errors import DomainError
from domain.lifecycle import Action
from domain.text import Word
from workflows.commands import AttachDocument
from workflows.engine import Outcome, Work
from workflows.files import Upload
from workflows.papers import attach_document

PREFIX, OTHER = "file-", "other"
"""A paper's field is named after its kind; one is for any other kind."""
_KIND = TypeAdapter(Word)
Chosen = list[tuple[str, Upload]]


def chosen(form: FormData, filled: Filled, call: Call, language: Language) -> tuple[Chosen, Filled]:
    """The files of a form by their kinds; and the form, with what is wrong with them."""
    found: Chosen = []
    for name, file in _files(form):
        kind = name.removeprefix(PREFIX)
        if kind == OTHER:
            kind = filled.texts.get(OTHER_KIND.name, "")
        try:
            found.append((_KIND.validate_python(kind), received(call, file)))
        except ValidationError:
            filled = filled.but(**{OTHER_KIND.name: translate(language, NEEDED)})
        except DomainError as error:
            filled = filled.but(**{name: refusal_text(error, language)})
    return found, filled


def _files(form: FormData) -> Iterator[tuple[str, UploadFile]]:
    for name, file in form.multi_items():
        if name.startswith(PREFIX) and isinstance(file, UploadFile) and file.filename:
            yield name, file


@dataclass(frozen=True, slots=True)
class Papers:
    """Papers of a dote that was just requested."""

    dote_id: UUID
    chosen: Chosen

    def attach(self, call_for: Callable[[str, str], Call]) -> int:
        """Attaches them; how many were refused. The request stands whatever becomes of them."""
        return sum(not self._attached(call_for, *one) for one in self.chosen)

    def _attached(self, call_for: Callable[[str, str], Call], kind: str, upload: Upload) -> bool:
        command = AttachDocument(kind=kind)
        call = call_for("paper", f"{kind} {upload.sha256}")

        def attach(work: Work) -> Outcome:
            file = kept(call, work, self.dote_id, Action.ATTACH_DOCUMENT, upload)
            return attach_document(work, self.dote_id, command, file)

        try:
            call.run(attach, command, sha256=upload.sha256)
        except DomainError:
            return False
        return True
