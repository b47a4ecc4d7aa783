"""What is asked of an identity provider, how often, and what is made of its answers. Real HTTP, no database."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from api.errors import AppError, Unauthenticated, Unavailable
from api.openid import AWAY_FOR, LARGEST, LASTS, Client, IdentityProvider, Voyage
from tests import identity_provider as fake
from tests.clock import Clock
from tests.identity_provider import CLIENT_ID, SECRET, providing, rsa_key, signed

BACK = "https://desk.example/login/openid/return"
VOYAGE = Voyage("state", "nonce", "verifier of enough length to be one", "")
DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def provider(clock: Clock) -> Iterator[fake.IdentityProvider]:
    with providing(now=lambda: clock.now.timestamp()) as provider:
        yield provider


@pytest.fixture
def ours(provider: fake.IdentityProvider, clock: Clock) -> IdentityProvider:
    """The provider as the desk sees it."""
    return IdentityProvider(Client(provider.issuer, CLIENT_ID, SECRET, "Acme"), lambda: clock.now)


async def come_back(provider: fake.IdentityProvider, ours: IdentityProvider) -> str:
    """Go there and come back, as a browser does; the answer is whose name the token bears."""
    address = await ours.address(VOYAGE, fake.challenge_of(VOYAGE.verifier), BACK)
    _, headers, _ = provider.answer(address)
    return (await ours.identity(VOYAGE, fake.given_in(headers["location"])["code"], BACK)).subject


async def refused(provider: fake.IdentityProvider, ours: IdentityProvider) -> str:
    with pytest.raises(AppError) as error:
        await come_back(provider, ours)
    return error.value.reason


@pytest.mark.parametrize("ways", [["client_secret_post", "client_secret_basic"], ["client_secret_basic"], None])
async def test_a_code_becomes_an_identity_by_whichever_way_the_provider_takes_the_secret(
    provider: fake.IdentityProvider, ours: IdentityProvider, ways: list[str] | None
) -> None:
    provider.metadata = {"token_endpoint_auth_methods_supported": ways}
    assert await come_back(provider, ours) == fake.SUBJECT


async def test_no_more_is_asked_for_than_an_address(provider: fake.IdentityProvider, ours: IdentityProvider) -> None:
    given = fake.given_in(await ours.address(VOYAGE, "challenge", BACK))
    assert given["scope"] == "openid email"
    assert (given["code_challenge"], given["code_challenge_method"]) == ("challenge", "S256")
    assert VOYAGE.verifier not in str(given)


async def test_an_address_that_has_a_query_already_keeps_it(
    provider: fake.IdentityProvider, ours: IdentityProvider
) -> None:
    provider.metadata = {"authorization_endpoint": f"{provider.issuer}/authorize?realm=staff"}
    given = fake.given_in(await ours.address(VOYAGE, "challenge", BACK))
    assert (given["realm"], given["state"]) == ("staff", "state")


async def test_what_a_provider_says_of_itself_is_asked_for_once_an_hour(
    provider: fake.IdentityProvider, ours: IdentityProvider, clock: Clock
) -> None:
    for _ in range(3):
        await come_back(provider, ours)
    assert (provider.asked[DISCOVERY], provider.asked["/keys"], provider.asked["/token"]) == (1, 1, 3)
    clock.advance(seconds=3601)
    await come_back(provider, ours)
    assert (provider.asked[DISCOVERY], provider.asked["/keys"]) == (2, 2)


async def test_a_new_key_is_found_and_an_unknown_one_asked_for_once_a_minute(
    provider: fake.IdentityProvider, ours: IdentityProvider, clock: Clock
) -> None:
    await come_back(provider, ours)
    clock.advance(seconds=60)
    provider.keys = [rsa_key("second")]
    assert await come_back(provider, ours) == fake.SUBJECT
    assert provider.asked["/keys"] == 2
    secret = rsa_key("nobody's")
    provider.sign = lambda claims: signed(claims, secret)
    for _ in range(3):
        assert await refused(provider, ours) == "openid_refused"
    assert provider.asked["/keys"] == 2
    clock.advance(seconds=60)
    assert await refused(provider, ours) == "openid_refused"
    assert provider.asked["/keys"] == 3


async def test_a_key_that_the_provider_withdrew_is_forgotten_within_the_hour(
    provider: fake.IdentityProvider, ours: IdentityProvider, clock: Clock
) -> None:
    stolen = provider.keys[0]
    await come_back(provider, ours)
    provider.keys = [rsa_key("second")]
    provider.sign = lambda claims: signed(claims, stolen)
    clock.advance(seconds=3601)
    assert await refused(provider, ours) == "openid_refused"


async def test_the_log_says_what_was_wrong_and_quotes_nothing(
    provider: fake.IdentityProvider, ours: IdentityProvider
) -> None:
    with capture_logs() as logged:
        provider.alter = lambda claims: claims | {"aud": "canary-audience"}
        await refused(provider, ours)
        provider.alter = lambda claims: claims | {"nonce": "canary-nonce", "email": "canary@desk.example"}
        await refused(provider, ours)
    assert [entry["why"] for entry in logged] == ["invalid_claim: aud", "invalid_claim: nonce"]
    assert [secret for secret in ("canary", SECRET, VOYAGE.verifier) if secret in str(logged)] == []


async def test_a_code_counts_once(provider: fake.IdentityProvider, ours: IdentityProvider) -> None:
    address = await ours.address(VOYAGE, fake.challenge_of(VOYAGE.verifier), BACK)
    code = fake.given_in(provider.answer(address)[1]["location"])["code"]
    await ours.identity(VOYAGE, code, BACK)
    with pytest.raises(Unauthenticated):
        await ours.identity(VOYAGE, code, BACK)


async def test_a_code_is_no_use_without_the_verifier(provider: fake.IdentityProvider, ours: IdentityProvider) -> None:
    address = await ours.address(VOYAGE, fake.challenge_of("another verifier"), BACK)
    code = fake.given_in(provider.answer(address)[1]["location"])["code"]
    with pytest.raises(Unauthenticated):
        await ours.identity(VOYAGE, code, BACK)


async def test_a_voyage_comes_back_once(ours: IdentityProvider, clock: Clock) -> None:
    ours.spend("one")
    ours.spend("two")
    with pytest.raises(Unauthenticated):
        ours.spend("one")
    clock.advance(seconds=LASTS.total_seconds())
    # By now the voyage itself has ended.
    ours.spend("one")


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://elsewhere.example"},
        {"issuer": None},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"token_endpoint": ""},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "http://[::1/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 7},
        {"padding": "x" * LARGEST},
    ],
    ids=lambda said: next(iter(said)),
)
async def test_a_discovery_document_that_leads_astray_is_not_followed(
    provider: fake.IdentityProvider, ours: IdentityProvider, said: dict[str, object]
) -> None:
    provider.metadata = said
    with pytest.raises(Unavailable):
        await ours.endpoints()


async def test_redirects_are_not_followed(
    provider: fake.IdentityProvider, ours: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = f"{provider.issuer}/elsewhere"
    monkeypatch.setattr(provider, "answer", lambda address: (302, {"location": elsewhere}, b""))
    with pytest.raises(Unavailable):
        await ours.endpoints()
    assert provider.asked["/elsewhere"] == 0


async def test_a_provider_that_is_away_is_left_in_peace_for_a_moment(
    provider: fake.IdentityProvider, ours: IdentityProvider, clock: Clock
) -> None:
    provider.broken = True
    for _ in range(3):
        with pytest.raises(Unavailable):
            await ours.endpoints()
    assert provider.asked[DISCOVERY] == 1
    provider.broken = False
    clock.advance(seconds=AWAY_FOR.total_seconds())
    assert await come_back(provider, ours) == fake.SUBJECT


async def test_a_provider_that_does_not_answer_is_not_waited_for(
    provider: fake.IdentityProvider, ours: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.openid.WITHIN", 0.2)
    with provider.holding_back(), pytest.raises(Unavailable):
        await ours.endpoints()


async def test_a_provider_that_is_gone_is_told_as_away(clock: Clock) -> None:
    with providing() as provider:
        issuer = provider.issuer
    gone = IdentityProvider(Client(issuer, CLIENT_ID, SECRET, "Acme"), lambda: clock.now)
    with pytest.raises(Unavailable) as error:
        await gone.endpoints()
    assert error.value.reason == "openid_away"
    assert timedelta() < error.value.retry_after
