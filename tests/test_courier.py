"""Carrying letters over a real network: to servers on this machine, and to none that is not allowed."""

import asyncio
import ipaddress
import json
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api import courier
from api.addresses import AddressRules
from api.courier import HttpCourier, Parcel, Receipt, new_secret, sign
from tests.markdown import Page

HERE = AddressRules(allow_loopback=True, public=True)
DOCS = Path(__file__).parent.parent / "docs"
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on this machine; at the end of the block it has finished with everybody."""
    ended: list[asyncio.Event] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended.append(end := asyncio.Event())
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await handler(reader, writer)
        finally:
            writer.transport.abort()
            end.set()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]
    async with asyncio.timeout(30):
        for end in ended:
            await end.wait()


def answering(said: bytes, heard: list[bytes] | None = None) -> Handler:
    """A server that hears one request, and says this."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
        body = await reader.readexactly(length)
        if heard is not None:
            heard.extend([head, body])
        writer.write(said)
        await writer.drain()
        # Until the other side has heard it, and goes.
        if writer.can_write_eof():
            writer.write_eof()
        await reader.read()

    return handle


def letter(url: str, body: str = "{}", *secrets: str) -> Parcel:
    return Parcel("msg_1", url, body, secrets or (new_secret(),), AT)


async def sent(said: bytes, heard: list[bytes] | None = None, path: str = "/in?key=1") -> Receipt:
    async with listening(answering(said, heard)) as port:
        return await HttpCourier(HERE).deliver(letter(f"http://127.0.0.1:{port}{path}", '{"nome":"Zé"}'))


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    """The vector of the reference libraries of Standard Webhooks."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", '{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_the_docs_sample_takes_what_we_send_and_nothing_else() -> None:
    (sample,) = [block.code for block in Page(DOCS / "webhooks.md").blocks if block.language == "python"]
    known: dict[str, Any] = {}
    exec(sample, known)  # noqa: S102 - our own page
    secret, old = new_secret(), new_secret()
    parcel = replace(letter("https://erp.example/", '{"type":"chat.opened"}', secret, old), at=datetime.now(UTC))
    for one in (secret, old):
        known["verify"](one, parcel.headers, parcel.body.encode())
    with pytest.raises(ValueError, match="not signed"):
        known["verify"](new_secret(), parcel.headers, parcel.body.encode())
    with pytest.raises(ValueError, match="not signed"):
        known["verify"](secret, parcel.headers | {"webhook-id": "msg_2"}, parcel.body.encode())
    with pytest.raises(ValueError, match="too old"):
        known["verify"](secret, replace(parcel, at=AT).headers, parcel.body.encode())


async def test_a_letter_arrives_whole_with_its_headers() -> None:
    heard: list[bytes] = []
    receipt = await sent(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", heard)
    assert (receipt.taken, receipt.status_code, receipt.error) == (True, 202, "")
    head, body = heard
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /in?key=1 HTTP/1.1"
    assert "Content-Type: application/json" in lines
    assert "webhook-id: msg_1" in lines
    assert f"webhook-timestamp: {int(AT.timestamp())}" in lines
    assert any(line.startswith("webhook-signature: v1,") for line in lines)
    assert json.loads(body) == {"nome": "Zé"}


@pytest.mark.parametrize(
    ("said", "code", "error"),
    [
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 200, ""),
        (b"HTTP/1.0 204\r\n\r\n", 204, ""),
        (b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n", 302, "refused_status"),
        (b"HTTP/1.1 500 Oops\r\n\r\n", 500, "refused_status"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", None, "not_http"),
        (b"HTTP/1.1\r\n\r\n", None, "not_http"),
        (b"HTTP/1.1 1xx\r\n", None, "not_http"),
        (b"", None, "unreachable"),
        (b"HTTP/1.1 200", None, "unreachable"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 200, None, "not_http"),
        (b"x" * 20_000, None, "unreachable"),
    ],
)
async def test_every_answer_is_told_by_its_status(said: bytes, code: int | None, error: str) -> None:
    receipt = await sent(said)
    assert (receipt.status_code, receipt.error) == (code, error)


async def test_who_does_not_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "WITHIN", timedelta(milliseconds=50))
    asked = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()

    async with listening(handle) as port:
        receipt = await HttpCourier(HERE).deliver(letter(f"http://127.0.0.1:{port}/"))
        assert asked.is_set()
    assert (receipt.status_code, receipt.error) == (None, "timeout")


async def test_where_nobody_listens_nothing_arrives() -> None:
    async with listening(answering(b"")) as port:
        pass
    assert (await HttpCourier(HERE).deliver(letter(f"http://127.0.0.1:{port}/"))).error == "refused"
    assert (await HttpCourier(HERE).deliver(letter("http://nobody.invalid/"))).error == "unknown_name"


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("1.1.1.1", True),
        ("2606:4700::1111", True),
        ("10.1.2.3", False),
        ("192.168.0.1", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - nobody listens there
        ("169.254.169.254", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:0a00:0001::1", False),
        ("10.9.0.1", True),
        ("::ffff:10.9.0.1", True),
    ],
)
def test_public_addresses_and_named_networks_are_allowed_and_nothing_else(address: str, allowed: bool) -> None:
    rules = AddressRules((ipaddress.ip_network("10.9.0.0/16"),), public=True)
    assert rules.allow(ipaddress.ip_address(address)) is allowed


async def test_a_name_is_judged_by_what_it_means_when_something_is_sent() -> None:
    """However it was judged before: a name that meant a public address may mean this machine a moment later."""
    heard: list[bytes] = []
    async with listening(answering(b"HTTP/1.1 200 OK\r\n\r\n", heard)) as port:
        receipt = await HttpCourier(AddressRules(public=True)).deliver(letter(f"https://localhost:{port}/"))
    assert (receipt.error, heard) == ("refused_address", [])


async def test_in_the_clear_only_into_networks_that_the_operator_named() -> None:
    open_to_all = HttpCourier(AddressRules((ipaddress.ip_network("10.9.0.0/16"),), public=True))
    assert (await open_to_all.deliver(letter("http://1.1.1.1/"))).error == "refused_address"
    assert await open_to_all.refuses("http://1.1.1.1/")
    assert not await open_to_all.refuses("https://1.1.1.1/")
    assert not await open_to_all.refuses("http://10.9.0.1/")


@pytest.fixture
async def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for this machine, that nobody else signed."""
    path = tmp_path / "localhost.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(path), "-out", str(tmp_path / "cert.pem")]
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True, timeout=60)
    path.write_text(path.read_text() + (tmp_path / "cert.pem").read_text())
    return path


async def sent_securely(certificate: Path) -> tuple[Receipt, list[bytes]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    heard: list[bytes] = []
    async with listening(answering(b"HTTP/1.1 200 OK\r\n\r\n", heard), context) as port:
        return await HttpCourier(HERE).deliver(letter(f"https://localhost:{port}/")), heard


async def test_a_certificate_that_nobody_signed_is_not_trusted(certificate: Path) -> None:
    receipt, heard = await sent_securely(certificate)
    assert (receipt.error, heard) == ("bad_certificate", [])


async def test_a_receiver_is_known_by_its_name_whatever_address_was_judged(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "_verified", lambda: ssl.create_default_context(cafile=certificate))
    receipt, heard = await sent_securely(certificate)
    assert (receipt.status_code, receipt.error, len(heard)) == (200, "", 2)
