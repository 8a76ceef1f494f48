"""Requests made from the description of the API: right ones, and ones that are nearly right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.api.world import PDF

Json = dict[str, Any]

ODD: Sequence[Any] = (
    *(None, True, 0, -1, 2**63, 1.5, "", " ", "x", "ROCCA", "\0", "'\"--", "<b>", "x" * 300),
    *(
        "2026-02-30",
        [],
        {},
        [None],
        {"a": 1},
        "00000000-0000-0000-0000-000000000000",
        "../..",
        "%00",
    ),
)
"""What programs and people send where something else belongs."""

_LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)
_WAITING = "wait_for"
_MAY_BE_MISSING = st.sampled_from([True, True, True, False])


@dataclass(frozen=True)
class Operation:
    """One method of one address, as the document describes it."""

    method: str
    path: str
    described: Json

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Asked:
    """A request: what httpx takes of it."""

    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


def operations(document: Json) -> list[Operation]:
    """Every operation below /api."""
    return [
        Operation(method.upper(), path, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
        if path.startswith("/api/")
    ]


class Asking:
    """Makes requests. `known`: for each place of an address, values of which some are there."""

    def __init__(self, document: Json, known: Mapping[str, Sequence[str]]) -> None:
        self._schemas = document["components"]["schemas"]
        self._known = known

    def of(self, operation: Operation) -> SearchStrategy[Asked]:
        """Requests for one operation."""
        parameters = operation.described.get("parameters", [])
        by_place = {
            place: {each["name"]: each["schema"] for each in parameters if each["in"] == place}
            for place in ("path", "query", "header")
        }
        return st.builds(
            Asked,
            path=self._path(operation.path, by_place["path"]),
            params=self._texts(by_place["query"]),
            headers=self._headers(by_place["header"]),
            more=self._body(operation),
        )

    def value(self, schema: Json) -> SearchStrategy[Any]:
        """Values that a schema allows, or nearly."""
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"].rsplit("/", 1)[-1]]
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return st.one_of([self.value(each) for each in schema[several]])
        if "enum" in schema or "const" in schema:
            return st.sampled_from(schema.get("enum") or [schema["const"]])
        kinds = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._integer,
        }
        made = kinds.get(schema.get("type", ""))
        if made is not None:
            return made(schema)
        return st.none() if schema.get("type") == "null" else st.booleans()

    def _object(self, schema: Json) -> SearchStrategy[Any]:
        required = set(schema.get("required", ()))
        fields = {name: self._nearly(each) for name, each in schema.get("properties", {}).items()}
        there = {name: made for name, made in fields.items() if name in required}
        maybe = {name: made for name, made in fields.items() if name not in required}
        whole = st.fixed_dictionaries(there, optional=maybe)
        return whole.flatmap(_less_or_more)

    def _array(self, schema: Json) -> SearchStrategy[Any]:
        least = int(schema.get("minItems", 0))
        items = self.value(schema.get("items", {"type": "string"}))
        return st.lists(items, min_size=least, max_size=least + 2)

    def _string(self, schema: Json) -> SearchStrategy[Any]:
        match schema.get("format"):
            case "uuid":
                return st.sampled_from([each for ids in self._known.values() for each in ids])
            case "date":
                return st.dates(date(2025, 1, 1), date(2027, 12, 31)).map(date.isoformat)
            case "date-time":
                return st.datetimes().map(lambda at: f"{at.isoformat()}Z")
        if "pattern" in schema:
            wanted = ["ROCCA", "SSALV", "EMERGENZA", "AFFITTO", "invoice", "bank_transfer"]
            return st.sampled_from(wanted)
        return _LETTERS

    def _integer(self, schema: Json) -> SearchStrategy[Any]:
        least: int = schema["minimum"] if "minimum" in schema else schema.get("exclusiveMinimum", 0)
        return st.integers(least, min(schema.get("maximum", 20_000), least + 20_000))

    def _nearly(self, schema: Json) -> SearchStrategy[Any]:
        right = self.value(schema)
        return st.one_of(right, right, right, right, st.sampled_from(ODD))

    def _path(self, path: str, places: Mapping[str, Json]) -> SearchStrategy[str]:
        values = {name: st.sampled_from(self._known.get(name, ("1", "x"))) for name in places}
        return st.fixed_dictionaries(values).map(
            lambda found: path.format(**{name: quote(each, "") for name, each in found.items()})
        )

    def _texts(self, schemas: Mapping[str, Json]) -> SearchStrategy[dict[str, str]]:
        # Waiting for what never comes is tested elsewhere, once.
        values = {
            name: self._nearly(each).map(str) for name, each in schemas.items() if name != _WAITING
        }
        return st.fixed_dictionaries({}, optional=values)

    def _headers(self, schemas: Mapping[str, Json]) -> SearchStrategy[dict[str, str]]:
        known = {
            "Idempotency-Key": st.one_of(st.uuids().map(str), st.just("again"), st.just("no key")),
            "If-Match": st.sampled_from(['"1"', '"2"', '"999"', "*", "x"]),
        }
        return st.fixed_dictionaries({}, optional={n: known[n] for n in known if n in schemas})

    def _body(self, operation: Operation) -> SearchStrategy[dict[str, Any]]:
        content = operation.described.get("requestBody", {}).get("content", {})
        if "multipart/form-data" in content:
            return self._form(content["multipart/form-data"]["schema"])
        if "application/json" not in content:
            return st.just({})
        described = content["application/json"]
        right = self.value(described["schema"])
        examples = [each["value"] for each in described.get("examples", {}).values()]
        bodies = [right, right, st.sampled_from(ODD)]
        if examples:
            bodies += [st.sampled_from(examples), st.sampled_from(examples).flatmap(_less_or_more)]
        return st.one_of(bodies).map(lambda body: {"json": body})

    def _form(self, schema: Json) -> SearchStrategy[dict[str, Any]]:
        named = self._schemas[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
        texts = {
            name: self._nearly(each).map(str)
            for name, each in named["properties"].items()
            if name != "file"
        }
        content = st.sampled_from([PDF, b"", b"<svg onload=x>", b"MZ" + bytes(60)])
        file = st.tuples(_LETTERS, content, st.just("application/pdf"))
        return st.builds(
            lambda data, sent: {"data": data, "files": {"file": sent}},
            st.fixed_dictionaries({}, optional=texts),
            file,
        )


def _less_or_more(body: Any) -> SearchStrategy[Any]:  # noqa: ANN401  any JSON
    """As it is, mostly; or a field less, or one that nobody knows."""
    if not isinstance(body, dict):
        return st.just(body)
    less = [{n: v for n, v in body.items() if n != gone} for gone in body]
    return st.sampled_from([body, body, body, *less[:3], {**body, "nobody_knows": 1}])


def ids(*known: str) -> Sequence[str]:
    """These, one that nothing has, and one that is none."""
    return (*known, str(UUID(int=7)), "x")
