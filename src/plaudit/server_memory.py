"""How much memory the embedded database may use, by what the machine has."""

import os
from contextlib import suppress
from pathlib import Path

from plaudit.limits import DATABASE_BUFFERS_MB_MAX, DATABASE_BUFFERS_MB_MIN, DATABASE_BUFFERS_PART

_LIMIT_OF_CONTAINER = Path("/sys/fs/cgroup/memory.max")
_MB = 2**20


def machine_memory_mb(limit: Path = _LIMIT_OF_CONTAINER) -> int:
    """The memory of this machine, or of the container that holds us."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):  # no container, or one without a limit ("max")
        memory = min(memory, int(limit.read_text()))
    return memory // _MB


def memory_options(memory_mb: int) -> dict[str, str]:
    """PostgreSQL's settings for so much memory."""
    buffers_mb = min(max(memory_mb // DATABASE_BUFFERS_PART, DATABASE_BUFFERS_MB_MIN), DATABASE_BUFFERS_MB_MAX)
    return {"shared_buffers": f"{buffers_mb}MB", "effective_cache_size": f"{max(memory_mb // 2, 2 * buffers_mb)}MB"}
