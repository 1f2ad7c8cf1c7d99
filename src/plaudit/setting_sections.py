"""Sections of settings: frozen dataclasses, each field a variable of the environment, with words below it."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, get_args, get_type_hints

from plaudit.setting_kinds import Kind, plain


class Section:
    """Settings that a plug-in brings: a frozen dataclass whose fields all have a default.

    The field `url` of a section with the prefix `acme_` is the setting `acme_url`, the variable PLAUDIT_ACME_URL.
    """

    prefix: ClassVar[str]

    @property
    def is_described(self) -> bool:
        """Whether they say enough for what they are of to be offered."""
        raise NotImplementedError


@dataclass(frozen=True)
class Setting:
    """One setting: its name, and the section and field it is kept in."""

    name: str
    section: type[Any]
    field: str
    read: Kind
    default: Any

    @property
    def variable(self) -> str:
        return variable_of(self.name)

    @property
    def words(self) -> str:
        """What is written below it in the code."""
        said = re.split(rf"\n    {self.field}: ", inspect.getsource(self.section))[1].split('"""')[1]
        return " ".join(said.replace("\\\\", "\\").split())


def variable_of(setting: str) -> str:
    return "DATABASE_URL" if setting == "database_url" else f"PLAUDIT_{setting.upper()}"


def settings_of(section: type[Any]) -> list[Setting]:
    """The settings of a section, in the order in which they are written there."""
    hints = get_type_hints(section, include_extras=True)
    return [
        Setting(
            name=f"{section.prefix}{field.name}",
            section=section,
            field=field.name,
            read=(get_args(hints[field.name]) or (None, plain(hints[field.name])))[1],
            default=field.default,
        )
        for field in fields(section)
        if field.metadata.get("is_setting", True)
    ]


def given_to(section: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of values by name that are settings of a section, by field."""
    return {one.field: values[one.name] for one in settings_of(section) if one.name in values}
