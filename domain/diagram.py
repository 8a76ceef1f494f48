"""The transition table as a picture and as a list, for the documentation."""

from collections import defaultdict
from collections.abc import Iterable

from domain.lifecycle import TRANSITIONS, State


def mermaid() -> str:
    """A state diagram in Mermaid: every step that leads from one state to another one."""
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for action, rule in TRANSITIONS.items():
        label = f"{_words(action)} ({_listed(rule.roles)})"
        for source in sorted(rule.sources):
            for target in rule.leads_to(source):
                arrows[source, target].append(label)
        if not rule.sources:
            arrows.update({("[*]", target): [label] for target in rule.targets})
    lines = [
        f"    {source} --> {target}: {', '.join(labels)}"
        for (source, target), labels in arrows.items()
    ]
    left = {source for source, _ in arrows}
    ends = [f"    {state} --> [*]" for state in State if state not in left]
    return "\n".join(["stateDiagram-v2", *lines, *ends])


def table() -> str:
    """All steps in Markdown: who takes them, when, where they lead, and which events they leave."""
    rows = ["| step | who | when | leads to | events |", "|---|---|---|---|---|"]
    for action, rule in TRANSITIONS.items():
        cells = (
            _words(action),
            _listed(rule.roles),
            _listed(rule.sources) or "at the beginning",
            ", ".join(map(_words, rule.targets)) or "stays",
            ", ".join(f"`{name}`" for name in rule.events),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(_words(name) for name in names))


def _words(name: str) -> str:
    return name.replace("_", " ")
