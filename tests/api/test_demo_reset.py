"""The demonstration is taken away, waited for, and stopped."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from api.demo.load import load, made_before
from api.demo.people import sign_ins, tokens_path
from api.demo.reset import StillInUse, reset
from tests.api.demonstration import Place, load_at_now, log_of, nothing
from tests.faults.doti_process import Doti


def test_reset_takes_the_demo_away_and_nothing_else(new_place: Callable[[], Place]) -> None:
    place, neighbour = new_place(), new_place()
    home = place.settings.home
    for each in (place, neighbour):
        with each.opened() as services:
            load_at_now(services, doti=5)
            sign_ins(each.settings.home, services.accounts)
    forgotten = reset(place.database, home)
    assert forgotten
    assert not tokens_path(home).exists()
    with place.opened() as services:
        assert made_before(services.register) is None
        assert services.log.end() == services.sequencer.status().waiting_events == 0
        for household in forgotten:
            services.files.forget(household)
        assert [path.name for path in (home / "files").iterdir()] == [".tmp"]
        load_at_now(services, doti=5, seed=2)
    assert reset(neighbour.database, home / "elsewhere")
    assert tokens_path(neighbour.settings.home).exists()


def test_reset_of_an_empty_register_is_no_change(place: Place) -> None:
    assert reset(place.database, place.settings.home) == []
    with place.opened() as services:
        assert log_of(services) == []


def test_reset_waits_for_those_who_work_with_it(place: Place) -> None:
    with place.opened() as services:
        load_at_now(services, doti=1)
        with pytest.raises(StillInUse, match="stop it"):
            reset(place.database, place.settings.home)
        assert made_before(services.register) is not None


def test_being_told_to_stop_ends_it_cleanly_and_it_goes_on_later(place: Place) -> None:
    with place.opened() as services:
        with Doti("demo", "--no-serve", "--doti", "40", env=place.env()) as stopped:
            stopped.until(lambda: services.sequencer.status().waiting_events > 100)
            assert stopped.stop(signal.SIGINT) == 130, stopped.output()
            assert "Stopped." in stopped.output()
            assert "Traceback" not in stopped.output()
        assert load(services, nothing) == 40
