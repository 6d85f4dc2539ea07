"""Sockets that are refused in the handshake, before anybody is asked who they are, leave an entry too."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError

from clinics import denials, origins
from clinics.access_log import Stranger

logger = logging.getLogger(__name__)
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


class HandshakeLog:
    """Around the check of the origin: a socket that is closed before it was accepted came from elsewhere."""

    def __init__(self, sockets: Application) -> None:
        self.sockets = sockets

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        is_accepted = False

        async def tell(message: Message) -> None:
            nonlocal is_accepted
            is_accepted = is_accepted or message["type"] == "websocket.accept"
            if message["type"] == "websocket.close" and not is_accepted:
                await _log(scope)
            await send(message)

        await self.sockets(scope, receive, tell)


async def _log(scope: Message) -> None:
    asked = denials.Asked(view="alerts_socket", status=403)
    with origins.coming_from(origins.origin_of_socket(scope)):
        try:
            await database_sync_to_async(denials.log_on_platform)(
                asked, by=Stranger(), reason="foreign_origin"
            )
        except (DatabaseError, OSError) as error:
            logger.error("The refusal of a handshake was not logged: %s", type(error).__name__)
