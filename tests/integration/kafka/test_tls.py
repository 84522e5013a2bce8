"""TLS on the publishers' listener, switched on exactly as docs/operations.md tells it."""

import re
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiokafka import AIOKafkaProducer

from deploy.local import requirements
from deploy.local.compose import interpolate
from deploy.local.kafka import Kafka
from shared.broker import client_options
from shared.kafka_access import grant, make_topics, topic_of
from shared.topics import end_offsets
from tests.support.publishers import signs_in

PASSWORD = "khoa-bi-mat"  # noqa: S105  of a key that lives for one test
SLUG = "so-tls"


def told_settings(keystore: Path) -> dict[str, str]:
    """Return the broker's properties of the override that the page shows, with the keystore of this machine."""
    page = (requirements.root() / "docs" / "operations.md").read_text(encoding="utf-8")
    shown = re.search(r"```yaml\n( +services:\n +kafka:\n.*?SSL_KEYSTORE.*?)```", page, re.DOTALL)
    assert shown
    override: dict[str, Any] = yaml.safe_load(shown[1])
    variables = override["services"]["kafka"]["environment"]
    names = {key: key.removeprefix("KAFKA_").lower().replace("_", ".") for key in variables}
    settings = {names[key]: interpolate(str(value), {"KAFKA_KEYSTORE_PASSWORD": PASSWORD}) for key, value in variables.items()}
    return {**settings, "listener.name.agencies.ssl.keystore.location": str(keystore)}


class WithTls(Kafka):
    """A broker with what the page tells added to its settings."""

    def settings(self) -> dict[str, str]:
        return {**super().settings(), **told_settings(self.directory / "kafka.p12")}


def make_keystore(folder: Path) -> Path:
    """Make a keystore for this machine and return its certificate."""
    folder.mkdir(parents=True, exist_ok=True)
    keytool = str(Path(requirements.java()).resolve().with_name("keytool"))
    store = ["-keystore", str(folder / "kafka.p12"), "-storetype", "PKCS12", "-storepass", PASSWORD, "-alias", "kafka"]
    pair = ["-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=ip:127.0.0.1,dns:localhost", "-validity", "30"]
    certificate = folder / "cert.pem"
    for arguments in (pair, ["-exportcert", "-rfc", "-file", str(certificate)]):
        subprocess.run([keytool, *arguments, *store], check=True, capture_output=True)
    return certificate


async def test_publishers_sign_in_over_tls_and_not_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_keystore(tmp_path)
    broker = WithTls(tmp_path)
    broker.start()
    try:
        make_topics(broker.bootstrap, SLUG, 1, 1)
        password = grant(broker.bootstrap, SLUG)
        secure, plain = (f"{kind}://{SLUG}:{password}@{broker.agencies}" for kind in ("scram+ssl", "scram"))
        assert not await signs_in(secure)  # nobody vouches for the certificate yet
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert isinstance(client_options(secure)["ssl_context"], ssl.SSLContext)
        producer = AIOKafkaProducer(**client_options(secure))
        await producer.start()
        await producer.send_and_wait(topic_of(SLUG), "Sở Nội vụ".encode())
        await producer.stop()
        assert end_offsets(broker.bootstrap, [topic_of(SLUG)]) == {(topic_of(SLUG), 0): 1}
        assert not await signs_in(plain)
    finally:
        broker.stop()
