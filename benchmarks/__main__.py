"""Every benchmark, one after the other: ``python -m benchmarks``."""

from importlib import import_module

for name in ("rabbitmq_model", "kafka_model", "rules", "recommend", "decide", "questions"):
    print(f"== {name}")
    import_module(f"benchmarks.{name}").main()
