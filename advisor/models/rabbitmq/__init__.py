"""RabbitMQ: one mechanism, one file."""
