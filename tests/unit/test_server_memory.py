"""The embedded database takes its part of the machine's memory, and no more."""

from pathlib import Path

import pytest

from plaudit.server_memory import machine_memory_mb, memory_options


@pytest.mark.parametrize(
    ("memory_mb", "buffers", "cache"),
    [
        (1_024, "256MB", "512MB"),
        (7_000, "1000MB", "3500MB"),
        (1_000_000, "16384MB", "500000MB"),
    ],
)
def test_a_seventh_within_bounds(memory_mb: int, buffers: str, cache: str) -> None:
    assert memory_options(memory_mb) == {"shared_buffers": buffers, "effective_cache_size": cache}


def test_a_container_has_what_its_limit_says(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    all_of_it = machine_memory_mb(limit)
    assert all_of_it > 0
    limit.write_text("max\n")
    assert machine_memory_mb(limit) == all_of_it
    limit.write_text(f"{512 * 2**20}\n")
    assert machine_memory_mb(limit) == min(512, all_of_it)
