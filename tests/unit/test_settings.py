"""Settings: where they come from, what they refuse, and that secrets stay secret."""

import inspect
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from plaudit.settings import Settings, SettingsError


def test_defaults_need_no_environment() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert not settings.database_url


def test_variables_are_read() -> None:
    settings = Settings.from_environment(
        {
            "DATABASE_URL": " postgresql://plaudit:secret@db/plaudit ",
            "PLAUDIT_DATA": "/srv/plaudit",
            "PLAUDIT_PUBLIC_URL": "https://coins.example/",
            "PLAUDIT_DATABASE_CONNECTIONS": "3",
        }
    )
    assert settings.database_url.reveal() == "postgresql://plaudit:secret@db/plaudit"
    assert settings.data == Path("/srv/plaudit")
    assert settings.public_url == "https://coins.example"
    assert settings.database_connections == 3


def test_an_empty_variable_is_not_set() -> None:
    assert Settings.from_environment({"PLAUDIT_DATABASE_CONNECTIONS": " "}) == Settings()


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "٣a"])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="PLAUDIT_DATABASE_CONNECTIONS must be a whole number above zero"):
        Settings.from_environment({"PLAUDIT_DATABASE_CONNECTIONS": text})


def test_secrets_are_not_shown() -> None:
    settings = Settings.from_environment({"DATABASE_URL": "postgresql://plaudit:hidden@db/plaudit"})
    assert "hidden" not in f"{settings} {settings!r} {settings.database_url} {settings.database_url!r}"


def test_settings_do_not_change() -> None:
    setting = "data"
    with pytest.raises(FrozenInstanceError):
        setattr(Settings(), setting, Path("elsewhere"))


def test_each_setting_says_what_it_is() -> None:
    source = inspect.getsource(Settings)
    for setting in fields(Settings):
        after = source.split(f"    {setting.name}: ", 1)[1].splitlines()[1]
        assert after.strip().startswith('"""'), f"{setting.name} has no description"
