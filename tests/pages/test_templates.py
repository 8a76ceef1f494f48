"""Templates say nothing but what the catalogue knows, and load nothing from elsewhere."""

import gzip
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.bars import FULL, bar
from api.pages.static_files import static_files
from api.pages.templating import environment, number_of, sentence
from tests.pages.sentences import TEMPLATES, hard_coded, templates


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.stem)
def test_no_words_of_one_language(path: Path) -> None:
    assert hard_coded(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Ciao</p>",
        '<a aria-label="Chiudi">x</a>',
        '<input type="submit" value="Vai">',
        "<p>{{ 'Ciao' }}</p>",
        "{{ _('Hello') }} mondo",
        '<input placeholder="{{ x }} nome">',
    ],
)
def test_words_of_one_language_are_found(source: str) -> None:
    assert hard_coded(source) != []


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.stem)
def test_no_style_script_or_handler_within_a_page(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"<style|style=|\son[a-z]+=|javascript:", source)
    assert not re.search(r"<script(?![^>]*src=)", source)
    assert not re.search(r"""(src|href|action)=["']?(https?:)?//""", source)


def test_every_template_is_one() -> None:
    for language in ("it", "en"):
        for path in templates():
            environment(language).get_template(path.relative_to(TEMPLATES).as_posix())


def test_values_in_sentences_are_escaped() -> None:
    shown = sentence("it", "rules v{n}", n="<b>")
    assert shown == "regole v&lt;b&gt;"
    assert number_of("it", "{n} day late", "{n} days late", 1) == "in ritardo di 1 giorno"
    assert number_of("en", "{n} event", "{n} events", 18_442) == "18,442 events"
    assert number_of("it", "{n} event", "{n} events", 18_442) == "18.442 eventi"


def test_static_files_name_nobody_else_and_each_other_by_what_is_in_them() -> None:
    files = static_files()
    for file in files.values():
        if file.gzipped is not None:
            assert gzip.decompress(file.gzipped) == file.data
            assert len(file.gzipped) < len(file.data)
        if file.name.endswith(".css"):
            for found in re.findall(rb"url\(([^)]*)\)", file.data):
                named = found.strip(b"\"'").decode()
                assert named.startswith("data:") or named in files, named
        if file.name.endswith((".css", ".js")):
            assert b"sourceMappingURL" not in file.data
            assert b"@import" not in file.data


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=5),
    st.integers(-1, 10**9),
)
def test_parts_of_a_bar_never_overlap_and_never_go_beyond_its_end(
    amounts: list[int], whole: int
) -> None:
    shown = bar([("x", "x", cents) for cents in amounts], whole).parts
    end = 0
    for part, cents in zip(shown, amounts, strict=True):
        assert (part.start, part.cents) == (end, cents)
        assert part.width >= 0
        end += part.width
    assert end <= FULL
    if 0 < whole <= sum(amounts):
        assert end == FULL
