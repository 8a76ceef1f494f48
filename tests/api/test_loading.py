"""How the program is loaded."""

import gc
from collections.abc import Iterator

import pytest

from api.loading import loading


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    """Other tests of this process find the garbage as it was looked for before."""
    yield
    gc.unfreeze()


def test_what_is_loaded_is_looked_at_no_more() -> None:
    gc.unfreeze()
    with loading():
        assert not gc.isenabled()
        kept = [[n] for n in range(1_000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() > len(kept)


def test_garbage_is_looked_for_again_where_it_cannot_be_loaded() -> None:
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()
