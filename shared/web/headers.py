"""Headers that every answer bears: what a browser may load, and that nobody frames the pages."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
"""No inline script or style, nothing from elsewhere, no framing."""

SECURE: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
TRANSPORT = "max-age=31536000; includeSubDomains"


class SecureHeaders:
    """Adds the headers to whatever the app answers; `is_secure` where browsers reach it over https."""

    def __init__(self, app: ASGIApp, *, is_secure: bool) -> None:
        self._app = app
        headers = {**SECURE, "Strict-Transport-Security": TRANSPORT} if is_secure else SECURE
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, with the headers."""

        async def send_secure(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = list(message.get("headers", ()))
                names = {name for name, _ in told}
                message["headers"] = told + [each for each in self._headers if each[0] not in names]
            await send(message)

        await self._app(scope, receive, send_secure if scope["type"] == "http" else send)
