"""Redis on its socket: our libraries run on it, and a kill loses nothing that was written."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from channels_redis.core import RedisChannelLayer
from kombu import Connection

from moodvision.embedded.redis import RunningRedis
from tests.moodvision.embedded_var import wait_until

pytestmark = pytest.mark.processes


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningRedis]:
    with RunningRedis(tmp_path / "redis") as running:
        yield running


def is_written(client: redis.Redis) -> bool:
    facts = client.info("persistence")
    return (facts["aof_buffer_length"], facts["aof_pending_bio_fsync"]) == (0, 0)


def test_what_was_written_survives_a_kill(server: RunningRedis) -> None:
    with redis.Redis.from_url(server.url) as client:
        for number in range(500):
            client.rpush("doorbells", number)
        wait_until(lambda: is_written(client))  # at once, or up to 2 s on a busy disk
        server.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        server.start()
        assert client.llen("doorbells") == 500


def test_starting_twice_doubles_nothing(server: RunningRedis) -> None:
    pid = server.pid
    server.start()
    assert server.pid == pid


def test_celery_reaches_it(server: RunningRedis) -> None:
    with Connection(server.celery_url) as connection, connection.SimpleQueue("doorbells") as queue:
        queue.put({"clinic": 1})
        message = queue.get(timeout=5)
        message.ack()
    assert message.payload == {"clinic": 1}


def test_the_channel_layer_reaches_it(server: RunningRedis) -> None:
    async def send_and_receive() -> object:
        layer = RedisChannelLayer(hosts=[server.url])
        channel = await layer.new_channel()
        await layer.group_add("clinic", channel)
        await layer.group_send("clinic", {"type": "alert", "seq": 7})
        received = await layer.receive(channel)
        await layer.close_pools()
        return received

    assert asyncio.run(send_and_receive()) == {"type": "alert", "seq": 7}
