"""A real Apache Kafka (KRaft, broker and controller in one process) run from its jars."""

import base64
import functools
import secrets
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import requirements
from deploy.local.polling import wait_until
from deploy.local.ports import free_port, is_listening, require_free
from deploy.local.processes import Launch, Process
from shared.broker import sign_in_at
from shared.errors import UnavailableError
from shared.topics import open_admin

START_SECONDS = 60.0
HEAP = ("-Xms64m", "-Xmx256m", "-Xss512k", "-XX:+UseSerialGC", "-XX:-UsePerfData")
LOGGING = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")
DISK_MIB = 512

SETTINGS: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    "message.max.bytes": str(2 * requirements.MIB),
    "replica.fetch.max.bytes": str(2 * requirements.MIB),
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "2",
    "share.coordinator.state.topic.num.partitions": "1",
    # A broker that was killed may register again only when its old session has run out; the default is 9 s.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "250",
    "log.cleaner.threads": "1",
    "log.cleaner.dedupe.buffer.size": str(4 * requirements.MIB),
    "num.network.threads": "2",
    "num.io.threads": "4",
}

USER = "dondoc"
"""The one user of our own services; no publisher may have this name, since a name counts on every listener."""

SECURITY: Mapping[str, str] = {
    "listener.security.protocol.map": "INTERNAL:SASL_PLAINTEXT,AGENCIES:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
    "inter.broker.listener.name": "INTERNAL",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "sasl.mechanism.controller.protocol": "PLAIN",
    "listener.name.internal.sasl.enabled.mechanisms": "PLAIN",
    "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
    "listener.name.agencies.sasl.enabled.mechanisms": "SCRAM-SHA-512",
    "listener.name.agencies.scram-sha-512.sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": f"User:{USER}",
    "allow.everyone.if.no.acl.found": "false",
}
"""Who may come in, on which listener, and that what no rule allows is denied; `docker-compose.yml` says the same."""


def sign_in_settings(password: str) -> dict[str, str]:
    """Return how our own services and the controller sign in."""
    module = "org.apache.kafka.common.security.plain.PlainLoginModule"
    login = f'{module} required username="{USER}" password="{password}" user_{USER}="{password}";'
    return {f"listener.name.{listener}.plain.sasl.jaas.config": login for listener in ("internal", "controller")}


def new_cluster_id() -> str:
    """Return a cluster id as Kafka writes it: 16 random bytes, base64url, not padded."""
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")


@dataclass(frozen=True)
class Cluster:
    """The brokers that belong together: the cluster's id, the controller port of each node number, our own services' password."""

    controllers: Mapping[int, int] = field(default_factory=lambda: {1: free_port()})
    id: str = field(default_factory=new_cluster_id)
    password: str = field(default_factory=lambda: secrets.token_hex(24), repr=False)

    @property
    def replicas(self) -> int:
        """Return how many copies each partition of Kafka's own topics has."""
        return min(3, len(self.controllers))

    @property
    def voters(self) -> str:
        """Return the quorum as `controller.quorum.voters` wants it."""
        return ",".join(f"{node}@127.0.0.1:{port}" for node, port in self.controllers.items())


@functools.cache
def _java() -> str:
    return requirements.java()


def class_archive() -> Path:
    """Return where the JVM's archive of Kafka's loaded classes is, which halves the time of a start (made by `deploy.local.archive`)."""
    return requirements.kafka_jars().parent / "kafka.jsa"


def class_path() -> str:
    """Return where Java finds Kafka."""
    return f"{requirements.kafka_jars()}/*"


def _jvm(record: Path | None = None) -> list[str]:
    """Return the start of a command: Java with Kafka's jars and, where it is, the class archive; `record` makes one instead."""
    sharing = [f"-XX:SharedArchiveFile={class_archive()}"] if class_archive().exists() else []
    recording = [f"-XX:ArchiveClassesAtExit={record}"] if record else []
    return [_java(), *HEAP, *LOGGING, *(recording or sharing), "-cp", class_path()]


class Kafka:
    """One broker on 127.0.0.1; it keeps port and data over `stop`, `kill` and `start`.

    `node` and `cluster` place it among others; `record` has the JVM write its class archive when the broker stops. `advertised` is the port
    that it names to clients and to the other brokers where something stands in between, 0 its own.
    """

    def __init__(
        self,
        directory: Path,
        port: int = 0,
        *,
        node: int = 1,
        cluster: Cluster | None = None,
        record: Path | None = None,
        advertised: int = 0,
    ) -> None:
        self.directory = directory
        self.node = node
        self.cluster = cluster or Cluster()
        self.port = port or free_port()
        self.advertised = advertised or self.port
        self._agencies_port = free_port()
        self.record = record
        self.properties = directory / "server.properties"
        self.process = Process(f"kafka-{node}", [], directory / "kafka.log", Launch(grace=20.0))
        self._starting = threading.Lock()

    @property
    def bootstrap(self) -> str:
        """Return the address for our own services, with their user and password."""
        return sign_in_at(f"127.0.0.1:{self.port}", USER, self.password)

    @property
    def password(self) -> str:
        """Return the password of our own services."""
        return self.cluster.password

    @property
    def agencies(self) -> str:
        """Return the address for publishers, host:port."""
        return f"127.0.0.1:{self._agencies_port}"

    def settings(self) -> dict[str, str]:
        """Return the broker's settings."""
        replicas = str(self.cluster.replicas)
        synced = str(max(1, self.cluster.replicas - 1))
        clients = f"INTERNAL://127.0.0.1:{self.port},AGENCIES://{self.agencies}"
        return {
            **SETTINGS,
            **SECURITY,
            **sign_in_settings(self.password),
            "node.id": str(self.node),
            "controller.quorum.voters": self.cluster.voters,
            "listeners": f"{clients},CONTROLLER://127.0.0.1:{self.cluster.controllers[self.node]}",
            "advertised.listeners": f"INTERNAL://127.0.0.1:{self.advertised},AGENCIES://{self.agencies}",
            "log.dirs": str(self.directory / "data"),
            "min.insync.replicas": synced,
            "default.replication.factor": replicas,
            "offsets.topic.replication.factor": replicas,
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": synced,
            "share.coordinator.state.topic.replication.factor": replicas,
            "share.coordinator.state.topic.min.isr": synced,
        }

    def start(self) -> None:
        """Start the broker and return once it serves; raise ConfigurationError or UnavailableError with its last lines."""
        with self._starting:
            if self.process.alive:
                return
            requirements.require_space(self.directory, DISK_MIB)
            require_free(self.port, "Kafka", "end that program or choose another port")
            self._format()
            self.process.command = [*_jvm(self.record), "kafka.Kafka", str(self.properties)]
            self.process.start()
        wait_until(self._serves, START_SECONDS, "Kafka's start", interval=0.1)

    def stop(self) -> None:
        """Shut the broker down in order."""
        self.process.stop()

    def kill(self) -> None:
        """Kill the broker (SIGKILL)."""
        self.process.kill()

    def pause(self) -> None:
        """Let the broker hang (SIGSTOP)."""
        self.process.pause()

    def resume(self) -> None:
        """Let the paused broker go on (SIGCONT)."""
        self.process.resume()

    def _format(self) -> None:
        """Write the settings, and format the data directory on the first start."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.properties.touch(mode=0o600)
        self.properties.chmod(0o600)
        self.properties.write_text("".join(f"{key}={value}\n" for key, value in self.settings().items()), encoding="utf-8")
        if (self.directory / "data" / "meta.properties").exists():
            return
        command = [*_jvm(), "kafka.tools.StorageTool", "format", f"--cluster-id={self.cluster.id}", "-c", str(self.properties)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode:
            raise UnavailableError(f"Kafka's data directory could not be formatted: {answer.stderr.strip()[-500:]}")

    def _serves(self) -> bool:
        self.process.require_alive()
        return is_listening(self.port) and self.node in self.nodes()

    def nodes(self) -> set[int]:
        """Return the numbers of the brokers that take part, empty when none answers."""
        with suppress(UnavailableError), open_admin(self.bootstrap) as admin:
            return {broker["broker_id"] for broker in admin.describe_cluster()["brokers"]}
        return set()
