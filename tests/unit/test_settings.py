"""Settings: where they come from, what they refuse, and that secrets stay secret."""

import json
import re
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from click.testing import CliRunner

from plaudit.config import config
from plaudit.limits import SETTING_BYTES_MAX
from plaudit.settings import Secret, Settings, SettingsError, known_settings, variable_of

DOCS = Path(__file__).parents[2] / "docs"


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


def test_ways_to_sign_in_are_read() -> None:
    login = "https://live.example/login?back={return_to}"
    settings = Settings.from_environment({"PLAUDIT_CLIENT_SECRETS": "a=1 b=2=3", "PLAUDIT_SIGN_IN_URL": login})
    assert [settings.client_secret(client) for client in ("a", "b", "c")] == ["1", "2=3", None]
    assert settings.sign_in_url == login
    for variable, wrong in (
        ("PLAUDIT_CLIENT_SECRETS", "secret"),
        ("PLAUDIT_CLIENT_SECRETS", "=secret"),
        ("PLAUDIT_SIGN_IN_URL", "https://live.example/login"),
        ("PLAUDIT_SIGN_IN_URL", "/login?back={return_to}"),
        ("PLAUDIT_FRAME_ORIGINS", "live.example"),
        ("PLAUDIT_API_ORIGINS", "*"),
    ):
        with pytest.raises(SettingsError, match=f"^{variable} must be"):
            Settings.from_environment({variable: wrong})


def test_an_empty_variable_is_not_set() -> None:
    assert Settings.from_environment({"PLAUDIT_DATABASE_CONNECTIONS": " "}) == Settings()


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("PLAUDIT_PUBLIC_ULR", ": is it PLAUDIT_PUBLIC_URL?"),
        ("DATABASE_ULR", ": is it DATABASE_URL?"),
        ("DATABASE_URI", ": is it DATABASE_URL?"),
        ("PLAUDIT_DATABASE_URL", ""),
        ("PLAUDIT_ZZZZZZZZZZZZZZ", "$"),
    ],
)
def test_a_name_misspelt_is_refused(variable: str, meant: str) -> None:
    with pytest.raises(
        SettingsError,
        match=f"^{variable} in the environment is no setting of Plaudit{re.escape(meant) if meant != '$' else '$'}",
    ):
        Settings.from_environment({variable: "x"})


def test_what_is_not_ours_is_not_looked_at() -> None:
    others = {
        "TEST_DATABASE_URL": "x",
        "DATABASE_PORT": "x",
        "HOME": "x",
        "DATABASE_URI": "x",
        "DATABASE_URL": " postgres://p ",
    }
    assert Settings.from_environment(others).database_url.reveal() == "postgres://p"


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "٣a"])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="PLAUDIT_DATABASE_CONNECTIONS must be a whole number above zero"):
        Settings.from_environment({"PLAUDIT_DATABASE_CONNECTIONS": text})


@pytest.mark.parametrize(
    ("setting", "text", "words"),
    [
        ("database_url", "mysql://db/plaudit", "must be an address such as postgresql://plaudit@db.example/plaudit"),
        ("public_url", "coins.example", "must be an address with a scheme, such as https://coins.example"),
        ("public_url", "https://", "must be an address with a scheme, such as https://coins.example"),
        ("public_url", "https://coins.example:99999", "must be an address with a scheme"),
        ("public_url", "https://coins.example/?a", "must be an address with a scheme"),
        ("public_url", "https://coins.example/plaudit", "must be an address without a path"),
        ("media_origins", "https://a.example b.example", "must be origins such as https://media.example, and b."),
        ("media_origins", "https://a.example/x", "must be origins"),
        ("default_region", "UK", "must be the code of a country in ISO 3166, like DE"),
        ("refused_countries", "KP UK Iran", "must be codes of countries in ISO 3166: Iran, UK"),
        ("funded_per_day_max", "US=2000", "must be amounts of countries such as US=2000USD, and US=2000 is none"),
        ("funded_per_day_max", "US=2000USX", "must be amounts of countries such as US=2000USD, and US=2000USX is none"),
        ("funded_per_day_max", "US=1USD US=2USD", "must name each country once"),
        ("trusted_proxies", "10.0.0.1/8", "must be networks such as 10.0.0.0/8: 10.0.0.1/8 has host bits set"),
        ("return_hosts", "https://shop.example", "must be hosts such as shop.example, and https://"),
        ("withdrawal_days", "-1", "must be a whole number from 0"),
        ("quote_key", "k" * 31, "must have at least 32 characters"),
        ("seller_code", "Plaudit Inc.", "must be 1 to 20 capital letters and digits"),
        ("sandbox_webhook_secret", "abc", "must be whsec_ and base64 of at least 16 bytes"),
        ("sandbox_webhook_secret", "whsec_äöü", "must be whsec_ and base64 of at least 16 bytes"),
        ("stripe_secret_key", "pk_test_1", "must begin with sk_ or rk_"),
        ("stripe_webhook_secrets", "whsec_1 abc", "must begin with whsec_"),
        ("apple_online_checks", "perhaps", "must be yes or no"),
        ("apple_environment", "sandbox", "must be one of Production, Sandbox"),
        ("country_database", "/nowhere/c.mmdb", "names /nowhere/c.mmdb, which cannot be read: No such file"),
        ("google_service_account_file", "/", "names /, which cannot be read: Is a directory"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_by_name(setting: str, text: str, words: str) -> None:
    variable = variable_of(setting)
    with pytest.raises(SettingsError, match=f"^{variable} {re.escape(words)}"):
        Settings.from_environment({variable: text})


@pytest.mark.parametrize(
    ("setting", "text", "value"),
    [
        ("withdrawal_days", "0", 0),
        ("funded_per_day_max", "US=500USD  JP=90000JPY", "US=500USD JP=90000JPY"),
        ("media_origins", "https://A.example/  http://127.0.0.1:9", "https://a.example http://127.0.0.1:9"),
        ("return_hosts", "Shop.example other.example:8443", "shop.example other.example:8443"),
        ("sandbox_url", "http://127.0.0.1:9/base/", "http://127.0.0.1:9/base"),
        ("sandbox_webhook_secret", "whsec_" + "QUJDREVGR0hJSktMTU5PUA==", Secret("whsec_QUJDREVGR0hJSktMTU5PUA==")),
        ("apple_online_checks", "No", False),
    ],
)
def test_values_are_read_as_what_they_are(setting: str, text: str, value: object) -> None:
    read = Settings.from_environment({variable_of(setting): text})
    assert read == Settings.of_values(**{setting: value}) != Settings()


class TestSources:
    def test_the_first_of_three_counts(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "PLAUDIT_SELLER_NAME").write_text("Credential\n")
        (tmp_path / "PLAUDIT_SELLER_CODE").write_text("CREDENTIAL\n")
        (tmp_path / ".env").write_text(
            "# ours\nexport PLAUDIT_SELLER_NAME=File\nPLAUDIT_SELLER_CODE=FILE\n"
            "PLAUDIT_SELLER_TAX_ID='DE $1'\nOTHER=1\n"
        )
        environment = {"CREDENTIALS_DIRECTORY": str(tmp_path), "PLAUDIT_SELLER_NAME": "Environment"}
        settings = Settings.from_environment(environment)
        assert (settings.seller_name, settings.seller_code, settings.seller_tax_id) == (
            "Environment",
            "CREDENTIAL",
            "DE $1",
        )

    def test_a_file_may_be_named(self, tmp_path: Path) -> None:
        file = tmp_path / "plaudit.env"
        file.write_text("PLAUDIT_SELLER_NAME=Named")
        assert Settings.from_environment({"PLAUDIT_ENV_FILE": str(file)}).seller_name == "Named"

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (None, "cannot be read: No such file"),
            (b"PLAUDIT_SELLER_NAME=\xff", "is not UTF-8"),
            (b"PLAUDIT_SELLER_NMAE=x", "is no setting of Plaudit: is it PLAUDIT_SELLER_NAME?"),
            (b"#" * (SETTING_BYTES_MAX + 1), "is longer than"),
            (b"# ours\nPLAUDIT_SELLER_NAME", "line 2 is not of the form NAME=value"),
            (b"PLAUDIT_SELLER_CODE=A\n\n\nPLAUDIT_SELLER_NAME Ours", "line 4 is not of the form NAME=value"),
        ],
    )
    def test_a_file_that_cannot_hold(self, tmp_path: Path, content: bytes | None, words: str) -> None:
        file = tmp_path / "plaudit.env"
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(SettingsError, match=re.escape(words)) as refused:
            Settings.from_environment({"PLAUDIT_ENV_FILE": str(file)})
        assert str(file) in str(refused.value)

    @pytest.mark.parametrize("there", [True, False])
    def test_credentials_that_cannot_be_read(self, tmp_path: Path, there: bool) -> None:
        folder = tmp_path / "secrets"
        if there:
            folder.touch()
        with pytest.raises(SettingsError, match=f"^CREDENTIALS_DIRECTORY names {folder}, which cannot be read: No"):
            Settings.from_environment({"CREDENTIALS_DIRECTORY": str(folder)})


class TestConfig:
    def test_it_says_what_holds_and_from_where(self) -> None:
        environment = {"PLAUDIT_QUOTE_KEY": "k" * 32, "PLAUDIT_SELLER_NAME": "Ours Ltd"}
        said = CliRunner().invoke(config, ["--set"], env=environment).output
        assert "PLAUDIT_QUOTE_KEY=***  # the environment\n" in said
        assert "PLAUDIT_SELLER_NAME=Ours Ltd  # the environment\n" in said
        assert "PLAUDIT_SELLER_CODE" not in said
        assert "kkk" not in said

    def test_for_programs(self) -> None:
        shown = json.loads(CliRunner().invoke(config, ["--json"], env={"PLAUDIT_SELLER_NAME": "Ours"}).output)
        by_name = {one["variable"]: one for one in shown}
        assert by_name["PLAUDIT_SELLER_NAME"] == {
            "variable": "PLAUDIT_SELLER_NAME",
            "value": "Ours",
            "source": "the environment",
        }
        assert len(by_name) == len(known_settings())

    def test_the_reference_in_the_docs_is_what_it_prints(self) -> None:
        assert (DOCS / "settings.md").read_text() == CliRunner().invoke(config, ["--reference"]).output


def test_what_is_written_names_settings_that_are_some() -> None:
    """Whoever sets another by what is written there is refused by every command."""
    known = {one.variable for one in known_settings()} | {"PLAUDIT_ENV_FILE"}
    acme = "PLAUDIT_ACME_API_KEY"  # of the plug-in that a guide leads through
    folders = (DOCS, DOCS.with_name("examples"))
    files = [DOCS.with_name("README.md"), *(path for folder in folders for path in folder.rglob("*"))]
    texts = {
        path: path.read_text() for path in files if path.suffix in {".md", ".py", ".env", ".conf", ".sh", ".service"}
    }
    named = {
        (path, name)
        for path, text in texts.items()
        for name in re.findall(r"\bPLAUDIT_[A-Z0-9_]*[A-Z0-9]\b(?!_)", text)
    }
    assert {name for _, name in named} > {"PLAUDIT_MANUAL_PAYOUTS", "PLAUDIT_FRAME_ORIGINS"}
    assert {(str(path), name) for path, name in named if name not in known | {acme}} == set()


def test_secrets_are_not_shown() -> None:
    settings = Settings.from_environment({"DATABASE_URL": "postgresql://plaudit:hidden@db/plaudit"})
    assert "hidden" not in f"{settings} {settings!r} {settings.database_url} {settings.database_url!r}"


def test_settings_do_not_change() -> None:
    setting = "data"
    with pytest.raises(FrozenInstanceError):
        setattr(Settings(), setting, Path("elsewhere"))


def test_each_setting_says_what_it_is() -> None:
    assert [one.name for one in known_settings() if not one.words] == []
