"""A publisher's access to Kafka: its topics, its user, what it may do there, and how much of it (kafka-python administers)."""

import secrets
from dataclasses import dataclass
from typing import Any

from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka.errors import for_code
from kafka.protocol.admin import AlterClientQuotasRequest, DescribeClientQuotasRequest

from shared.errors import ConfigurationError, UnavailableError
from shared.topics import create_topics, load_topics, open_admin

SUPERUSER = "dondoc"
"""Our own services' user: a publisher of this name would be the superuser on its own listener."""
PASSWORD_BYTES = 24
ITERATIONS = 8192
DEFAULT_WRITE_RATE = 1_048_576
"""Bytes a second that a publisher may write unless its limit says otherwise: some 1,500 facts."""
READ_RATE = 8 * 1_048_576
REQUEST_PERCENT = 50
"""Share of one request thread's time; who asks for more is slowed down, whatever it asks."""

_LITERAL, _PREFIXED = ACLResourcePatternType.LITERAL, ACLResourcePatternType.PREFIXED
_QUOTA_KEYS = ("producer_byte_rate", "consumer_byte_rate", "request_percentage")


@dataclass(frozen=True)
class KafkaAccess:
    """What a publisher has in Kafka: whether a user, how many rules, and the bytes a second that it may write (None: no limit)."""

    publisher: str
    has_user: bool
    rules: int
    write_rate: int | None


def topic_of(publisher: str) -> str:
    """Return the topic that a publisher writes into."""
    return f"publishers.{publisher}.v1"


def verdict_topic_of(publisher: str) -> str:
    """Return the topic in which a publisher finds the verdicts on its own facts."""
    return f"publishers.{publisher}.verdicts.v1"


def make_topics(bootstrap: str, publisher: str, partitions: int, replication: int) -> list[str]:
    """Create the publisher's topics where they are missing and return the names created; raises as `create_topics` does."""
    _require_other_than_ours(publisher)
    return create_topics(bootstrap, partitions, replication, [topic.of(publisher) for topic in load_topics() if topic.is_template])


def grant(bootstrap: str, publisher: str, write_rate: int | None = None) -> str:
    """Let a publisher in with a new password, which is returned and kept nowhere; a password that it had counts no more.

    Its limit of bytes a second counts for each broker; without one it keeps the limit that it had, at first a usual one. Raises
    UnavailableError when Kafka is away or refuses.
    """
    _require_other_than_ours(publisher)
    with open_admin(bootstrap) as admin:
        _create_rules(admin, publisher)
        _set_quotas(admin, publisher, write_rate or _write_rate(admin, publisher) or DEFAULT_WRITE_RATE)
        return _set_password(admin, publisher)


def renew_password(bootstrap: str, publisher: str) -> str:
    """Give a publisher another password and return it; connections that are open stay; raises UnavailableError."""
    _require_other_than_ours(publisher)
    with open_admin(bootstrap) as admin:
        return _set_password(admin, publisher)


def limit(bootstrap: str, publisher: str, write_rate: int) -> None:
    """Set how many bytes a second a publisher may write; raises UnavailableError."""
    with open_admin(bootstrap) as admin:
        _set_quotas(admin, publisher, write_rate)


def deny(bootstrap: str, publisher: str) -> None:
    """Take user and rules from a publisher; its topics and what is in them stay.

    The rules go first: a connection that is open outlives its user, but each of its requests is judged by the rules.
    """
    _require_other_than_ours(publisher)
    with open_admin(bootstrap) as admin:
        for _, _, error in admin.delete_acls([_all_rules_of(publisher)]):
            _require_success(error, "rules")
        _set_quotas(admin, publisher, None)
        if _has_user(admin, publisher):
            _alter_user(admin, UserScramCredentialDeletion(publisher, ScramMechanism.SCRAM_SHA_512))


def read_access(bootstrap: str, publisher: str) -> KafkaAccess:
    """Return what a publisher has in Kafka; raises UnavailableError."""
    with open_admin(bootstrap) as admin:
        rules, _ = admin.describe_acls(_all_rules_of(publisher))
        return KafkaAccess(publisher, _has_user(admin, publisher), len(rules), _write_rate(admin, publisher))


def _require_other_than_ours(publisher: str) -> None:
    if publisher == SUPERUSER:
        raise ConfigurationError(f"{publisher} is the user of our own services: choose another name")


def rules_of(publisher: str) -> list[ACL]:
    """Return what a publisher may do; a producer with transactions or idempotence needs no more (KIP-679: WRITE on the topic says it)."""
    own = f"{publisher}."
    allowed = [
        (ResourceType.TOPIC, topic_of(publisher), _LITERAL, ACLOperation.WRITE),
        (ResourceType.TOPIC, verdict_topic_of(publisher), _LITERAL, ACLOperation.READ),
        (ResourceType.GROUP, own, _PREFIXED, ACLOperation.READ),
        (ResourceType.TRANSACTIONAL_ID, own, _PREFIXED, ACLOperation.WRITE),
    ]
    return [
        ACL(_principal(publisher), "*", operation, ACLPermissionType.ALLOW, ResourcePattern(kind, name, pattern))
        for kind, name, pattern, write_or_read in allowed
        for operation in (write_or_read, ACLOperation.DESCRIBE)
    ]


def _principal(publisher: str) -> str:
    return f"User:{publisher}"


def _all_rules_of(publisher: str) -> ACLFilter:
    anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    return ACLFilter(_principal(publisher), None, ACLOperation.ANY, ACLPermissionType.ANY, anything)


def _create_rules(admin: KafkaAdminClient, publisher: str) -> None:
    for error in admin.create_acls(rules_of(publisher))["failed"]:
        _require_success(error, "rules")


def _set_password(admin: KafkaAdminClient, publisher: str) -> str:
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    _alter_user(admin, UserScramCredentialUpsertion(publisher, ScramMechanism.SCRAM_SHA_512, password, iterations=ITERATIONS))
    return password


def _alter_user(admin: KafkaAdminClient, change: UserScramCredentialUpsertion | UserScramCredentialDeletion) -> None:
    for user, message in admin.alter_user_scram_credentials([change]).items():
        if message:
            raise UnavailableError(f"Kafka did not change the user {user}: {message}")


def _has_user(admin: KafkaAdminClient, publisher: str) -> bool:
    return bool(admin.describe_user_scram_credentials([publisher]).get(publisher, {}).get("credential_infos"))


def _set_quotas(admin: KafkaAdminClient, publisher: str, write_rate: int | None) -> None:
    """Set the quotas, or remove them; kafka-python 3.0.12 has the messages for it, but no method."""
    values = (write_rate, READ_RATE, REQUEST_PERCENT)
    changes = [(key, float(value or 0), write_rate is None) for key, value in zip(_QUOTA_KEYS, values, strict=True)]
    answer = _send(admin, AlterClientQuotasRequest(entries=[([("user", publisher)], changes)], validate_only=False))
    for entry in answer.entries:
        _require_success(for_code(entry.error_code), "quotas")


def _write_rate(admin: KafkaAdminClient, publisher: str) -> int | None:
    answer = _send(admin, DescribeClientQuotasRequest(components=[("user", 0, publisher)], strict=True))
    rates = {value.key: value.value for entry in answer.entries or () for value in entry.values}
    return int(rates[_QUOTA_KEYS[0]]) if _QUOTA_KEYS[0] in rates else None


def _send(admin: KafkaAdminClient, request: object) -> Any:  # noqa: ANN401  the library is not typed
    manager = admin._manager  # noqa: SLF001  the one way to send a message that has no method
    return manager.run(manager.send, request)


def _require_success(error: type[Exception], what: str) -> None:
    if getattr(error, "errno", 0):
        raise UnavailableError(f"Kafka did not change the {what}: {error.__name__}")
