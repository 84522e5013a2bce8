"""The list of topics, and where a key goes."""

from pathlib import Path

import pytest

from shared.errors import ConfigurationError, UnavailableError
from shared.topics import Topic, load_topics, partition_of, topic_ids


@pytest.mark.parametrize(
    ("key", "hashed"),
    [
        ("21", -973932308),
        ("foobar", -790332482),
        ("a-little-bit-long-string", -985981536),
        ("a-little-bit-longer-string", -1486304829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        ("abc", 479470107),
    ],
)
def test_a_key_goes_where_kafkas_own_client_sends_it(key: str, hashed: int) -> None:
    """The hashes are those that Apache Kafka's own unit test expects of its murmur2."""
    assert partition_of(key, 12) == (hashed & 0x7FFFFFFF) % 12
    assert partition_of(key.encode(), 4) == (hashed & 0x7FFFFFFF) % 4


def test_the_list_names_the_topics_and_the_templates_for_publishers() -> None:
    topics = {topic.name: topic for topic in load_topics()}
    assert topics["directives.inbox.v1"].owner == "directives"
    assert [name for name, topic in topics.items() if topic.is_template] == [
        "publishers.{publisher}.v1",
        "publishers.{publisher}.verdicts.v1",
    ]


def test_a_template_becomes_the_topic_of_a_publisher() -> None:
    template = next(topic for topic in load_topics() if topic.is_template)
    topic = template.of("h10")
    assert topic.name == "publishers.h10.v1"
    assert not topic.is_template
    assert topic.config["message.timestamp.type"] == "LogAppendTime"


def test_a_topics_own_settings_are_added_to_the_common_ones(tmp_path: Path) -> None:
    topic = only_topic(tmp_path, partitions="common")
    assert topic.config == {"retention.ms": "-1", "compression.type": "lz4"}


def test_a_topic_with_a_partition_count_of_its_own_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"a\.v1: partitions should be"):
        only_topic(tmp_path, partitions="7")


def test_the_environment_names_another_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_topic(tmp_path, partitions="common")
    monkeypatch.setenv("DONDOC_TOPICS", str(tmp_path / "topics.toml"))
    assert [topic.name for topic in load_topics()] == ["a.v1"]


@pytest.mark.parametrize("content", ["[config", "[config]\n[[topic]]\nname = 'a.v1'", "topic = 3"])
def test_a_list_that_cannot_be_read_is_told_in_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "topics.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="set DONDOC_TOPICS"):
        load_topics(path)


def test_a_missing_list_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"absent\.toml cannot be read"):
        load_topics(tmp_path / "absent.toml")


def test_a_kafka_where_nothing_listens_is_unavailable() -> None:
    with pytest.raises(UnavailableError, match="nothing listens"):
        topic_ids("127.0.0.1:1,[::1]:1")


def only_topic(folder: Path, partitions: str) -> Topic:
    path = folder / "topics.toml"
    entry = (
        f'name = "a.v1"\nowner = "tests"\nkey = ""\nholds = ""\npartitions = "{partitions}"\nconfig = {{ "compression.type" = "lz4" }}\n'
    )
    path.write_text(f'[config]\n"retention.ms" = "-1"\n[[topic]]\n{entry}', encoding="utf-8")
    return load_topics(path)[0]
