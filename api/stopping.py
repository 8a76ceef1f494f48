"""Ends a process cleanly when it is told to: by SIGTERM, Ctrl-C, or its terminal being closed."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import psycopg

_SIGNALS = [
    getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name)
]


class Stopped(BaseException):
    """The process was told to stop. Not an Exception: nobody is to take it for a failure."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal.Signals(signal_number).name)
        self.exit_code = 128 + signal_number


def _silent_about_the_database(unraisable: "sys.UnraisableHookArgs") -> None:
    """A statement that the signal cut off complains of its closed connection when it is thrown
    away; that is no news. Anything else is told as ever."""
    if not isinstance(unraisable.exc_value, psycopg.Error):
        sys.__unraisablehook__(unraisable)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Within the block a signal to stop raises Stopped in the main thread, once.

    So every `with` on the way is left as it should be, and an embedded database is not left
    running. Further signals are ignored: what ends is bounded in time, and being interrupted in
    it would leave something half done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # in a test; signals are the main thread's
        return
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    # Who starts us so that a signal is ignored (nohup) means it.
    known = {number: it for number, it in handlers.items() if it is not signal.SIG_IGN}

    def stop(number: int, _: FrameType | None) -> None:
        for each in known:
            signal.signal(each, signal.SIG_IGN)
        sys.unraisablehook = _silent_about_the_database
        raise Stopped(number)

    for number in known:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)
