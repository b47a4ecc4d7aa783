"""Signing in by an identity provider, from the link to the session: over HTTP, against a provider on this machine."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from sqlalchemy import select, update
from sqlmodel import col
from starlette.applications import Starlette

from api.context import Context
from api.entrance import COOKIE
from api.models import AuditEntry, Session, User
from api.models.enums import Role
from api.openid import AWAY_FOR
from api.resolvers.openid import shown_link, unlink_identity
from api.resolvers.users import NewUser, UserChange, create_user, update_user
from api.schema.signing_in import TICKET_COOKIE
from tests.clock import Clock
from tests.identity_provider import SUBJECT, IdentityProvider, given_in, providing, unsigned
from tests.people import Desk, person
from tests.running import client_of
from tests.second_factors import next_code, switched_on
from tests.test_headers import require_closed

EMAIL = "ana@desk.example"
ORIGIN = "http://desk.example"
VIEWER = "{ viewer { email identityLinked } }"


@pytest.fixture(autouse=True)
def provider(request: pytest.FixtureRequest, clock: Clock) -> Iterator[IdentityProvider]:
    """The provider that the app of each test is told of."""
    with providing(now=lambda: clock.now.timestamp()) as provider:
        provider.person = {"sub": SUBJECT, "email": EMAIL, "email_verified": True}
        mark = request.node.get_closest_marker("settings")
        given = {"public_url": ORIGIN} | provider.settings | (mark.kwargs if mark else {})
        request.node.add_marker(pytest.mark.settings(**given), append=False)
        yield provider


@pytest.fixture
def desk(app: Starlette, clock: Clock) -> Desk:
    return Desk(app.state.running, clock)


@pytest.fixture
async def ana(desk: Desk) -> User:
    """Somebody who was added, and has not set a password."""
    return (await create_user(desk.system, NewUser(EMAIL, "Ana", Role.SUPERVISOR))).user


@dataclass
class Visitor:
    """A browser that follows the way to the provider and back."""

    client: httpx2.AsyncClient

    async def leave(self, back: str = "") -> str:
        """Where the link leads: the provider's address."""
        answer = await self.client.get("/login/openid", params={"para": back} if back else {})
        assert answer.status_code == 303
        return answer.headers["location"]

    async def arrive(self, address: str) -> str:
        """The provider's page, which leads back: the path of ours that it names."""
        async with httpx2.AsyncClient() as outside:
            location = urlsplit((await outside.get(address)).headers["location"])
        assert f"{location.scheme}://{location.netloc}{location.path}" == f"{ORIGIN}/login/openid/return"
        return f"{location.path}?{location.query}"

    async def come_back(self, path: str) -> str:
        answer = await self.client.get(path)
        assert answer.status_code == 303
        # One way back for each way there.
        assert COOKIE not in self.client.cookies
        return answer.headers["location"]

    async def sign_in(self, back: str = "") -> str:
        """All of it: where one ends up."""
        return await self.come_back(await self.arrive(await self.leave(back)))

    async def ask(self, query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        return (await self.client.post("/graphql", json=body, headers={"origin": ORIGIN})).json()["data"]

    async def viewer(self) -> Any:
        return (await self.ask(VIEWER))["viewer"]


@pytest.fixture
async def visitor(client: httpx2.AsyncClient) -> Visitor:
    return Visitor(client)


@pytest.fixture
async def other(app: Starlette) -> AsyncIterator[Visitor]:
    """Another browser."""
    async with client_of(app) as client:
        yield Visitor(client)


async def sessions_of(desk: Desk, user: User) -> list[Session]:
    async with desk.db.read() as session:
        rows = await session.execute(select(Session).where(col(Session.user_id) == user.id))
        return list(rows.scalars())


async def audited(desk: Desk, action: str) -> list[Any]:
    """What the audit log says of the acts of this name."""
    async with desk.db.read() as session:
        query = select(AuditEntry).where(col(AuditEntry.action) == action).order_by(col(AuditEntry.id))
        return [entry.after for entry in (await session.execute(query)).scalars()]


async def link_of(desk: Desk, user: User) -> tuple[str | None, str | None]:
    found = await desk.user(user.id)
    return found.openid_issuer, found.openid_subject


async def require_refused(desk: Desk, ana: User, visitor: Visitor, reason: str) -> None:
    """Nobody gets in, nothing is linked, and the page learns why."""
    assert await visitor.sign_in() == f"/login/?erro={reason}"
    assert await visitor.viewer() is None
    assert await sessions_of(desk, ana) == []
    assert await link_of(desk, ana) == (None, None)


# Getting in


async def test_somebody_who_exists_here_gets_in_by_a_verified_e_mail(
    desk: Desk, ana: User, visitor: Visitor, provider: IdentityProvider
) -> None:
    assert await visitor.sign_in("/admin/equipe?dia=hoje") == "/login/?para=%2Fadmin%2Fequipe%3Fdia%3Dhoje"
    assert await visitor.viewer() == {"email": EMAIL, "identityLinked": True}
    assert await link_of(desk, ana) == (provider.issuer, SUBJECT)
    assert await audited(desk, "sign_in") == [{"provider": provider.issuer, "linked": SUBJECT}]


async def test_cookies_are_out_of_the_reach_of_scripts_and_of_other_paths(visitor: Visitor, ana: User) -> None:
    left = await visitor.client.get("/login/openid")
    assert "HttpOnly; Max-Age=600; Path=/login/openid; SameSite=lax" in left.headers["set-cookie"]
    back = await visitor.client.get(await visitor.arrive(left.headers["location"]))
    dropped, kept = sorted(back.headers.get_list("set-cookie"))
    assert dropped.startswith(f'{COOKIE}=""')
    assert "HttpOnly" in kept
    assert "SameSite=lax" in kept


@pytest.mark.settings(public_url="https://desk.example")
async def test_behind_tls_cookies_go_over_tls_alone_and_the_way_back_too(visitor: Visitor) -> None:
    answer = await visitor.client.get("/login/openid")
    assert answer.headers["set-cookie"].endswith("; Secure")
    assert given_in(answer.headers["location"])["redirect_uri"] == "https://desk.example/login/openid/return"


async def test_what_is_kept_meanwhile_tells_nothing_and_the_verifier_stays_here(visitor: Visitor) -> None:
    address = await visitor.leave()
    given = given_in(address)
    sealed = visitor.client.cookies[COOKIE]
    assert given["state"] not in sealed
    assert "code_verifier" not in given


async def test_once_linked_it_is_the_subject_that_counts_and_no_address(
    desk: Desk, ana: User, visitor: Visitor, other: Visitor, provider: IdentityProvider
) -> None:
    await visitor.sign_in()
    provider.person = {"sub": SUBJECT, "email": "married@desk.example", "email_verified": False}
    assert await other.sign_in() == "/login/"
    assert (await other.viewer())["email"] == EMAIL
    # Somebody new who was given the old address is somebody else.
    provider.person = {"sub": "auth0|8", "email": EMAIL, "email_verified": True}
    assert await other.sign_in() == "/login/?erro=openid_other"
    assert await link_of(desk, ana) == (provider.issuer, SUBJECT)
    assert len(await sessions_of(desk, ana)) == 2


async def test_an_administrator_unlinks_and_the_next_sign_in_links_anew(
    desk: Desk, ana: User, visitor: Visitor, other: Visitor, provider: IdentityProvider
) -> None:
    boss: Context = await desk.admin()
    await visitor.sign_in()
    unlinked = "mutation ($id: ID!) { unlinkIdentity(userId: $id) { user { identityLinked } userErrors { code } } }"
    refusal = (await visitor.ask(unlinked, id=str(ana.id)))["unlinkIdentity"]["userErrors"]
    assert [error["code"] for error in refusal] == ["FORBIDDEN"]
    await unlink_identity(boss, ana.id)
    assert await visitor.viewer() is None
    assert await link_of(desk, ana) == (None, None)
    provider.person["sub"] = "auth0|8"
    assert await other.sign_in() == "/login/"
    assert await link_of(desk, ana) == (provider.issuer, "auth0|8")


async def test_a_link_to_an_earlier_provider_gives_way_to_the_one_of_now(
    desk: Desk, ana: User, visitor: Visitor, provider: IdentityProvider
) -> None:
    earlier = {"openid_issuer": "https://earlier.example", "openid_subject": "7"}
    async with desk.db.transaction() as tx:
        await tx.session.execute(update(User).where(col(User.id) == ana.id).values(earlier))
    assert await visitor.sign_in() == "/login/"
    assert await link_of(desk, ana) == (provider.issuer, SUBJECT)


async def test_of_two_who_claim_an_account_at_once_one_is_linked(
    desk: Desk, ana: User, visitor: Visitor, other: Visitor, provider: IdentityProvider
) -> None:
    numbers = itertools.count()
    provider.alter = lambda claims: claims | {"sub": f"claimant {next(numbers)}"}
    paths = [await browser.arrive(await browser.leave()) for browser in (visitor, other)]
    ends = await asyncio.gather(visitor.come_back(paths[0]), other.come_back(paths[1]))
    assert sorted(ends) == ["/login/", "/login/?erro=openid_other"]
    (session,) = await sessions_of(desk, ana)
    assert session.user_id == ana.id
    assert (await link_of(desk, ana))[1] in ("claimant 0", "claimant 1")


async def test_one_subject_is_one_person(
    desk: Desk, ana: User, visitor: Visitor, other: Visitor, provider: IdentityProvider
) -> None:
    """Two accounts for whom the provider gives the same name at once: the database itself keeps them apart."""
    bia = (await create_user(desk.system, NewUser("bia@desk.example", "Bia", Role.AGENT))).user
    addresses = itertools.cycle([EMAIL, bia.email])
    provider.alter = lambda claims: claims | {"email": next(addresses)}
    paths = [await browser.arrive(await browser.leave()) for browser in (visitor, other)]
    await asyncio.gather(visitor.come_back(paths[0]), other.come_back(paths[1]))
    linked = [await link_of(desk, ana), await link_of(desk, bia)]
    assert sorted(linked, key=str) == sorted([(None, None), (provider.issuer, SUBJECT)], key=str)


# Whom nobody lets in


async def test_an_address_that_the_provider_has_not_verified_opens_nothing(
    desk: Desk, ana: User, visitor: Visitor, provider: IdentityProvider
) -> None:
    for claims in ({"email_verified": False}, {"email": None}, {"email_verified": None}):
        provider.person = {"sub": SUBJECT, "email": EMAIL, "email_verified": True} | claims
        await require_refused(desk, ana, visitor, "openid_unverified")


async def test_the_unknown_and_the_inactive_hear_the_same_and_nobody_is_made(
    desk: Desk, ana: User, visitor: Visitor, provider: IdentityProvider
) -> None:
    await update_user(await desk.admin(), ana.id, UserChange(active=False))
    await require_refused(desk, ana, visitor, "openid_unknown")
    provider.person["email"] = "nobody@desk.example"
    await require_refused(desk, ana, visitor, "openid_unknown")


async def test_a_linked_person_who_was_deactivated_hears_no_more_than_a_stranger(
    desk: Desk, ana: User, visitor: Visitor
) -> None:
    await visitor.sign_in()
    await update_user(await desk.admin(), ana.id, UserChange(active=False))
    assert await visitor.viewer() is None
    assert await visitor.sign_in() == "/login/?erro=openid_unknown"


async def test_a_token_that_shows_nothing_opens_nothing(
    desk: Desk, ana: User, visitor: Visitor, provider: IdentityProvider
) -> None:
    provider.sign = unsigned
    await require_refused(desk, ana, visitor, "openid_refused")
    provider.sign, provider.alter = None, lambda claims: claims | {"nonce": "of another sign-in"}
    await require_refused(desk, ana, visitor, "openid_refused")


async def test_who_declines_at_the_provider_is_told_so(
    desk: Desk, ana: User, visitor: Visitor, provider: IdentityProvider
) -> None:
    provider.refuses = True
    await require_refused(desk, ana, visitor, "openid_refused")
    assert provider.asked["/token"] == 0


async def test_a_provider_that_is_away_is_said_in_words(visitor: Visitor, provider: IdentityProvider) -> None:
    provider.broken = True
    answer = await visitor.client.get("/login/openid", params={"para": "/admin/"})
    assert answer.headers["location"] == "/login/?erro=openid_away&para=%2Fadmin%2F"


@pytest.mark.settings(oidc_issuer="", oidc_client_id="", oidc_client_secret=None)
async def test_without_a_provider_there_is_no_way_in_by_one(visitor: Visitor) -> None:
    assert (await visitor.ask("{ identityProvider }"))["identityProvider"] is None
    answer = await visitor.client.get("/login/openid")
    assert answer.headers["location"] == "/login/?erro=openid_off"
    assert await visitor.come_back("/login/openid/return?code=1&state=2") == "/login/?erro=openid_again"


async def test_each_answer_on_the_way_closes_doors_and_is_kept_nowhere(ana: User, visitor: Visitor) -> None:
    left = await visitor.client.get("/login/openid")
    require_closed(left, "/login/openid")
    back = await visitor.client.get(await visitor.arrive(left.headers["location"]))
    require_closed(back, "/login/openid/return")
    assert [answer.headers["cache-control"] for answer in (left, back)] == ["no-store", "no-store"]


async def test_anybody_may_know_what_the_provider_is_called(visitor: Visitor) -> None:
    assert (await visitor.ask("{ identityProvider }"))["identityProvider"] == "Acme"


# Ways back that nobody went


async def test_a_way_back_leads_nowhere_in_another_browser(
    desk: Desk, ana: User, visitor: Visitor, other: Visitor, provider: IdentityProvider
) -> None:
    path = await visitor.arrive(await visitor.leave())
    assert await other.come_back(path) == "/login/?erro=openid_again"
    await other.leave()
    assert await other.come_back(path) == "/login/?erro=openid_again"
    assert provider.asked["/token"] == 0
    assert await sessions_of(desk, ana) == []


async def test_a_way_back_counts_once_even_with_its_cookie(
    desk: Desk, ana: User, visitor: Visitor, provider: IdentityProvider
) -> None:
    path = await visitor.arrive(await visitor.leave())
    cookie = visitor.client.cookies[COOKIE]
    assert await visitor.come_back(path) == "/login/"
    again = await visitor.client.get(path, headers={"cookie": f"{COOKIE}={cookie}"})
    assert again.headers["location"] == "/login/?erro=openid_again"
    assert provider.asked["/token"] == 1
    assert len(await sessions_of(desk, ana)) == 1


async def test_a_way_back_ends_after_ten_minutes(ana: User, visitor: Visitor, clock: Clock) -> None:
    path = await visitor.arrive(await visitor.leave())
    clock.advance(seconds=601)
    assert await visitor.come_back(path) == "/login/?erro=openid_again"


@pytest.mark.parametrize(
    "change", [{"state": "x"}, {"state": ""}, {"state": "é"}, {"code": ""}, {"iss": "https://e.x"}]
)
async def test_a_way_back_that_was_tampered_with_leads_nowhere(
    ana: User, visitor: Visitor, provider: IdentityProvider, change: dict[str, str]
) -> None:
    path, _, query = (await visitor.arrive(await visitor.leave())).partition("?")
    location = await visitor.come_back(f"{path}?{urlencode(dict(parse_qsl(query)) | change)}")
    assert location in ("/login/?erro=openid_again", "/login/?erro=openid_refused")
    assert provider.asked["/token"] == 0


@pytest.mark.parametrize("cookie", ["", "x", "test1.", "test1.AAAA", "nokey.AAAA", "test1.é"])
async def test_a_cookie_that_we_did_not_seal_is_worth_nothing(visitor: Visitor, cookie: str) -> None:
    headers = [(b"cookie", f"{COOKIE}={cookie}".encode())]
    answer = await visitor.client.get("/login/openid/return?code=1&state=2", headers=headers)
    assert answer.headers["location"] == "/login/?erro=openid_again"


async def test_another_thing_that_we_sealed_is_no_voyage(desk: Desk, visitor: Visitor) -> None:
    sealed = desk.running.services.vault.seal("52998224725")
    answer = await visitor.client.get("/login/openid/return?code=1&state=", headers={"cookie": f"{COOKIE}={sealed}"})
    assert answer.headers["location"] == "/login/?erro=openid_again"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_whatever_address_is_given_only_our_own_page_is_redirected_to(
    ana: User, visitor: Visitor, back: str
) -> None:
    """What the page then makes of it is its own matter: web/tests/routes.test.ts."""
    location = urlsplit(await visitor.sign_in(back))
    assert (location.scheme, location.netloc, location.path) == ("", "", "/login/")


async def test_a_way_of_any_length_is_not_carried_along(ana: User, visitor: Visitor) -> None:
    assert await visitor.sign_in("/admin/" + "x" * 600) == "/login/"


async def test_failures_from_one_address_have_to_wait(ana: User, visitor: Visitor, provider: IdentityProvider) -> None:
    provider.sign = unsigned
    ends = [await visitor.sign_in() for _ in range(31)]
    assert set(ends[:30]) == {"/login/?erro=openid_refused"}
    assert ends[30] == "/login/?erro=too_many_requests"
    assert provider.asked["/token"] == 30


async def test_a_provider_that_is_away_is_nobodys_failure(
    ana: User, visitor: Visitor, provider: IdentityProvider, clock: Clock
) -> None:
    for _ in range(31):
        back = await visitor.arrive(await visitor.leave())
        provider.broken = True
        assert await visitor.come_back(back) == "/login/?erro=openid_away"
        provider.broken = False
        clock.advance(seconds=AWAY_FOR.total_seconds())
    await visitor.sign_in()
    assert await visitor.viewer() is not None


# The second factor

CONFIRM = "mutation ($code: String!) { confirmSignIn(code: $code) { viewer { email } userErrors { code } } }"


async def with_factor(desk: Desk, ana: User) -> str:
    """Ana sets up an app: its secret."""
    secret, _ = await switched_on(desk, await signed_in(desk, ana))
    return secret


async def signed_in(desk: Desk, ana: User) -> Context:
    """Ana, by a session of her own."""
    services = desk.running.services
    password_hash = await services.passwords.hash("a long enough secret")
    async with desk.db.transaction() as tx:
        await tx.session.execute(update(User).where(col(User.id) == ana.id).values(password_hash=password_hash))
    return await desk.signed_in(ana.email)


async def test_who_has_a_second_factor_is_asked_for_it_and_linked_only_then(
    desk: Desk, ana: User, visitor: Visitor, provider: IdentityProvider
) -> None:
    secret = await with_factor(desk, ana)
    assert await visitor.sign_in("/admin/") == "/login/?etapa=codigo&para=%2Fadmin%2F"
    assert await visitor.viewer() is None
    assert await link_of(desk, ana) == (None, None)
    wrong = (await visitor.ask(CONFIRM, code="000000"))["confirmSignIn"]
    assert [error["code"] for error in wrong["userErrors"]] == ["INVALID"]
    right = (await visitor.ask(CONFIRM, code=next_code(desk, secret)))["confirmSignIn"]
    assert right == {"viewer": {"email": EMAIL}, "userErrors": []}
    assert await link_of(desk, ana) == (provider.issuer, SUBJECT)
    told = {"second_factor": "app", "provider": provider.issuer, "linked": SUBJECT}
    assert (await audited(desk, "sign_in"))[-1] == told
    assert TICKET_COOKIE not in visitor.client.cookies


async def test_who_gave_several_factors_at_the_provider_is_not_asked_again(
    desk: Desk, ana: User, visitor: Visitor, provider: IdentityProvider
) -> None:
    await with_factor(desk, ana)
    provider.person["amr"] = ["pwd", "mfa"]
    assert await visitor.sign_in() == "/login/"
    assert (await visitor.viewer())["email"] == EMAIL


async def test_a_ticket_ends_when_somebody_else_is_linked_meanwhile(
    desk: Desk, ana: User, visitor: Visitor, other: Visitor, provider: IdentityProvider
) -> None:
    secret = await with_factor(desk, ana)
    await visitor.sign_in()
    provider.person |= {"sub": "auth0|8", "amr": ["mfa"]}
    assert await other.sign_in() == "/login/"
    late = (await visitor.ask(CONFIRM, code=next_code(desk, secret)))["confirmSignIn"]
    assert [error["code"] for error in late["userErrors"]] == ["INVALID"]
    assert await link_of(desk, ana) == (provider.issuer, "auth0|8")


@pytest.mark.settings(second_factor_roles="SUPERVISOR")
async def test_a_role_that_needs_a_second_factor_needs_one_of_ours(
    desk: Desk, ana: User, visitor: Visitor, provider: IdentityProvider
) -> None:
    provider.person["amr"] = ["mfa"]
    assert await visitor.sign_in() == "/login/"
    answer = await visitor.ask("{ secondFactor { since required } }")
    assert answer["secondFactor"] == {"since": None, "required": True}
    refused = await visitor.ask("{ users { totalCount } }")
    assert refused is None


async def test_what_others_may_not_know_is_not_told_of_a_link(desk: Desk, ana: User, visitor: Visitor) -> None:
    await visitor.sign_in()
    peer = await desk.agent("tecnico")
    row = await desk.user(ana.id)
    assert shown_link(peer, row) is None
    assert shown_link(await desk.admin(), row) is True
    assert shown_link(await desk.admin(), await desk.user(person(peer).user_id)) is False
