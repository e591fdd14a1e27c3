"""What stands around Kafka: schema registry, connectors and stream processing, as small models."""
