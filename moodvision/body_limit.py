"""The largest request body this site takes in, judged before Django stores a byte of it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SENTENCE = b"This request is too large."


class BodyLimit:
    """Answers 413 to a body over the limit: at once where Content-Length says so, else once so much came.

    The application is then told that the client has gone: Django, which reads the whole body before it
    answers, forgets what came and says nothing.
    """

    def __init__(
        self, application: Callable[[Scope, Receive, Send], Awaitable[None]], limit_bytes: int
    ) -> None:
        self.application = application
        self.limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = _announced_bytes(scope)
        if received <= self.limit_bytes:
            received = 0

            async def counted() -> Message:
                nonlocal received
                message = await receive()
                if message["type"] == "http.request":
                    received += len(message.get("body", b""))
                if received > self.limit_bytes:
                    return {"type": "http.disconnect"}
                return message

            await self.application(scope, counted, send)
        if received > self.limit_bytes:
            await _refuse(send)


def _announced_bytes(scope: Scope) -> int:
    """0 where nothing usable is announced: then the count decides."""
    announced = dict(scope["headers"]).get(b"content-length", b"")
    return int(announced) if announced.isdigit() else 0


async def _refuse(send: Send) -> None:
    """The rest of the body is not waited for: the connection ends."""
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(SENTENCE)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": SENTENCE})
