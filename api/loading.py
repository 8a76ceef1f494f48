"""Where `doti` begins: the program is loaded, and then does what it is told."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def main() -> None:
    """The command line."""
    with loading():
        from api.cli import main as run
    run()


@contextmanager
def loading() -> Iterator[None]:
    """While modules are loaded no garbage is looked for: nearly all that is made is there to stay,
    and a fifth of the time would go into looking at it. Afterwards what is there is left out."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
