"""Style, script, icons and fonts: served from here under names that change with what is in them.

Bootstrap Italia and htmx come out of their installed packages; no file is asked for anywhere else.
Everything is read and compressed once, when it is first needed.
"""

import gzip
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import PurePosixPath

PREFIX = "/static/"
FOR_EVER = "public, max-age=31536000, immutable"

_ITALIA = ("design-django-theme", "bootstrap_italia_template/static/")
_HTMX = ("django-htmx", "django_htmx/static/django_htmx/")
_FONT = "fonts/Titillium_Web/titillium-web-v10-latin-ext_latin-{}.woff2"

# Our name → the package, and the path in it. Fonts first: the style sheets name them.
_PACKED: Mapping[str, tuple[tuple[str, str], str]] = {
    "titillium-regular.woff2": (_ITALIA, _FONT.format("regular")),
    "titillium-italic.woff2": (_ITALIA, _FONT.format("italic")),
    "titillium-600.woff2": (_ITALIA, _FONT.format("600")),
    "titillium-700.woff2": (_ITALIA, _FONT.format("700")),
    "roboto-mono.woff2": (
        _ITALIA,
        "fonts/Roboto_Mono/roboto-mono-v13-latin-ext_latin-regular.woff2",
    ),
    "sprites.svg": (_ITALIA, "svg/sprites.svg"),
    "bootstrap-italia.css": (_ITALIA, "css/bootstrap-italia.min.css"),
    "htmx.js": (_HTMX, "htmx-2.min.js"),
}
_OWN = ("doti.css", "doti.js", "passkeys.js", "redact.js", "icon.svg")
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_COMPRESSED = (".css", ".js", ".svg")
_MAP = re.compile(rb"/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*")
# The one font within Bootstrap Italia's style is of a video player that nothing here shows.
_FONT_FACE = re.compile(rb"@font-face\s*\{[^}]*\}")
_URL = re.compile(rb"url\(([a-z0-9.-]+)\)")


class StaticFileMissing(Exception):
    """A package does not bring the file that pages need; `make setup` installs it."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent; `gzipped` None: it would gain nothing."""

    name: str
    media_type: str
    data: bytes
    gzipped: bytes | None


@cache
def static_files() -> Mapping[str, StaticFile]:
    """All files, by the name in their address. Raises StaticFileMissing."""
    return {file.name: file for file in _made().values()}


def address(name: str) -> str:
    """Where a file is found, by its own name (`doti.css`)."""
    return PREFIX + _made()[name].name


@cache
def _made() -> Mapping[str, StaticFile]:
    made: dict[str, StaticFile] = {}
    for name, data in _sources():
        made[name] = _file(name, _MAP.sub(b"", data), lambda other: made[other].name)
    return made


def _sources() -> Iterator[tuple[str, bytes]]:
    for name, ((package, folder), path) in _PACKED.items():
        data = _packed(package, folder + path)
        yield name, _FONT_FACE.sub(b"", data) if name.endswith(".css") else data
    for name in _OWN:
        yield name, files("api.pages").joinpath("static", name).read_bytes()


def _packed(package: str, path: str) -> bytes:
    for known in distribution(package).files or ():
        if known.as_posix() == path:
            return known.read_binary()
    raise StaticFileMissing(f"{package} has no {path}")


def _file(name: str, data: bytes, named: Callable[[str], str]) -> StaticFile:
    path = PurePosixPath(name)
    if path.suffix == ".css":
        data = _URL.sub(lambda found: b"url(%s)" % named(found[1].decode()).encode(), data)
    mark = sha256(data).hexdigest()[:12]
    gzipped = None
    if path.suffix in _COMPRESSED:
        gzipped = gzip.compress(data, compresslevel=9, mtime=0)
    return StaticFile(f"{path.stem}.{mark}{path.suffix}", _MEDIA_TYPES[path.suffix], data, gzipped)
