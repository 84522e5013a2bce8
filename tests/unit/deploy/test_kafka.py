"""A broker's settings: alone, and as one of three."""

from pathlib import Path

from deploy.local.infrastructure import Infrastructure
from deploy.local.kafka import Cluster, Kafka


def test_a_broker_alone_keeps_one_copy_of_everything(tmp_path: Path) -> None:
    broker = Kafka(tmp_path, port=15_001, cluster=Cluster(controllers={1: 15_002}))
    settings = broker.settings()
    assert broker.bootstrap == f"sasl://dondoc:{broker.password}@127.0.0.1:15001"
    assert settings["controller.quorum.voters"] == "1@127.0.0.1:15002"
    assert settings["listeners"] == f"INTERNAL://127.0.0.1:15001,AGENCIES://{broker.agencies},CONTROLLER://127.0.0.1:15002"
    assert (settings["default.replication.factor"], settings["min.insync.replicas"]) == ("1", "1")


def test_three_brokers_share_a_quorum_and_need_two_copies(tmp_path: Path) -> None:
    cluster = Cluster(controllers={1: 15_001, 2: 15_002, 3: 15_003})
    second = Kafka(tmp_path, port=15_012, node=2, cluster=cluster).settings()
    assert second["node.id"] == "2"
    assert second["controller.quorum.voters"] == "1@127.0.0.1:15001,2@127.0.0.1:15002,3@127.0.0.1:15003"
    assert second["listeners"].endswith("CONTROLLER://127.0.0.1:15002")
    assert (second["offsets.topic.replication.factor"], second["transaction.state.log.min.isr"]) == ("3", "2")


def test_a_broker_tells_clients_the_port_of_what_stands_before_it(tmp_path: Path) -> None:
    settings = Kafka(tmp_path, port=15_001, advertised=15_011).settings()
    assert settings["listeners"].startswith("INTERNAL://127.0.0.1:15001,")
    assert settings["advertised.listeners"].startswith("INTERNAL://127.0.0.1:15011,")


def test_a_cluster_has_a_broker_for_each_port_and_one_address(tmp_path: Path) -> None:
    cluster = Infrastructure(tmp_path, advertised=[15_011, 15_012, 15_013])
    assert [broker.node for broker in cluster.brokers] == [1, 2, 3]
    assert len({broker.cluster.id for broker in cluster.brokers}) == 1
    assert cluster.bootstrap == f"sasl://dondoc:{cluster.kafka.password}@127.0.0.1:15011,127.0.0.1:15012,127.0.0.1:15013"
    assert cluster.replicas == 3


def test_without_ports_there_is_one_broker_with_one_copy(tmp_path: Path) -> None:
    alone = Infrastructure(tmp_path)
    assert alone.bootstrap == alone.kafka.bootstrap
    assert alone.replicas == 1
