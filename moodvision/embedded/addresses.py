"""Where the embedded services of one var folder are reached: computed, nothing is read or started.

Both listen on Unix sockets alone. A socket's path must stay under about 100 characters, so it does not lie
under var/ but in a short private folder that carries a hash of var's path.
"""

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

DATABASE = "moodvision"
SUPERUSER = "postgres"
ROLES = {"owner": "moodvision_owner", "runtime": "moodvision_runtime", "backup": "moodvision_backup"}
POSTGRES_PORT = 5432  # a part of the socket's name; nothing listens on TCP
SYSTEM_FOLDER = Path("/var/lib/moodvision")  # of root's PostgreSQL, which runs as another OS user


def runs_as_root() -> bool:
    return os.geteuid() == 0


def short_name(var_dir: Path) -> str:
    return hashlib.sha256(os.fsencode(var_dir.resolve())).hexdigest()[:12]


def socket_folder(var_dir: Path) -> Path:
    """Private to the user who runs MoodVision."""
    return Path("/tmp") / f"moodvision-{os.geteuid()}-{short_name(var_dir)}"  # noqa: S108  # nosec B108: owner, mode checked


def postgres_folder(var_dir: Path) -> Path:
    """Holds the data. As root a place that PostgreSQL's own OS user can reach."""
    if runs_as_root():
        return SYSTEM_FOLDER / short_name(var_dir)
    return var_dir.resolve() / "embedded" / "postgres"


def postgres_socket_dir(var_dir: Path) -> Path:
    return postgres_folder(var_dir) / "socket" if runs_as_root() else socket_folder(var_dir)


def postgres_port(var_dir: Path) -> int:
    """The same for every var folder: the socket's folder differs."""
    del var_dir
    return POSTGRES_PORT


def database_url(var_dir: Path, role: str, name: str = DATABASE) -> str:
    """`role` is owner, runtime, backup, or postgres (the superuser of the embedded server)."""
    login = SUPERUSER if role == SUPERUSER else ROLES[role]
    host = quote(str(postgres_socket_dir(var_dir)), safe="")
    return f"postgresql://{login}@/{quote(name, safe='')}?host={host}&port={postgres_port(var_dir)}"


def redis_socket(var_dir: Path) -> Path:
    return socket_folder(var_dir) / "redis.sock"


def redis_url(var_dir: Path, db: int = 0) -> str:
    """For redis-py and channels_redis."""
    return f"unix://{redis_socket(var_dir)}?db={db}"


def celery_redis_url(var_dir: Path, db: int = 0) -> str:
    """For Celery, which spells the same address in another way."""
    return f"redis+socket://{redis_socket(var_dir)}?virtual_host={db}"
