"""The whole system as child processes: the very commands and environments of `docker-compose.yml`, on free local ports."""

import os
import secrets
import sys
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

import httpx

from deploy.local.compose import COMPOSE, Service, read_services
from deploy.local.infrastructure import Infrastructure
from deploy.local.polling import wait_until
from deploy.local.ports import free_port, require_free
from deploy.local.processes import Launch, Process
from shared.errors import UnavailableError

INHERITED = ("HOME", "TMPDIR", "COVERAGE_PROCESS_START")
LOCAL: Mapping[str, str] = {
    "DONDOC_HOST": "127.0.0.1",
    "DONDOC_PARTITIONS": "4",
    "DONDOC_REPLICATION_FACTOR": "1",
    "PYTHONUNBUFFERED": "1",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
}
SECRETS = ("DONDOC_API_KEY", "DONDOC_FIRST_PASSWORD")
"""What only the services get that name it."""
FIRST_ADMINISTRATOR = "first administrator:"
"""How `dondoc setup` says that it made one."""
PORTS = ("DONDOC_PORT", "DONDOC_HEALTH_PORT")
GATEWAY = "gateway"
SETUP_SECONDS = 60.0
READY_SECONDS = 60.0
PROBE_SECONDS = 2.0


class ServiceProcess(Process):
    """A process of one of our services, with the port on which it tells its health."""

    def __init__(self, name: str, service: Service, environment: Mapping[str, str], log: Path, directory: Path) -> None:
        launch = Launch(environment=environment, directory=directory, grace=service.grace)
        super().__init__(name, local_command(service.command), log, launch)
        self.service = service
        self.port = next((int(environment[key]) for key in PORTS if key in environment), 0)

    @property
    def url(self) -> str:
        """Return the base of its HTTP addresses."""
        return f"http://127.0.0.1:{self.port}"

    def is_ready(self, client: httpx.Client) -> bool:
        """Tell whether it says that it is ready; raise UnavailableError with its last lines when it has ended."""
        self.require_alive()
        try:
            return client.get(f"{self.url}/readyz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


def local_command(command: Collection[str]) -> list[str]:
    """Return a container's command with the program taken from this Python's environment where it is there."""
    program, *arguments = command
    beside = Path(sys.executable).with_name(program)
    return [sys.executable if program == "python" else str(beside) if beside.exists() else program, *arguments]


class Stack:
    """Our services on an infrastructure (its own and temporary, unless one is given); `services` narrows which of them run.

    `environment` overrides what Compose says; `dsn` names another database; `port` is the gateway's, 0 a free one.
    """

    def __init__(
        self,
        infrastructure: Infrastructure | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        services: Collection[str] | None = None,
        dsn: str | None = None,
        port: int = 0,
        compose: Path = COMPOSE,
    ) -> None:
        if port:
            require_free(port, "the console", "end that program, or set another port (PORT=8081)")
        self.owns_infrastructure = infrastructure is None
        self.infrastructure = infrastructure or Infrastructure()
        self.processes: dict[str, ServiceProcess] = {}
        self.api_key = (environment or {}).get("DONDOC_API_KEY") or os.environ.get("DONDOC_API_KEY") or secrets.token_urlsafe(24)
        self.first_password = secrets.token_hex(10)
        self.has_new_administrator = False
        self._environment = dict(environment or {})
        self._only = services
        self._dsn = dsn
        self._port = port or free_port()
        self._compose = compose
        self._services: dict[str, Service] = {}

    @property
    def url(self) -> str:
        """Return the gateway's base address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def bootstrap(self) -> str:
        """Return Kafka's address."""
        return self.infrastructure.bootstrap

    @property
    def administrator(self) -> str:
        """Return how to sign in as the first administrator, where this start made that account."""
        return f"admin, password {self.first_password}" if self.has_new_administrator else "made before"

    @property
    def dsn(self) -> str:
        """Return the address of the services' database."""
        return self._dsn or self.infrastructure.postgres.dsn()

    @property
    def logs(self) -> Path:
        """Return the folder of the processes' log files."""
        return self.infrastructure.directory / "logs"

    def start(self) -> None:
        """Start the infrastructure where it is our own, run the one-shots to their end, then start every service."""
        try:
            if self.owns_infrastructure:
                self.infrastructure.start()
            variables = {
                **os.environ,
                "POSTGRES_PASSWORD": self.infrastructure.postgres.password,
                "DONDOC_KAFKA_PASSWORD": self.infrastructure.kafka.password,
                **self._overrides(),
            }
            self._services = read_services(self._compose, variables)
            self._run_one_shots()
            for service in self._services.values():
                if not service.is_one_shot and (self._only is None or service.name in self._only):
                    self.add(service.name).start()
        except BaseException:
            self.stop()
            raise

    def add(self, service: str, name: str | None = None, **environment: str) -> ServiceProcess:
        """Add a process of the service without starting it; under another name it is one more, with an instance id of its own."""
        if name:
            environment = {"DONDOC_INSTANCE": name, **environment}
        process = self._process(name or service, self._services[service], environment)
        self.processes[process.name] = process
        return process

    def wait_ready(self, timeout: float = READY_SECONDS) -> None:
        """Return once every process says that it is ready; raise UnavailableError at once when one ends, or after the seconds."""
        with httpx.Client(timeout=PROBE_SECONDS) as client:
            for process in self.processes.values():
                self._wait_ready(process, client, timeout)

    def _wait_ready(self, process: ServiceProcess, client: httpx.Client, timeout: float) -> None:
        def ready() -> bool:
            for other in self.processes.values():
                other.require_alive()
            return process.is_ready(client)

        try:
            wait_until(ready, timeout, f"the readiness of {process.name}", interval=0.1)
        except UnavailableError as error:
            raise UnavailableError(f"{error}\n{process.log_tail()}" if process.alive else str(error)) from None

    def stop(self) -> None:
        """Stop every process gracefully, then the infrastructure where it is our own."""
        with ThreadPoolExecutor(max(1, len(self.processes))) as pool:
            for stopping in [pool.submit(process.stop) for process in self.processes.values()]:
                stopping.result()
        if self.owns_infrastructure:
            self.infrastructure.stop()

    def _run_one_shots(self) -> None:
        for service in self._services.values():
            if service.is_one_shot:
                process = self._process(service.name, service, {})
                begin = process.log.stat().st_size if process.log.exists() else 0
                process.start()
                if process.wait(SETUP_SECONDS):
                    raise UnavailableError(f"{service.name} failed; its last lines:\n{process.log_tail()}")
                self.has_new_administrator |= FIRST_ADMINISTRATOR.encode() in process.log.read_bytes()[begin:]

    def _overrides(self) -> dict[str, str]:
        return {"DONDOC_FIRST_PASSWORD": self.first_password, **self._environment, "DONDOC_API_KEY": self.api_key}

    def _process(self, name: str, service: Service, environment: Mapping[str, str]) -> ServiceProcess:
        inherited = {key: os.environ[key] for key in INHERITED if key in os.environ}
        inherited["PATH"] = f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"
        ours = {key: value for key, value in self._overrides().items() if key not in SECRETS or key in service.environment}
        local = {**LOCAL, "DONDOC_REPLICATION_FACTOR": str(self.infrastructure.replicas)}
        full = {**inherited, **service.environment, **local, **self._places(name, service), **ours, **environment}
        return ServiceProcess(name, service, full, self.logs / f"{name}.log", self._compose.parent)

    def _places(self, name: str, service: Service) -> dict[str, str]:
        """Return where things are here instead of in the containers' network."""
        ports = {key: str(self._port if name == GATEWAY else free_port()) for key in PORTS if key in service.environment}
        address = {"DONDOC_PUBLIC_URL": self.url} if "DONDOC_PUBLIC_URL" in service.environment else {}
        # There is no Mailpit here: without a server of one's own, no mail is issued.
        mail = {"DONDOC_SMTP": os.environ.get("DONDOC_SMTP", "")} if "DONDOC_SMTP" in service.environment else {}
        return {"DONDOC_KAFKA_BOOTSTRAP": self.bootstrap, "DONDOC_POSTGRES_DSN": self.dsn, **address, **ports, **mail}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
