"""What all refusals share."""

import inspect
from typing import ClassVar


class DomainError(Exception):
    """The command was refused."""

    code: ClassVar[str] = "validation"

    @property
    def facts(self) -> dict[str, object]:
        """The data of the refusal, as the sentence and the problem document show it."""
        names: dict[str, object] = getattr(self, "__dataclass_fields__", {})
        return {name: getattr(self, name) for name in names}

    @classmethod
    def sentence(cls) -> str:
        """The sentence with its places, before the facts are put in; also the translation key."""
        return " ".join(inspect.cleandoc(cls.__doc__ or "").split())

    def __str__(self) -> str:
        amounts = {
            name: f"{value // 100}.{value % 100:02}"
            for name, value in self.facts.items()
            if name.endswith("_cents") and isinstance(value, int)
        }
        return self.sentence().format(**{**self.facts, **amounts})
