"""Who somebody in a browser is: a person of the demo, without the page where that is chosen, which the story walks."""

from playwright.sync_api import Page

from plaudit.demo.cast import read_cast
from tests.support.demo import Demo


def become(page: Page, demo: Demo, name: str) -> Page:
    """Sign the page's browser in, and have it read English."""
    cast = read_cast()
    people = {one.name: one.subject for one in [*cast.guests, *cast.creators, cast.operator]}
    page.request.get(f"{demo.address}/people?lang=en")
    signed_in = page.request.post(
        f"{demo.address}/people", form={"subject": people[name], "next": "/"}, max_redirects=0
    )
    assert signed_in.status == 303, signed_in.text()
    return page
