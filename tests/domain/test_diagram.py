"""The pictures in the documentation show the table that the program decides by."""

import re
from pathlib import Path

import pytest

from domain.diagram import mermaid, table
from domain.lifecycle import TRANSITIONS, Action, State
from tests.diagram import PAGES, drawn


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_documentation_is_drawn_from_the_table(page: Path) -> None:
    text = page.read_text("utf-8")
    assert "```mermaid" in text
    assert drawn(text) == text, "python -m tests.diagram draws it anew"


def test_every_state_and_every_step_is_shown() -> None:
    shown = set(re.findall(r"[a-z_]+(?= -->)|(?<=--> )[a-z_]+", mermaid()))
    assert shown == set(State)
    assert all(f"| {action.replace('_', ' ')} |" in table() for action in Action)
    for action, rule in TRANSITIONS.items():
        assert all(f"`{event}`" in table() for event in rule.events), action


def test_only_states_that_nothing_leads_out_of_are_ends() -> None:
    ends = set(re.findall(r"(\w+) --> \[\*\]", mermaid()))
    assert ends == {State.ACCOUNTED_FOR, State.WITHDRAWN}
