"""A browser's end of the alert socket, on the real channel layer.

`channels.testing` would do the same, but importing it needs Daphne, which nothing else here uses.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from django.conf import settings

from clinics.models import Membership
from moodvision.asgi import application
from patients.models import Patient
from tests.conftest import signed_in

ORIGIN = settings.SITE_ORIGINS[0]
TIMEOUT_SECONDS = 5
SILENCE_SECONDS = 0.3


class Screen:
    """One open screen. `joined_at`: the number the server named when it had joined, apart from the news."""

    joined_at: int | None = None

    def __init__(self, scope: dict[str, Any]) -> None:
        self.communicator: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]

    async def connect(self) -> bool:
        """Whether the handshake was accepted."""
        await self.communicator.send_input({"type": "websocket.connect"})
        message = await self.communicator.receive_output(TIMEOUT_SECONDS)
        return bool(message["type"] == "websocket.accept")

    async def frame(self) -> dict[str, Any]:
        message = await self._next()
        assert message["type"] == "websocket.send", message
        content: dict[str, Any] = json.loads(message["text"])
        return content

    async def close_code(self) -> int:
        message = await self._next()
        assert message["type"] == "websocket.close", message
        code: int = message["code"]
        return code

    async def hears_nothing(self) -> bool:
        while not await self.communicator.receive_nothing(timeout=SILENCE_SECONDS):
            if not self._is_joining(await self.communicator.receive_output(TIMEOUT_SECONDS)):
                return False
        return True

    async def leave(self) -> None:
        await self.communicator.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.communicator.wait(TIMEOUT_SECONDS)

    async def _next(self) -> dict[str, Any]:
        message: dict[str, Any] = await self.communicator.receive_output(TIMEOUT_SECONDS)
        if self._is_joining(message):
            message = await self.communicator.receive_output(TIMEOUT_SECONDS)
        return message

    def _is_joining(self, message: dict[str, Any]) -> bool:
        content = json.loads(message.get("text") or "{}")
        if content.get("type") != "joined":
            return False
        assert self.joined_at is None
        self.joined_at = content["seq"]
        return True


def cookies_of(person: Membership | Patient | None) -> bytes:
    if person is None:
        return b""
    return "; ".join(f"{name}={morsel.value}" for name, morsel in signed_in(person).cookies.items()).encode()


async def open_screen(
    slug: str, cookies: bytes, *, after: int | str = 0, origin: str = ORIGIN
) -> tuple[Screen, bool]:
    """The screen, and whether the handshake was accepted."""
    screen = Screen(
        {
            "type": "websocket",
            "path": f"/ws/c/{slug}/alerts/",
            "query_string": f"after={after}".encode(),
            "headers": [(b"origin", origin.encode()), (b"cookie", cookies), (b"host", b"localhost")],
            "client": ["127.0.0.1", 50000],
            "subprotocols": [],
        }
    )
    return screen, await screen.connect()


def play(scenario: Callable[[], Awaitable[None]]) -> None:
    """Runs a scenario of screens; the layer's connections are closed before its loop is."""

    async def whole() -> None:
        try:
            async with asyncio.timeout(30):
                await scenario()
        finally:
            await get_channel_layer().close_pools()

    async_to_sync(whole)()
