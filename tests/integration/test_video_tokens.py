"""A video that a platform vouches for in a signed token: made once, by a good token only, which lets nobody in."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwk, jwt

from plaudit.clock import ManualClock
from plaudit.limits import VIDEO_TOKEN_LIFETIME_S_MAX
from plaudit.people.development import AUDIENCE, ISSUER, DevelopmentIssuer
from plaudit.people.model import TokenNotValid
from plaudit.people.telling import NotACreator, PersonUnknown
from plaudit.videos import actions
from plaudit.videos.model import Video
from tests.support.live import Platform, open_platform

HOUR = timedelta(hours=1)


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    async with open_platform(database_url, clock) as opened:
        server = await opened.server()
        assert (await server.put("/v1/people/cleo", json={"roles": ["creator"]})).status_code == 200
        yield opened


def said(platform: Platform, **more: Any) -> dict[str, Any]:
    return {
        "external_id": "v-1",
        "owner_subject": "cleo",
        "title": "Sixty rooftops",
        "duration_ms": 48_000,
        "published_at": platform.clock.now().isoformat(),
    } | more


async def use(platform: Platform, token: str) -> Video:
    house = platform.house
    return await actions.by_token(house.database, house.doorkeeper, token, house.settings, platform.clock)


def signed(platform: Platform, key: Any = None, **claims: Any) -> str:
    """A token with claims of its own; None takes one away."""
    now = int(platform.clock.now().timestamp())
    usual = {"iss": ISSUER, "aud": f"{AUDIENCE}:video", "iat": now, "exp": now + 60, "video": said(platform)}
    key = key or platform.issuer._key
    given = {name: value for name, value in (usual | claims).items() if value is not None}
    return jwt.encode({"alg": "ES256", "kid": platform.issuer._key.kid}, given, key, algorithms=["ES256"])


async def test_a_video_is_made_once_and_follows_newer_tokens(platform: Platform, clock: ManualClock) -> None:
    token = platform.issuer.vouch("video", said(platform), clock, lifetime=HOUR)
    made = await use(platform, token)
    assert (made.external_id, made.title, made.owner_subject, made.state) == (
        "v-1",
        "Sixty rooftops",
        "cleo",
        "published",
    )
    assert await use(platform, token) == made
    clock.advance(timedelta(seconds=10))
    newer = await use(platform, platform.issuer.vouch("video", said(platform, title="Seventy"), clock, lifetime=HOUR))
    assert (newer.id, newer.title) == (made.id, "Seventy")
    assert await use(platform, token) == newer


async def test_what_the_platform_says_later_is_not_undone_by_a_token(platform: Platform, clock: ManualClock) -> None:
    token = platform.issuer.vouch("video", said(platform), clock, lifetime=HOUR)
    await use(platform, token)
    clock.advance(timedelta(seconds=10))
    server = await platform.server("another")
    assert (await server.delete("/v1/videos/by-external-id/v-1")).json()["state"] == "deleted"
    assert (await use(platform, token)).state == "deleted"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"aud": AUDIENCE}, "aud"),
        ({"aud": None}, "aud"),
        ({"iss": "https://other.example"}, "issuer that is not accepted"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "iat"),
        ({"sub": "cleo"}, "subject"),
        ({"video": None}, "video"),
        ({"video": "v-1"}, "video"),
        ({"video": {"external_id": "v-1"}}, "video"),
    ],
)
async def test_a_token_that_says_something_else_is_refused(
    platform: Platform, claims: dict[str, Any], reason: str
) -> None:
    with pytest.raises(TokenNotValid, match=reason):
        await use(platform, signed(platform, **claims))
    with pytest.raises(TokenNotValid, match="told_at"):
        await use(platform, signed(platform, video=said(platform, told_at=platform.clock.now().isoformat())))
    assert (await use(platform, signed(platform))).external_id == "v-1"


async def test_a_token_that_is_over_or_good_for_too_long_is_refused(platform: Platform, clock: ManualClock) -> None:
    now = int(clock.now().timestamp())
    longest = signed(platform, exp=now + VIDEO_TOKEN_LIFETIME_S_MAX)
    with pytest.raises(TokenNotValid, match="more than a day"):
        await use(platform, signed(platform, exp=now + VIDEO_TOKEN_LIFETIME_S_MAX + 1))
    assert (await use(platform, longest)).external_id == "v-1"
    clock.advance(timedelta(days=2))
    with pytest.raises(TokenNotValid, match="expired"):
        await use(platform, longest)


async def test_a_token_of_another_key_is_refused(platform: Platform) -> None:
    foreign = jwk.ECKey.generate_key("P-256", private=True)
    with pytest.raises(TokenNotValid, match="not signed"):
        await use(platform, signed(platform, foreign))
    unknown = DevelopmentIssuer.new().vouch("video", said(platform), platform.clock, lifetime=HOUR)
    with pytest.raises(TokenNotValid, match="does not publish"):
        await use(platform, unknown)


async def test_an_owner_who_may_have_no_videos_is_refused(platform: Platform) -> None:
    await (await platform.viewer("ada")).get("/v1/me")
    for subject, problem in (("nobody", PersonUnknown), ("ada", NotACreator)):
        with pytest.raises(problem):
            await use(platform, signed(platform, video=said(platform, owner_subject=subject)))


async def test_a_token_of_a_video_lets_nobody_in(platform: Platform) -> None:
    for token in (
        signed(platform),
        signed(platform, sub="cleo"),
        signed(platform, aud=[AUDIENCE, f"{AUDIENCE}:video"]),
    ):
        answer = await (await platform.client(token)).get("/v1/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid")
    with pytest.raises(TokenNotValid, match="aud"):
        await use(platform, platform.token("cleo"))
