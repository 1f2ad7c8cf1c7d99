"""Several serving processes on one port: started, replaced when they die, stopped together."""

import logging
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

from plaudit.http.metrics import FOLDER as FIGURES
from plaudit.http.metrics import forget_process
from plaudit.limits import DRAIN_S, WORKER_DEATHS_MAX, WORKER_RESTART_S, WORKER_STOP_WAIT_S
from plaudit.listening import listen, url_of
from plaudit.processes import Launch, TiedProcess
from plaudit.settings import SetupError, variable_of

log = logging.getLogger(__name__)

_SOLID_S = 30  # a worker that lived this long has not failed to start


class Workers:
    """The workers of one port. Each listens on a socket of its own that this process keeps open, so that connections
    which arrive while one is replaced wait for the next."""

    def __init__(self, count: int, host: str, port: int, database_url: str, *, log_requests: bool = False) -> None:
        listen(host, port).close()  # a port can be shared among our own workers only: others keep it from us
        first = listen(host, port, share_port=True)
        self.url = url_of(first)
        port = first.getsockname()[1]
        self._sockets = [first, *(listen(host, port, share_port=True) for _ in range(count - 1))]
        self._figures = tempfile.TemporaryDirectory(prefix="plaudit-metrics-")
        ours = {name: value for name, value in os.environ.items() if name != variable_of("owner_database_url")}
        self._environment = {**ours, "DATABASE_URL": database_url, FIGURES: self._figures.name}
        self._log_requests = log_requests
        self._ending = threading.Event()

    def run(self) -> None:
        """Keep the workers running until SIGTERM or SIGINT, then stop them.

        Raises:
            SetupError: workers die as soon as they start.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._ending.set())
        running = {listening: self._start(listening) for listening in self._sockets}
        started = dict.fromkeys(running, time.monotonic())
        deaths = 0
        try:
            while not self._ending.wait(WORKER_RESTART_S):
                for listening, worker in list(running.items()):
                    if worker.return_code is None:
                        continue
                    deaths = 1 if time.monotonic() - started[listening] > _SOLID_S else deaths + 1
                    if deaths > WORKER_DEATHS_MAX:
                        raise SetupError("the workers die as soon as they start; the log says why")
                    forget_process(worker.pid, self._figures.name)
                    log.error("worker %d ended with %s; another takes its place", worker.pid, worker.return_code)
                    running[listening] = self._start(listening)
                    started[listening] = time.monotonic()
        finally:
            self._stop(list(running.values()))

    def _start(self, listening: socket.socket) -> TiedProcess:
        command = [sys.executable, "-m", "plaudit", "serve-worker", str(listening.fileno())]
        return TiedProcess(
            Launch(
                command=[*command, "--log-requests"] if self._log_requests else command,
                environment=self._environment,
                pass_fds=[listening.fileno()],
                directory=Path.cwd(),
            )
        )

    def _stop(self, workers: list[TiedProcess]) -> None:
        for worker in workers:
            worker.send(signal.SIGTERM)
        deadline = time.monotonic() + DRAIN_S + WORKER_STOP_WAIT_S
        for worker in workers:
            if worker.wait(max(0.0, deadline - time.monotonic())) is None:
                log.error("worker %d does not end; killing it", worker.pid)
                worker.send(signal.SIGKILL)
                worker.wait()
        for listening in self._sockets:
            listening.close()
        self._figures.cleanup()
