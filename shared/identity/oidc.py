"""OpenID Connect: the authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, section 3.1; RFC 7636).

Who comes back is the account with that issuer and subject. Where there is none, or the account was made from claims before, the claims
say role and unit: `dondoc_role` (operator, issuer_office, unit or auditor) and `dondoc_unit` (a unit's code or id). Claims never make an
administrator; an account that an administrator made with this subject, or made an administrator, stays what it is.
"""

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.clock import system_clock
from shared.errors import UnavailableError
from shared.identity.accounts import Account, account_of, add_external, follow_claims
from shared.identity.audit import record
from shared.identity.principals import PERSON_ROLES, WITH_UNIT, PersonRole, UnauthenticatedError
from shared.identity.queries import QUERIES
from shared.identity.sessions import hash_of
from shared.identity.settings import Provider
from shared.identity.signing_in import Visitor, begin, count_departure, forget_departure
from shared.postgres import Connection, Pool

SCOPE = "openid profile"
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures by keys that only the provider has; never "none", nor one made with a shared secret."""
PENDING = timedelta(minutes=10)
ANSWER_SECONDS = 10.0
METADATA_SECONDS = 600.0
LEEWAY_SECONDS = 60

Json = Mapping[str, Any]
FindUnit = Callable[[str], Awaitable[UUID | None]]


class OpenIdClient:
    """The installation as a client of a provider of identities; what the provider says of itself is remembered for some minutes."""

    def __init__(self, provider: Provider, return_to: str, find_unit: FindUnit) -> None:
        self._provider = provider
        self._return_to = return_to
        self._find_unit = find_unit
        self._metadata: Json = {}
        self._read_at = 0.0

    async def begin(self, pool: Pool, target: str, address: str) -> tuple[str, str]:
        """Return the provider's address to send a browser to, and the state that its cookie holds meanwhile.

        Raises RefusedError (`sign-in-throttled`) where too many went there from an address and did not come back.
        """
        state, nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        now = await system_clock()
        await count_departure(pool, state, address, now)
        metadata = await self._read_metadata()
        await pool.execute(QUERIES["begin_pending"], hash_of(state), nonce, verifier, target, now, now - PENDING)
        challenge = {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
        there = prepare_grant_uri(
            metadata["authorization_endpoint"], self._provider.client_id, "code", redirect_uri=self._return_to, scope=SCOPE, state=state,
            nonce=nonce, **challenge,
        )  # fmt: skip
        return cast("str", there), state

    async def finish(self, pool: Pool, answer: Mapping[str, str], state: str, visitor: Visitor) -> tuple[str, str]:
        """Return a new session's token and where to go on; raises UnauthenticatedError or UnavailableError.

        What answers no sign-in of ours is no failed one: anybody may send any number of those, and the audit log is kept for ever.
        """
        pending = await self._take(pool, answer, state)
        try:
            return await self._enter(pool, answer, pending, visitor)
        except UnauthenticatedError as error:
            detail = {"reason": error.code, "proof": "provider"}
            await record(pool, actor="account:?", action="sign-in-failed", object="account:?", address=visitor.address, detail=detail)
            raise

    async def _enter(self, pool: Pool, answer: Mapping[str, str], pending: Mapping[str, Any], visitor: Visitor) -> tuple[str, str]:
        issuer = answer.get("iss", self._provider.issuer)  # RFC 9207
        if "error" in answer or "code" not in answer or issuer != self._provider.issuer:
            raise UnauthenticatedError("provider-refused", f"the provider answers {answer.get('error', 'without a code')}")
        claims = await self._prove(answer["code"], pending["verifier"], pending["nonce"])
        async with pool.acquire() as connection, connection.transaction():
            account = await self._account_of(connection, claims)
            await forget_departure(connection, answer["state"], visitor.address, pending["began_at"])
            return await begin(connection, account, visitor, "provider"), pending["next"]

    async def _take(self, pool: Pool, answer: Mapping[str, str], state: str) -> Mapping[str, Any]:
        """Return what was kept of the sign-in that this answers; it must come from the browser that began it, once."""
        if not state or not secrets.compare_digest(answer.get("state", "").encode(), state.encode()):
            raise UnauthenticatedError("state-wrong", "this sign-in was not begun in this browser, or too long ago")
        pending = await pool.fetchrow(QUERIES["take_pending"], hash_of(state), await system_clock() - PENDING)
        if pending is None:
            raise UnauthenticatedError("state-wrong", "this sign-in was finished already, or begun too long ago")
        return cast("Mapping[str, Any]", pending)

    async def _prove(self, code: str, verifier: str, nonce: str) -> Json:
        """Exchange a code for the claims of an ID token that is the provider's, for us, and for this sign-in."""
        metadata = await self._read_metadata()
        body = prepare_token_request("authorization_code", code=code, redirect_uri=self._return_to, code_verifier=verifier)
        tokens = await self._ask(metadata["token_endpoint"], body)
        keys = KeySet.import_key_set(cast("Any", await self._ask(metadata["jwks_uri"])))
        return self._claims_of(str(tokens.get("id_token", "")), keys, nonce)

    def _claims_of(self, token: str, keys: KeySet, nonce: str) -> Json:
        """Return the claims of an ID token after the checks of OpenID Connect Core, 3.1.3.7."""
        must: dict[str, Any] = {
            "iss": {"essential": True, "value": self._provider.issuer},
            "aud": {"essential": True, "value": self._provider.client_id},
            "nonce": {"essential": True, "value": nonce},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
        }
        try:
            claims: Json = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            jwt.JWTClaimsRegistry(leeway=LEEWAY_SECONDS, **must).validate(dict(claims))
        except (JoseError, ValueError) as error:
            raise UnauthenticatedError("token-wrong", f"the provider's ID token does not hold: {type(error).__name__}") from error
        audience = claims["aud"]
        is_shared = isinstance(audience, list) and len(audience) > 1
        if claims.get("azp", None if is_shared else self._provider.client_id) != self._provider.client_id:
            raise UnauthenticatedError("token-wrong", "the provider's ID token is for somebody else")
        return claims

    async def _account_of(self, connection: Connection, claims: Json) -> Account:
        row = await connection.fetchrow(QUERIES["find_external"], self._provider.issuer, claims["sub"])
        if row is not None and row["locked_at"] is not None:
            raise UnauthenticatedError("account-locked", "the account is locked")
        if row is not None and (row["made_by"] != self._maker or row["role"] == "administrator"):
            return account_of(row)
        role, unit = await self._role_of(claims)
        full_name = str(claims.get("name") or claims.get("preferred_username") or claims["sub"])
        if row is not None:
            return await follow_claims(connection, account_of(row), full_name, role, unit, by=self._maker)
        return await add_external(connection, self._provider.issuer, str(claims["sub"]), full_name, role, unit, by=self._maker)

    @property
    def _maker(self) -> str:
        return f"provider:{self._provider.issuer}"

    async def _role_of(self, claims: Json) -> tuple[PersonRole, UUID | None]:
        role = next((each for each in PERSON_ROLES if each == claims.get("dondoc_role")), None)
        if role is None or role == "administrator":
            raise UnauthenticatedError("account-unknown", "there is no account for this person, and no claim gives one a role")
        if role not in WITH_UNIT:
            return role, None
        unit = await self._find_unit(str(claims.get("dondoc_unit", "")))
        if unit is None:
            raise UnauthenticatedError("account-unknown", "the claim dondoc_unit names no unit that is registered")
        return role, unit

    async def _read_metadata(self) -> Json:
        now = time.monotonic()
        if not self._metadata or now - self._read_at > METADATA_SECONDS:
            found = await self._ask(f"{self._provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self._provider.issuer:
                raise UnavailableError(f"DONDOC_OIDC_ISSUER is {self._provider.issuer}, but it calls itself {found.get('issuer')}")
            self._metadata, self._read_at = found, now
        return self._metadata

    async def _ask(self, address: str, form: str | None = None) -> Json:
        """Return the JSON that the provider answers: as ourselves where a form is sent; raises UnavailableError."""
        ourselves = (self._provider.client_id, self._provider.client_secret)
        try:
            async with httpx.AsyncClient(timeout=ANSWER_SECONDS, follow_redirects=False) as client:
                if form is None:
                    answer = await client.get(address)
                else:
                    kind = {"Content-Type": "application/x-www-form-urlencoded"}
                    answer = await client.post(address, content=form, headers=kind, auth=ourselves)
                if answer.status_code == httpx.codes.BAD_REQUEST and form is not None:
                    raise UnauthenticatedError("provider-refused", "the provider does not take its own code")
                answer.raise_for_status()
                return cast("Json", answer.json())
        except (httpx.HTTPError, ValueError) as error:
            raise UnavailableError(f"the provider of identities does not answer: {type(error).__name__}") from error
