"""How much memory this program and everything that it started take: PSS, so that shared pages count once."""

from contextlib import suppress
from pathlib import Path

import psutil

from deploy.local.requirements import MIB

KIB = 1024
LIMIT_MIB = 1228.8
"""What the idle local stack may take: 1.2 GB."""


def proportional_set_size(pid: int) -> int:
    """Return the bytes of a process's PSS, 0 when it has just ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * KIB
    return 0


def measure(names: dict[int, str]) -> dict[str, float]:
    """Return MiB by process, a child with its descendants; `names` tells children by number, others go by the file that they run."""
    here = psutil.Process()
    sizes = {"this program": proportional_set_size(here.pid) / MIB}
    for child in here.children():
        name = names.get(child.pid) or Path(child.cmdline()[-1]).stem
        tree = [child.pid, *(each.pid for each in child.children(recursive=True))]
        sizes[name] = sizes.get(name, 0) + sum(map(proportional_set_size, tree)) / MIB
    return sizes
