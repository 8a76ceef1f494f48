"""What can be set from outside, in one place. Read once, at the edge; passed on as values."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.bank_account import compact_bic, compact_iban, is_bic, is_cuc, is_iban

MASTER_KEY_BYTES = 32
KEYS_SUFFIX = "_keys"
"""How the schemas end that hold the keys of registers."""


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message names the setting and the reason."""


class Settings(BaseSettings):
    """The settings of one process, from environment variables (their names are the aliases).

    There are no default secrets: without a master key in the environment, the key is the file
    `keys/master.key` under the home folder.
    """

    # In code a setting goes by the name of its field. From the environment only the exact alias
    # may count: if case did not matter, the variable HOME would be taken for the field `home`.
    model_config = SettingsConfigDict(
        frozen=True,
        case_sensitive=True,
        populate_by_name=True,
        env_ignore_empty=True,
        extra="ignore",
    )

    host: str = Field("127.0.0.1", validation_alias="HOST", description="Address to listen on.")
    port: int = Field(
        8000,
        ge=0,
        le=65535,
        validation_alias="PORT",
        description="TCP port to listen on; 0: any free one.",
    )
    database_url: str | None = Field(
        None,
        repr=False,
        validation_alias="DATABASE_URL",
        description="A PostgreSQL 15 or newer; without it, our own under the home folder.",
    )
    home: Path = Field(
        Path("var"),
        validation_alias="DOTI_HOME",
        description="Folder of everything kept outside the repository: database, files, keys.",
    )
    db_schema: str = Field(
        "doti",
        max_length=40,
        validation_alias="DOTI_SCHEMA",
        description="The PostgreSQL schema of this register; names derived from it need room.",
    )
    master_key: SecretStr | None = Field(
        None,
        validation_alias="DOTI_MASTER_KEY",
        description="32 bytes in base64 that wrap the keys of persons.",
    )
    previous_master_key: SecretStr | None = Field(
        None,
        validation_alias="DOTI_PREVIOUS_MASTER_KEY",
        description="The master key before, while DOTI_MASTER_KEY takes its place.",
    )
    public_url: str | None = Field(
        None,
        max_length=200,
        validation_alias="DOTI_PUBLIC_URL",
        description="Where people reach this register, such as https://doti.example.org.",
    )
    log_format: Literal["auto", "json", "pretty"] = Field(
        "auto",
        validation_alias="DOTI_LOG",
        description="How to log; auto: pretty on a terminal, else JSON.",
    )
    max_upload_bytes: int = Field(
        10 * 1024 * 1024,
        ge=1,
        validation_alias="DOTI_MAX_UPLOAD_BYTES",
        description="Largest file that may be uploaded, in bytes.",
    )
    max_body_bytes: int = Field(
        1024 * 1024,
        ge=1,
        validation_alias="DOTI_MAX_BODY_BYTES",
        description="Largest body of any other request, in bytes.",
    )
    pool_size: int = Field(
        16,
        ge=1,
        le=1000,
        validation_alias="DOTI_POOL_SIZE",
        description="Most connections to the database that one process opens.",
    )
    lock_timeout_ms: int = Field(
        5_000,
        ge=1,
        validation_alias="DOTI_LOCK_TIMEOUT_MS",
        description="Longest wait for a lock in the database, in milliseconds.",
    )
    statement_timeout_ms: int = Field(
        15_000,
        ge=1,
        validation_alias="DOTI_STATEMENT_TIMEOUT_MS",
        description="Longest run of one SQL statement, in milliseconds.",
    )
    deadlines_every_s: int = Field(
        60,
        ge=1,
        le=86_400,
        validation_alias="DOTI_DEADLINES_EVERY_S",
        description="How often deadlines are looked at and reminders sent, in seconds.",
    )
    trusted_proxies: str | None = Field(
        None,
        validation_alias="DOTI_TRUSTED_PROXIES",
        description="Addresses or networks, with commas, whose X-Forwarded-For and -Proto count.",
    )
    second_factor: Literal["by_role", "optional", "required"] = Field(
        "by_role",
        validation_alias="DOTI_SECOND_FACTOR",
        description="Who needs one; by_role: admin, coordinator and finance.",
    )
    session_idle_s: int = Field(
        30 * 60,
        ge=120,
        validation_alias="DOTI_SESSION_IDLE_S",
        description="After so long without a request a session is over, in seconds.",
    )
    session_s: int = Field(
        12 * 3600,
        ge=120,
        validation_alias="DOTI_SESSION_S",
        description="So long a session lasts at most, in seconds.",
    )
    shared_session_idle_s: int = Field(
        10 * 60,
        ge=120,
        validation_alias="DOTI_SHARED_SESSION_IDLE_S",
        description="The same on a computer that several people use.",
    )
    shared_session_s: int = Field(
        2 * 3600,
        ge=120,
        validation_alias="DOTI_SHARED_SESSION_S",
        description="The same on a computer that several people use.",
    )

    erasures_every_s: int = Field(
        3_600,
        ge=1,
        le=86_400,
        validation_alias="DOTI_ERASURES_EVERY_S",
        description="How often it is looked what the time of retention is over of, in seconds.",
    )

    rate_per_minute: int = Field(
        600,
        ge=1,
        validation_alias="DOTI_RATE_PER_MINUTE",
        description="Most requests of one account in a minute, for each process that serves.",
    )
    rate_per_minute_address: int = Field(
        120,
        ge=1,
        validation_alias="DOTI_RATE_PER_MINUTE_ADDRESS",
        description="The same of one address, for requests of nobody who signed in.",
    )
    payer_name: str | None = Field(
        None,
        max_length=70,
        validation_alias="DOTI_PAYER_NAME",
        description="Whose account pays, as the bank knows them.",
    )
    payer_iban: str | None = Field(
        None,
        validation_alias="DOTI_PAYER_IBAN",
        description="The IBAN of that account.",
    )
    payer_bic: str | None = Field(
        None,
        validation_alias="DOTI_PAYER_BIC",
        description="The BIC of its bank.",
    )
    payer_cuc: str | None = Field(
        None,
        validation_alias="DOTI_PAYER_CUC",
        description="The code (CUC) that CBI calls them by: with it there are files in CBI's form.",
    )
    oidc_issuer: str | None = Field(
        None,
        validation_alias="DOTI_OIDC_ISSUER",
        description="A provider of identities to sign in with, such as https://login.example.org.",
    )
    oidc_client_id: str | None = Field(
        None,
        validate_default=True,
        validation_alias="DOTI_OIDC_CLIENT_ID",
        description="Who the register is to that provider.",
    )
    oidc_client_secret: SecretStr | None = Field(
        None,
        validation_alias="DOTI_OIDC_CLIENT_SECRET",
        description="Its secret there; none for a public client.",
    )
    oidc_client_secret_file: Path | None = Field(
        None,
        validation_alias="DOTI_OIDC_CLIENT_SECRET_FILE",
        description="A file with that secret, in the place of the variable.",
    )
    oidc_name: str = Field(
        "SSO",
        max_length=60,
        validation_alias="DOTI_OIDC_NAME",
        description="What the button says.",
    )
    oidc_second_factor: Literal["ours", "theirs"] = Field(
        "ours",
        validation_alias="DOTI_OIDC_SECOND_FACTOR",
        description="theirs: no second factor is asked here of whom the provider says gave one.",
    )

    def oidc_secret(self) -> str | None:
        """The secret of the client at the provider, from the variable or the file."""
        if self.oidc_client_secret is not None:
            return self.oidc_client_secret.get_secret_value()
        path = self.oidc_client_secret_file
        return None if path is None else _secret_in(path)

    @field_validator("payer_iban")
    @classmethod
    def _is_an_iban(cls, value: str | None) -> str | None:
        compact = None if value is None else compact_iban(value)
        if compact is not None and not is_iban(compact):
            raise ValueError("is not an IBAN")
        return compact

    @field_validator("payer_bic")
    @classmethod
    def _is_a_bic(cls, value: str | None) -> str | None:
        compact = None if value is None else compact_bic(value)
        if compact is not None and not is_bic(compact):
            raise ValueError("is not a BIC")
        return compact

    @field_validator("payer_cuc")
    @classmethod
    def _is_a_cuc(cls, value: str | None) -> str | None:
        compact = None if value is None else value.strip().upper()
        if compact is not None and not is_cuc(compact):
            raise ValueError("is not a CUC: eight letters and digits")
        return compact

    @field_validator("oidc_issuer")
    @classmethod
    def _is_an_issuer(cls, value: str | None) -> str | None:
        local = r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/[^?#\s]*)?"
        if value is not None and not re.fullmatch(rf"https://[^?#\s]+|{local}", value, re.ASCII):
            raise ValueError("must look like https://login.example.org (http: on localhost only)")
        return value

    @field_validator("oidc_client_id")
    @classmethod
    def _goes_with_the_issuer(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("oidc_issuer") is not None:
            raise ValueError("is needed with DOTI_OIDC_ISSUER")
        return value

    @field_validator("oidc_client_secret_file")
    @classmethod
    def _holds_a_secret(cls, value: Path | None) -> Path | None:
        try:
            if value is not None and not _secret_in(value):
                raise ValueError("must not be empty")
        except OSError:
            raise ValueError("must be a file that can be read") from None
        return value

    @field_validator("db_schema")
    @classmethod
    def _is_an_identifier(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", value, re.ASCII):
            raise ValueError("must be lower-case letters, digits and _, beginning with a letter")
        if value.startswith("pg_"):
            raise ValueError("must not begin with pg_, which PostgreSQL keeps for itself")
        if value == "information_schema" or value.endswith(KEYS_SUFFIX):
            raise ValueError(f"must not be information_schema, nor end with {KEYS_SUFFIX}")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_a_postgres_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("must look like postgresql://user:password@host:5432/database")
        return value

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not re.fullmatch(r"https?://[a-z0-9.\-\[\]:]+/?", value, re.ASCII):
            raise ValueError("must look like https://doti.example.org, in lower case")
        return value.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, value: str | None) -> str | None:
        for part in (value or "").split(","):
            try:
                if value:
                    ipaddress.ip_network(part.strip())
            except ValueError:
                raise ValueError("must be addresses or networks, with commas between") from None
        return value

    @field_validator("master_key", "previous_master_key")
    @classmethod
    def _is_32_bytes(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        try:
            length = len(base64.b64decode(value.get_secret_value(), validate=True))
        except (binascii.Error, ValueError):
            length = None
        if length != MASTER_KEY_BYTES:
            raise ValueError(f"must be {MASTER_KEY_BYTES} random bytes in base64")
        return value

    @field_validator("previous_master_key")
    @classmethod
    def _has_one_to_change_to(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        if value is not None and info.data.get("master_key") is None:
            raise ValueError("goes with DOTI_MASTER_KEY, which takes its place")
        return value


def _secret_in(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def settings() -> Settings:
    """Read the environment. Raises SettingsError with one line that names every wrong setting."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_in_one_line(error)) from None


def _in_one_line(error: ValidationError) -> str:
    """Name and reason of each wrong setting, without its value, which may be a secret."""
    reasons = (
        f"{_variable(str(problem['loc'][0]))} {_reason(problem['msg'])}"
        for problem in error.errors(include_url=False, include_input=False)
    )
    return "Wrong settings: " + "; ".join(reasons)


def _variable(place: str) -> str:
    """The variable's name; a default that is wrong is told by the name of its field."""
    field = Settings.model_fields.get(place)
    return str(field.validation_alias) if field else place


def _reason(message: str) -> str:
    plain = message.removeprefix("Value error, ").removeprefix("Input ")
    return plain[0].lower() + plain[1:]
