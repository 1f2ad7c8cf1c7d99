"""A long demo: so many minutes of a large crowd in a fresh world, then the audit. soak.py [MINUTES] [CROWD]"""

import sys
import tempfile
import time
from pathlib import Path

from tests.support.demo import audit, starting_demo


def main(minutes: str = "10", crowd: str = "100") -> int:
    """The exit status of the audit."""
    with tempfile.TemporaryDirectory(prefix="plaudit-soak-", ignore_cleanup_errors=True) as folder:
        with starting_demo(Path(folder), f"--crowd={crowd}") as demo:
            demo.until_it_has_a_past()
            time.sleep(int(minutes) * 60)
            assert demo.process.poll() is None, demo.said
            assert demo.stop() == 0, demo.said
        report = audit(demo.data)
        print(report.stdout + report.stderr)  # noqa: T201 - what the command is for
        return report.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
