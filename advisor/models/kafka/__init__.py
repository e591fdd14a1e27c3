"""Kafka: one mechanism, one file."""
