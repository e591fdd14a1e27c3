"""Scenarios in Kafka's own calls."""
