"""`python -m plaudit.sandbox`."""

import sys

from plaudit.sandbox.app import sandbox
from plaudit.settings import SettingsError

try:
    sandbox()
except SettingsError as error:
    sys.exit(f"plaudit: {error}")
