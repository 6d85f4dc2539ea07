"""The keeper: a detached process that starts the servers leases ask for and stops them when none is left.

One per var folder. It outlives the last lease by a few seconds. If it is killed, the next command (or the end
of the present one) starts another, which adopts what still runs.
"""

import logging
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from moodvision.embedded import leases, locks
from moodvision.embedded.kept import Kept, both
from moodvision.embedded.place import Place

LINGER_SECONDS = 3.0  # a command that follows soon finds the servers warm
IDLE_TICK, BUSY_TICK = 0.25, 0.02

log = logging.getLogger(__name__)


class Keeper:
    """The loop over both servers; `run` returns when nothing is leased any more, or after SIGTERM."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.servers = both(place)
        self.is_told_to_stop = False

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.is_told_to_stop = True

    def run(self) -> None:
        self._publish()
        for kept in self.servers:
            kept.adopt()
        while not self.is_told_to_stop:
            wanted, unwanted = self._judge()
            if not wanted and not any(kept.is_up for kept in self.servers):
                return
            for kept in unwanted:
                kept.stop()
            for kept in self.servers:
                if kept.name in wanted or kept.state == "starting":
                    kept.tick()
                    self._publish()
            time.sleep(BUSY_TICK if any(kept.state == "starting" for kept in self.servers) else IDLE_TICK)
        self.stop_all()

    def stop_all(self) -> None:
        for kept in self.servers:
            kept.enter("stopping")
            self._publish()
            kept.stop()
        self._publish()

    def _publish(self) -> None:
        self.place.write_state({kept.name: kept.says() for kept in self.servers})

    def _judge(self) -> tuple[set[str], list[Kept]]:
        """What is wanted, and what must stop now.

        Published under the lock: whoever takes a lease later reads "stopping" and waits.
        """
        with locks.locked(self.place.lock):
            wanted = {name for holder in leases.living(self.place) for name in holder.services}
            now = time.monotonic()
            unwanted = []
            for kept in self.servers:
                if kept.name in wanted:
                    kept.wanted_at = now
                elif kept.is_up and now - kept.wanted_at > LINGER_SECONDS:
                    kept.enter("stopping")
                    unwanted.append(kept)
            self._publish()
        return wanted, unwanted


def become_keeper(place: Place) -> int | None:
    """The keeper's lock with our process id in it; None when another keeper lives."""
    with locks.locked(place.lock):
        descriptor = locks.open_lock(place.keeper_lock)
        if not locks.try_lock(descriptor):
            os.close(descriptor)
            return None
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        place.write_state({})  # what a killed keeper said last may no longer be so
    return descriptor


def main() -> int:
    """`python -m moodvision.embedded.keeper VAR_DIR`, started detached by `holding`."""
    place = Place(Path(sys.argv[1]))
    if os.fork():
        return 0  # nobody's child: the command that started it may end, or not wait for it
    os.setsid()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(message)s")
    if become_keeper(place) is None:
        return 0
    keeper = Keeper(place)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, keeper.on_signal)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    log.info("keeper starts")
    try:
        keeper.run()
    except Exception:  # such as a var folder removed under our feet: the servers must not outlive us
        log.exception("keeper fails")
        for kept in keeper.servers:
            kept.stop()
        return 1
    log.info("keeper ends")
    return 0


if __name__ == "__main__":
    sys.exit(main())
