"""Settings come from the environment; a wrong one is named in one line, without its value."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import Settings, SettingsError, settings

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)


def test_without_any_variable_the_defaults_hold_and_hold_no_secret() -> None:
    found = settings()
    assert (found.host, found.port, found.home) == ("127.0.0.1", 8000, Path("var"))
    assert (found.database_url, found.master_key) == (None, None)
    assert (found.db_schema, found.log_format, found.pool_size) == ("doti", "auto", 16)
    assert (found.max_upload_bytes, found.max_body_bytes) == (10_485_760, 1_048_576)
    assert (found.lock_timeout_ms, found.statement_timeout_ms) == (5_000, 15_000)


def test_the_defaults_of_the_sign_in() -> None:
    found = settings()
    assert (found.public_url, found.trusted_proxies, found.second_factor) == (None, None, "by_role")
    assert (found.session_idle_s, found.session_s) == (30 * 60, 12 * 3600)
    assert (found.shared_session_idle_s, found.shared_session_s) == (10 * 60, 2 * 3600)
    assert Settings(public_url="https://doti.example.org/").public_url == "https://doti.example.org"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DOTI_PUBLIC_URL", "doti.example.org", "must look like https://"),
        ("DOTI_PUBLIC_URL", "https://doti.example.org/register", "must look like https://"),
        ("DOTI_TRUSTED_PROXIES", "10.0.0.1, proxy", "must be addresses or networks"),
        ("DOTI_TRUSTED_PROXIES", "*", "must be addresses or networks"),
        ("DOTI_SECOND_FACTOR", "never", "DOTI_SECOND_FACTOR"),
        ("DOTI_SESSION_S", "60", "DOTI_SESSION_S"),
        ("DOTI_OIDC_ISSUER", "login.example.org", "must look like https://"),
        ("DOTI_OIDC_ISSUER", "http://login.example.org", "must look like https://"),
        ("DOTI_OIDC_ISSUER", "https://login.example.org?x", "must look like https://"),
        ("DOTI_OIDC_ISSUER", "https://login.example.org", "DOTI_OIDC_CLIENT_ID is needed"),
        ("DOTI_OIDC_CLIENT_SECRET_FILE", "/nowhere/at/all", "must be a file"),
        ("DOTI_OIDC_SECOND_FACTOR", "nobody's", "DOTI_OIDC_SECOND_FACTOR"),
    ],
)
def test_wrong_settings_of_the_sign_in(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said):
        settings()


def test_the_provider_of_identities(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert (settings().oidc_issuer, settings().oidc_second_factor) == (None, "ours")
    assert settings().oidc_secret() is None
    kept = tmp_path / "secret"
    kept.write_text("  \n")
    monkeypatch.setenv("DOTI_OIDC_CLIENT_SECRET_FILE", str(kept))
    with pytest.raises(SettingsError, match="must not be empty"):
        settings()
    kept.write_text("dal file\n")
    monkeypatch.setenv("DOTI_OIDC_ISSUER", "https://login.example.org/realms/rete")
    monkeypatch.setenv("DOTI_OIDC_CLIENT_ID", "doti")
    assert settings().oidc_issuer == "https://login.example.org/realms/rete"
    assert settings().oidc_secret() == "dal file"
    monkeypatch.setenv("DOTI_OIDC_CLIENT_SECRET", "dalla variabile")
    assert settings().oidc_secret() == "dalla variabile"
    assert "variabile" not in repr(settings())


def test_each_variable_is_read_at_the_time_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9001")
    monkeypatch.setenv("DOTI_HOME", "/srv/doti")
    monkeypatch.setenv("DOTI_LOG", "json")
    monkeypatch.setenv("DOTI_MASTER_KEY", KEY)
    found = settings()
    assert (found.port, found.home, found.log_format) == (9001, Path("/srv/doti"), "json")
    assert found.master_key is not None
    assert found.master_key.get_secret_value() == KEY
    monkeypatch.setenv("PORT", "9002")
    assert settings().port == 9002


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("DATABASE_URL", "")
    assert (settings().port, settings().database_url) == (8000, None)


def test_the_home_folder_of_the_person_is_not_taken_for_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/home/anna")
    assert settings().home == Path("var")


def test_settings_can_be_given_by_name_in_code() -> None:
    assert Settings(port=1234, db_schema="net_2").port == 1234


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        settings().port = 1  # type: ignore[misc]


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@db/doti")
    monkeypatch.setenv("DOTI_MASTER_KEY", KEY)
    shown = repr(settings())
    assert "hunter2" not in shown
    assert KEY not in shown


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("PORT", "eighty", "PORT should be a valid integer"),
        ("PORT", "70000", "PORT should be less than or equal to 65535"),
        ("PORT", "-1", "PORT should be greater than or equal to 0"),
        ("DATABASE_URL", "mysql://u:hunter2@db/x", "DATABASE_URL must look like postgresql://"),
        ("DOTI_SCHEMA", "Doti", "DOTI_SCHEMA must be lower-case"),
        ("DOTI_SCHEMA", "doti; drop", "DOTI_SCHEMA must be lower-case"),
        ("DOTI_SCHEMA", "doti\n", "DOTI_SCHEMA must be lower-case"),
        ("DOTI_SCHEMA", "pg_doti", "DOTI_SCHEMA must not begin with pg_"),
        ("DOTI_SCHEMA", "d" * 41, "DOTI_SCHEMA string should have at most 40 characters"),
        ("DOTI_MASTER_KEY", "hunter2", "DOTI_MASTER_KEY must be 32 random bytes in base64"),
        ("DOTI_MASTER_KEY", KEY[4:], "DOTI_MASTER_KEY must be 32 random bytes in base64"),
        ("DOTI_LOG", "xml", "DOTI_LOG should be 'auto', 'json' or 'pretty'"),
        ("DOTI_POOL_SIZE", "0", "DOTI_POOL_SIZE should be greater than or equal to 1"),
    ],
)
def test_a_wrong_value_gives_one_line_that_names_it_and_keeps_it_to_itself(
    variable: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        settings()
    message = str(caught.value)
    assert reason in message
    assert "\n" not in message
    assert "hunter2" not in message


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("DOTI_LOG", "x")
    with pytest.raises(SettingsError, match=r"PORT .*; DOTI_LOG "):
        settings()
