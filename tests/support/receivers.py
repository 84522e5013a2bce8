"""Receivers of webhooks on loopback, good ones and such as fail in every way that one knows; and certificates to serve them by TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from uuid import UUID, uuid5

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.notifications.domain.destinations import Address

LOOPBACK = ip_address("127.0.0.1")
OK = b"HTTP/1.1 204 No Content\r\n\r\n"
_VALID = datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)
_SERIALS = UUID("b7e0a1c2-0c5f-5d0e-9a53-0f6f0a2b6d11")


@dataclass(frozen=True)
class Request:
    """A request as it was received."""

    target: str
    headers: dict[str, str]
    body: bytes


Behaviour = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]
"""What a receiver does with a request; the connection is closed afterwards."""


@dataclass
class Receiver:
    """A server on loopback that keeps what it received, and does with each request what it is told to; the last one stays."""

    behaviours: list[Behaviour] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """See to one connection."""
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            request = await read_request(reader)
            self.requests.append(request)
            behaviour = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
            await behaviour(request, writer)
        with suppress(OSError, ssl.SSLError):
            writer.close()


async def read_request(reader: asyncio.StreamReader) -> Request:
    """Read one request with a body of known length."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(head[0].split(" ")[1], headers, body)


@asynccontextmanager
async def receiving(*behaviours: Behaviour, tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator[Receiver]:
    """Run a receiver; without behaviours it takes everything."""
    receiver = Receiver(list(behaviours) or [answering(OK)])
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            with suppress(asyncio.CancelledError):  # the end of the test: asyncio 3.11 logs a callback that was cancelled
                await receiver.serve(reader, writer)
        finally:
            writer.transport.abort()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
            running.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", port, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in [*running]:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await server.wait_closed()


def answering(answer: bytes) -> Behaviour:
    """Answer with some bytes."""

    async def behave(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return behave


def status(line: str, *headers: str, body: str = "") -> Behaviour:
    """Answer with a status, headers and a short body."""
    head = [f"HTTP/1.1 {line}", *headers, f"Content-Length: {len(body.encode())}", "", body]
    return answering("\r\n".join(head).encode())


async def hang(_request: Request, _writer: asyncio.StreamWriter) -> None:
    """Answer nothing, for ever."""
    await asyncio.Event().wait()


def hanging_after(answer: bytes) -> Behaviour:
    """Answer with some bytes and then nothing more, for ever."""

    async def behave(request: Request, writer: asyncio.StreamWriter) -> None:
        await answering(answer)(request, writer)
        await hang(request, writer)

    return behave


async def reset(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Reset the connection in place of an answer."""
    writer.transport.abort()


async def close_silently(_request: Request, _writer: asyncio.StreamWriter) -> None:
    """Take the request and close the connection without a word."""


def endless_after(answer: bytes) -> Behaviour:
    """Answer with some bytes and a body that never ends."""

    async def behave(request: Request, writer: asyncio.StreamWriter) -> None:
        await answering(answer)(request, writer)
        while True:
            await answering(b"x" * 4096)(request, writer)

    return behave


def dripping(answer: bytes, times: int = 1, seconds: float = 0.1) -> Behaviour:
    """Answer so many times over, byte by byte, so that no single wait is long."""

    async def behave(request: Request, writer: asyncio.StreamWriter) -> None:
        for byte in answer * times:
            await answering(bytes([byte]))(request, writer)
            await asyncio.sleep(seconds)

    return behave


def dripping_after(answer: bytes, more: bytes) -> Behaviour:
    """Answer with some bytes at once, and then with more, byte by byte."""

    async def behave(request: Request, writer: asyncio.StreamWriter) -> None:
        await answering(answer)(request, writer)
        await dripping(more)(request, writer)

    return behave


def resolving(*rounds: Sequence[str]) -> tuple[Callable[[str, int], Awaitable[Sequence[Address]]], list[str]]:
    """Return a resolver that answers each question with the next of some answers (the last one stays), and the names that it was asked."""
    left, asked = [*rounds], list[str]()

    async def resolve(host: str, _port: int) -> Sequence[Address]:
        asked.append(host)
        return [ip_address(each) for each in (left.pop(0) if len(left) > 1 else left[0])]

    return resolve, asked


@dataclass(frozen=True)
class Authority:
    """A certificate authority of a test: `file` is what believes it, `serving` gives contexts for servers."""

    file: Path
    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls, folder: Path) -> "Authority":
        """Return a new authority whose files are in a folder."""
        key, name = ec.generate_private_key(ec.SECP256R1()), _name("Authority of tests")
        made = _builder(name, name, key, "authority").add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
            key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        certificate = made.add_extension(usage, critical=True).sign(key, hashes.SHA256())
        file = folder / "authority.pem"
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(file, folder, key, certificate)

    def serving(self, host: str) -> ssl.SSLContext:
        """Return a server's context with a certificate for a host."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        made = _builder(_name(host), self.certificate.subject, key, host).add_extension(names, critical=False)
        certificate = made.sign(self.key, hashes.SHA256())
        file = self.folder / f"{host}.pem"
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, serial: str) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    begin, end = _VALID
    return builder.serial_number(uuid5(_SERIALS, serial).int >> 1).not_valid_before(begin).not_valid_after(end)
