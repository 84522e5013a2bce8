"""Where the demonstration's mail and webhooks end up: a real SMTP server and a real receiver on loopback, each a process of its own."""

import base64
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from deploy.local.polling import wait_until
from deploy.local.ports import LOOPBACK, free_port, is_listening
from deploy.local.processes import Process

SENDER = "don-doc@phuoclong.example"
READY_SECONDS = 30.0
RETRY_SCALE = "0.02"
"""What waits 5 s between attempts on the real schedule waits a tenth of a second here."""
KEY_BYTES = 32


class Catchers:
    """Both servers, with what they caught in folders under the given one."""

    def __init__(self, folder: Path) -> None:
        self.mail = folder / "mail"
        self.webhooks = folder / "webhooks"
        self._ports = {"mailbox": free_port(), "receiver": free_port()}
        self._folders = {"mailbox": self.mail, "receiver": self.webhooks}
        self.processes = [self._process(name, folder) for name in self._ports]

    def _process(self, name: str, folder: Path) -> Process:
        arguments = ["--port", str(self._ports[name]), "--folder", str(self._folders[name])]
        return Process(name, [sys.executable, "-m", f"deploy.local.{name}", *arguments], folder / f"{name}.log")

    @property
    def receiver_url(self) -> str:
        """Return where webhooks are received."""
        return f"http://{LOOPBACK}:{self._ports['receiver']}/"

    def environment(self) -> Mapping[str, str]:
        """Return what the services are told, so that they send to these servers and nowhere else."""
        return {
            "DONDOC_SMTP": f"smtp://{LOOPBACK}:{self._ports['mailbox']}",
            "DONDOC_MAIL_FROM": SENDER,
            "DONDOC_MAIL_NAME": "Đôn Đốc thị xã Phước Long",
            "DONDOC_WEBHOOK_ALLOWED_CIDRS": f"{LOOPBACK}/32",
            "DONDOC_SECRETS_KEY": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
            "DONDOC_RETRY_SCALE": RETRY_SCALE,
        }

    def __enter__(self) -> Self:
        try:
            for process in self.processes:
                process.start()
            for name, port in self._ports.items():
                wait_until(lambda at=port: is_listening(at), READY_SECONDS, f"the start of the {name}")  # type: ignore[misc]
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End both servers."""
        for process in self.processes:
            process.stop()
