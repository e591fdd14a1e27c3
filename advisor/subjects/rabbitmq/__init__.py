"""Scenarios in RabbitMQ's own calls."""
