"""An architecture decision advisor for messaging: RabbitMQ, Kafka, both, or no broker."""

__version__ = "0.1.0"
