"""The services of Đôn Đốc; they talk through Kafka and `shared.contracts` only."""
