"""A chat's incoming webhook: one line of text as JSON, which Slack, Mattermost and Rocket.Chat take as it is.

Each request is signed with CHAT_WEBHOOK_SECRET, so that a receiver can tell ours from others'; without the
secret the channel is not offered.
"""

import hashlib
import hmac
import json
import time

from django.conf import settings

from clinics.messages import outbound
from clinics.messages.channels.base import Line, Parcel
from clinics.messages.outcomes import Accepted, Gone, NotNow, RefusedForGood

TAKEN = range(200, 300)
NO_MORE = {404, 410}
BUSY = {408, 425, 429}
SERVER_FAILED = 500


class ChatLine(Line):
    @classmethod
    def is_set_up(cls) -> bool:
        return bool(settings.CHAT_WEBHOOK_SECRET)

    def send(self, parcel: Parcel) -> Accepted:
        body = json.dumps({"text": parcel.words.short}).encode()
        headers = {"Content-Type": "application/json", "X-MoodVision-Message": parcel.id.hex}
        headers["X-MoodVision-Signature"] = sign(body)
        answer = outbound.post(parcel.address, body, headers, settings.MESSAGE_PRIVATE_HOSTS)
        if answer.status in TAKEN:
            return Accepted()
        if answer.status in NO_MORE:
            raise Gone("webhook_gone")
        if answer.status in BUSY or answer.status >= SERVER_FAILED:
            raise NotNow("chat_busy")
        raise RefusedForGood("chat_refused")


def sign(body: bytes, at: int | None = None) -> str:
    """`t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>">`: an old request cannot be played again unseen."""
    moment = int(time.time()) if at is None else at
    signed = hmac.new(settings.CHAT_WEBHOOK_SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"
