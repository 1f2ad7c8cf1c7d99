"""The operators' bar: every page stands in one group, and a screen of a phone shows all of them."""

import re
from pathlib import Path

from plaudit.web import pages
from plaudit.web.pages.operator_places import GROUPS

TEMPLATES = Path(pages.__file__).parents[1] / "templates" / "pages"
TABS = [tab for group in GROUPS for tab in group.tabs]
GROUPS_MAX, LABEL_LENGTH_MAX = 6, 8


def test_each_page_with_the_bar_has_its_tab() -> None:
    here = {
        key
        for file in TEMPLATES.glob("*.html")
        for key in re.findall(r'with here = "(\w+)" %}{% include "pages/_operator_tabs', file.read_text("utf-8"))
    }
    assert here == {tab.key for tab in TABS}


def test_a_tab_stands_in_one_group() -> None:
    for of_each in ([tab.key for tab in TABS], [tab.address for tab in TABS], [group.label for group in GROUPS]):
        assert len(of_each) == len(set(of_each))


def test_the_groups_fit_one_line_of_a_phone() -> None:
    assert len(GROUPS) <= GROUPS_MAX
    assert max(len(group.label) for group in GROUPS) <= LABEL_LENGTH_MAX
