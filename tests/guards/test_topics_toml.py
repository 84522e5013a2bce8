"""`deploy/topics.toml` and the code name the same topics."""

import re

from deploy.local.requirements import root
from shared.topics import load_topics

NAME = re.compile(r"""["']((?:directives|deadlines|notifications)\.[a-z]+\.v\d+)["']""")
TOPICS = {topic.name: topic for topic in load_topics()}


def named_in_code() -> set[str]:
    files = [path for folder in ("services", "shared") for path in (root() / folder).rglob("*.py")]
    return {name for path in files for name in NAME.findall(path.read_text(encoding="utf-8"))}


def test_code_and_list_name_the_same_topics() -> None:
    assert named_in_code() == {name for name, topic in TOPICS.items() if not topic.is_template}


def test_each_topic_is_listed_once_with_an_owner_that_exists() -> None:
    assert len(TOPICS) == len(load_topics())
    for name, topic in TOPICS.items():
        assert topic.owner == "publisher" or (root() / "services" / topic.owner).is_dir(), name
        assert topic.key, name
        assert topic.holds, name


def test_every_topic_is_kept_for_ever_and_never_compacted() -> None:
    for name, topic in TOPICS.items():
        assert topic.config["retention.ms"] == "-1", name
        assert topic.config["retention.bytes"] == "-1", name
        assert topic.config["cleanup.policy"] == "delete", name


def test_only_what_publishers_send_is_stamped_by_the_broker() -> None:
    stamped = [name for name, topic in TOPICS.items() if topic.config.get("message.timestamp.type") == "LogAppendTime"]
    assert stamped == ["publishers.{publisher}.v1"]
