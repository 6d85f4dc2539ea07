from channels.layers import get_channel_layer
from channels_redis.core import RedisChannelLayer
from channels_redis.utils import create_pool


def test_an_idle_socket_waits_longer_for_redis_than_redis_for_a_message() -> None:
    """With both at 5 s, redis-py's default, three of ten idle sockets died within 17 s."""
    layer = get_channel_layer()
    assert isinstance(layer, RedisChannelLayer)

    pool = create_pool(layer.hosts[0])

    assert pool.connection_kwargs["socket_timeout"] >= 2 * layer.brpop_timeout
