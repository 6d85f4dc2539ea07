"""A real mail server in a process of its own, for the demonstration and the tests: keeps what it takes as
lines of JSON. Run as `python -m moodvision.demo.mail_server FILE [--port N] [--refuse ADDRESS] ...`.
"""

import argparse
import asyncio
import email
import email.policy
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

READY_SECONDS = 20.0
POLL_SECONDS = 0.05


class Keeper:
    """What the server does with each command (an aiosmtpd handler)."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.options.refuse:
            return "550 5.1.1 no such mailbox"
        if address in self.options.put_off:
            return "450 4.2.0 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(self.options.delay)
        self._keep(envelope)
        if self.options.silent:  # it has taken the mail, and never says so
            await asyncio.sleep(3600)
        return "250 OK"

    def _keep(self, envelope: Any) -> None:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        kept = {
            "at": datetime.now(UTC).isoformat(),
            "to": envelope.rcpt_tos,
            "from": str(mail["From"]),
            "subject": str(mail["Subject"]),
            "id": str(mail["Message-ID"]),
            "body": str(mail.get_content()),
        }
        with self.options.file.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(kept) + "\n")


async def serve(options: argparse.Namespace) -> None:
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Keeper(options), hostname="localhost", loop=loop), "127.0.0.1", options.port
    )
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  the caller reads the port
    await server.serve_forever()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--refuse", action="append", default=[])
    parser.add_argument("--put-off", action="append", default=[])
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--silent", action="store_true")
    return parser.parse_args()


@dataclass(frozen=True)
class MailServer:
    """A running one. `mails` are those it has taken, oldest first."""

    port: int
    file: Path

    @property
    def mails(self) -> list[dict[str, Any]]:
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]

    def wait_for(self, count: int, seconds: float = 10.0) -> list[dict[str, Any]]:
        end = time.monotonic() + seconds
        while len(self.mails) < count and time.monotonic() < end:
            time.sleep(POLL_SECONDS)
        return self.mails


@contextmanager
def running(file: Path, *options: str) -> Iterator[MailServer]:
    """A server process on a free port (or `--port`), until the block is left."""
    command = [sys.executable, "-m", "moodvision.demo.mail_server", str(file), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own command
    try:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        if not line:
            raise RuntimeError("the mail server did not start; its last lines above say why")
        yield MailServer(int(line), file)
    finally:
        process.terminate()
        process.wait(READY_SECONDS)
        if process.stdout is not None:
            process.stdout.close()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
