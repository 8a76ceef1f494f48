"""The application: routes, and what stands around them."""

from importlib.metadata import version
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi

from api import operations, problems, provider
from api.languages import catalogue
from api.metrics import Metrics
from api.middleware import FILES_AT_ONCE, MULTIPART_SLACK_BYTES, BodyLimit, RequestContext
from api.pages import failing
from api.pages.routes import PAGES
from api.pages.static_files import static_files
from api.security import rights
from api.security.authentication import Authentication
from api.security.limits import Limits
from api.security.refused import Refused
from api.v1 import (
    accesses,
    accounts,
    audit,
    bulk,
    copies,
    coverage,
    decisions,
    doti,
    erasures,
    exports,
    households,
    identities,
    ledger,
    own_access,
    papers,
    passkeys,
    payees,
    payment_batches,
    payments,
    people,
    periods,
    policies,
    preview,
    programme,
    proofs,
    receipts,
    reconciliation,
    redactions,
    rendiconti,
    schemas,
    sessions,
    statements,
    statistics,
    tokens,
    trial_balance,
    worklist,
)
from api.wiring import Services

_AREAS = (
    programme,
    policies,
    households,
    erasures,
    doti,
    bulk,
    worklist,
    decisions,
    preview,
    payments,
    payment_batches,
    payees,
    statements,
    papers,
    receipts,
    redactions,
    coverage,
    people,
    accounts,
    tokens,
    ledger,
    trial_balance,
    periods,
    rendiconti,
    audit,
    proofs,
    sessions,
    own_access,
    accesses,
    copies,
    exports,
    statistics,
    passkeys,
    identities,
    provider,
    reconciliation,
)

_DESCRIPTION = """\
A register of *doti per l'inclusione*: small grants that a social desk requests for a household,
from the request to the account given for every cent. Every step is an event.

Money is integer cents. Times are RFC 3339, answered in UTC. Commands take an `Idempotency-Key`
and (on a dote) `If-Match`; every refusal is `application/problem+json`.
"""


def create_app(services: Services) -> FastAPI:
    """The application on these services; it holds no state of its own."""
    catalogue()  # so that a catalogue that cannot be read is found now and not by the first error
    static_files()  # and here a package that is not there
    metrics = Metrics()
    app = FastAPI(
        title="Doti",
        version=version("doti"),
        description=_DESCRIPTION,
        license_info={"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        # These two load their scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(rights.permitted)],
    )
    app.state.services = services
    for area in _AREAS:
        app.include_router(area.router)
    app.include_router(operations.router(services, metrics))
    for page in PAGES:
        app.include_router(page.router)
    problems.install(app, failing.respond)
    _describe(app)
    settings = services.settings
    # The last added is the outermost: ids and log, then sign-in, then the size of the body.
    app.add_middleware(
        BodyLimit,
        multipart=FILES_AT_ONCE * settings.max_upload_bytes + MULTIPART_SLACK_BYTES,
        other=settings.max_body_bytes,
    )
    app.add_middleware(
        Authentication,
        actor_for=services.accounts.actor_for,
        standing=services.sign_in.standing,
        limits=Limits(settings.rate_per_minute, settings.rate_per_minute_address),
        public_url=settings.public_url,
    )
    app.add_middleware(
        RequestContext,
        metrics=metrics,
        respond=failing.respond,
        refused=Refused(services.database, lambda: services.engine.clock()),
    )
    return app


def _describe(app: FastAPI) -> None:
    """Makes the OpenAPI document once, with the problem document among its schemas."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                license_info=app.license_info,
            )
            known = document.setdefault("components", {}).setdefault("schemas", {})
            problem = schemas.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            known |= problem.pop("$defs", {})
            known["Problem"] = problem
            _tell_rights(document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # the framework's own way to do it


def _tell_rights(document: dict[str, Any]) -> None:
    """Says for each operation who may call it: in words, and as `x-roles` for programs."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            right = rights.right_of(method.upper(), path)
            if right is not None:
                operation["description"] += f"\n\n{rights.told(right)}"
                operation["x-roles"] = right.roles
