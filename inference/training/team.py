"""One training shared by several processes of one thread each: every step takes the mean of their gradients.

On a busy machine this goes on where threads would wait for one another at every layer: the members meet once
per step. Each has its part of the batch, and norms of that part.
"""

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, distributed, nn


@dataclass(frozen=True)
class Member:
    """`rank` 0 keeps the clock, measures and writes; alone it is the whole team."""

    rank: int = 0
    size: int = 1

    def agree(self, value: float) -> float:
        """What rank 0 says."""
        if self.size == 1:
            return value
        said = torch.tensor([value], dtype=torch.float64)
        distributed.broadcast(said, src=0)
        return float(said.item())

    def part(self, batch: Tensor) -> Tensor:
        return batch[self.rank :: self.size]

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        if self.size == 1:
            return
        gradients = [one.grad for one in parameters if one.grad is not None]
        flat = torch.cat([one.flatten() for one in gradients])
        distributed.all_reduce(flat)
        for one, mean in zip(gradients, flat.split([one.numel() for one in gradients]), strict=True):
            one.copy_(mean.view_as(one) / self.size)


ALONE = Member()


@contextmanager
def team(size: int, follow: Callable[[Member], None]) -> Iterator[Member]:
    """The others run `follow`, each in a copy of this process; the block is rank 0's part."""
    if size == 1:
        yield ALONE
        return
    with tempfile.TemporaryDirectory() as folder:
        meeting = Path(folder) / "meeting"
        copies = multiprocessing.get_context("fork")
        others = [
            copies.Process(target=_member, args=(rank, size, meeting, follow), daemon=True)
            for rank in range(1, size)
        ]
        for one in others:
            one.start()
        try:
            yield _joined(0, size, meeting)
            distributed.destroy_process_group()
        finally:
            for one in others:
                one.join(5)
                one.terminate()


def _member(rank: int, size: int, meeting: Path, follow: Callable[[Member], None]) -> None:
    follow(_joined(rank, size, meeting))
    distributed.destroy_process_group()


def _joined(rank: int, size: int, meeting: Path) -> Member:
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=meeting.as_uri(), rank=rank, world_size=size)
    return Member(rank, size)
