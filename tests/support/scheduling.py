"""Which worker runs which tests: any that is free; those of a file that shares something dear go to one, in a row."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

_TOGETHER = ("tests/browser/", "tests/integration/test_demo_world.py")
"""Files whose tests share a demo, or a browser whose driver no other test can run beside in one process."""


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # its package publishes no types
    """The units of work are single tests, and whole files of those."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False  # tests come in the order in which they are to begin
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(_TOGETHER) else nodeid
