"""A provider of identities that keeps to the letter (PKCE, client authentication, one use of a code) and can be told to lie."""

import base64
import hashlib
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from deploy.local.polling import wait_until
from deploy.local.ports import free_port
from shared.clock import system_clock
from shared.identity.settings import Provider
from shared.web.forms import fields_of

CLIENT, SECRET = "dondoc", "a secret of tests"
Claims = dict[str, Any]


@dataclass
class Lies:
    """How an ID token differs from what it should be."""

    claims: Claims = field(default_factory=dict)
    is_signed_by_another: bool = False
    algorithm: str = "RS256"


@dataclass
class StrictProvider:
    """Signs in whoever `person` describes, at once."""

    person: Claims
    lies: Lies = field(default_factory=Lies)
    issuer: str = ""
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> FastAPI:
        """Return the provider's web."""
        app = FastAPI(openapi_url=None)
        app.add_api_route("/.well-known/openid-configuration", self._describe)
        app.add_api_route("/authorize", self._authorize, response_class=RedirectResponse)
        app.add_api_route("/token", self._exchange, methods=["POST"], response_model=None)
        app.add_api_route("/keys", lambda: {"keys": [self._key.as_dict(private=False)]})
        return app

    def _describe(self) -> Claims:
        ends = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in (("authorization", "authorize"), ("token", "token"))}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **ends}

    def _authorize(self, request: Request) -> RedirectResponse:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert {"openid", "profile"} <= set(asked["scope"].split())
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return RedirectResponse(asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"], "iss": self.issuer}), 303)

    async def _exchange(self, request: Request) -> Response | Claims:
        said = fields_of(await request.body())
        asked = self._codes.pop(said.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(said.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        ourselves = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        is_right = asked is not None and asked["code_challenge"] == challenge and asked["redirect_uri"] == said["redirect_uri"]
        if asked is None or not is_right or request.headers.get("authorization") != ourselves:
            return Response('{"error": "invalid_grant"}', 400, media_type="application/json")
        return {"access_token": "unused", "token_type": "Bearer", "id_token": await self._sign(asked["nonce"])}

    async def _sign(self, nonce: str) -> str:
        now = int((await system_clock()).timestamp())
        honest = {"iss": self.issuer, "aud": CLIENT, "nonce": nonce, "iat": now, "exp": now + 300, **self.person}
        claims = {name: value for name, value in {**honest, **self.lies.claims}.items() if value is not None}
        if self.lies.algorithm == "none":
            parts = [base64.urlsafe_b64encode(msgspec.json.encode(each)).decode().rstrip("=") for each in ({"alg": "none"}, claims)]
            return ".".join(parts) + "."
        if self.lies.algorithm == "HS256":
            return jwt.encode({"alg": "HS256", "kid": "1"}, claims, OctKey.import_key(SECRET), algorithms=["HS256"])
        key = RSAKey.generate_key(2048, {"kid": "1"}) if self.lies.is_signed_by_another else self._key
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)


def known_as(issuer: str) -> Provider:
    """Return a provider as this installation is told of it."""
    return Provider(issuer, CLIENT, SECRET)


@contextmanager
def foreign_provider(*people: Claims) -> Iterator[str]:
    """Run a provider that others wrote (oidc-provider-mock) for the block; return its issuer."""
    port = free_port()
    told = [argument for person in people for argument in ("--user-claims", msgspec.json.encode(person).decode())]
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true", *told],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    issuer = f"http://127.0.0.1:{port}"
    try:
        wait_until(_answers(issuer), 30, "the provider of identities")
        yield issuer
    finally:
        process.terminate()
        process.wait()


def _answers(issuer: str) -> Callable[[], bool]:
    def answers() -> bool:
        try:
            return httpx.get(f"{issuer}/.well-known/openid-configuration").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    return answers
