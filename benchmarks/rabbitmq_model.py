"""Speed of the RabbitMQ model beside kombu's memory transport and a queue in SimPy, in one run.

Each message goes through publish, route, deliver and ack on one core: a direct exchange, a
classic queue, prefetch 100, manual acknowledgements. SimPy has no broker: its queue is a store
with as many credits as the prefetch. Prints messages a second of processor time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

MESSAGES = 200_000
KOMBU_MESSAGES = 20_000
SIMPY_MESSAGES = 50_000
PREFETCH = 100
ROUNDS = 5


def model(messages: int) -> None:
    """Publish in bursts of the prefetch, take what is delivered, acknowledge each."""
    from advisor.models.rabbitmq.broker import Broker

    broker = Broker()
    channel = broker.connect().channel()
    broker.exchange_declare("work", "direct", durable=True)
    broker.queue_declare(channel, "tasks", durable=True)
    broker.bind("queue", "tasks", "work", "task")
    channel.basic_qos(PREFETCH)
    channel.basic_consume("tasks")
    body = b"x" * 100
    done = 0
    publish, take, ack = channel.basic_publish, channel.inbox.popleft, channel.basic_ack
    while done < messages:
        for _ in range(PREFETCH):
            publish("work", "task", body)
        while channel.inbox:
            ack(take().tag)
            done += 1
    if done != messages or channel.unacked:
        raise RuntimeError(f"{done} of {messages} messages went through")


def kombu(messages: int) -> None:
    """The same through kombu's virtual transport in memory."""
    library: Any = import_module("kombu")  # its exports are not typed
    done = 0

    def on_message(message: Any) -> None:
        nonlocal done
        message.ack()
        done += 1

    exchange = library.Exchange("work", "direct")
    queue = library.Queue("tasks", exchange, routing_key="task")
    with library.Connection("memory://", transport_options={"polling_interval": 0}) as connection:
        producer = library.Producer(connection.channel(), exchange, auto_declare=True)
        consumer = library.Consumer(connection.channel(), [queue], on_message=on_message)
        consumer.qos(prefetch_count=PREFETCH)
        with consumer:
            while done < messages:
                for _ in range(PREFETCH):
                    producer.publish(b"x" * 100, routing_key="task")
                target = done + PREFETCH
                while done < target:
                    connection.drain_events(timeout=1)
    if done != messages:
        raise RuntimeError(f"{done} of {messages} messages went through")


def simpy(messages: int) -> None:
    """A store of messages, and credits that a reader takes for each and gives back."""
    library: Any = import_module("simpy")
    environment = library.Environment()
    queue = library.Store(environment)
    credits = library.Container(environment, capacity=PREFETCH, init=PREFETCH)
    done = 0

    def publish() -> Iterator[Any]:
        for _ in range(messages):
            yield queue.put(b"x" * 100)

    def read() -> Iterator[Any]:
        nonlocal done
        while done < messages:
            yield credits.get(1)
            yield queue.get()
            yield credits.put(1)
            done += 1

    environment.process(publish())
    environment.process(read())
    environment.run()
    if done != messages:
        raise RuntimeError(f"{done} of {messages} messages went through")


def best_rate(run: Callable[[int], None], messages: int) -> float:
    """Messages a second in the best of some rounds: the least disturbed one."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        run(messages)
        seconds.append(time.process_time() - start)
    return messages / min(seconds)


def main() -> None:
    """Print the rates, and how many times as fast the model is."""
    model_rate = best_rate(model, MESSAGES)
    print(f"RabbitMQ model          {model_rate:>10,.0f} messages/s")
    for name, run, messages in (
        ("kombu memory transport", kombu, KOMBU_MESSAGES),
        ("SimPy queue", simpy, SIMPY_MESSAGES),
    ):
        rate = best_rate(run, messages)
        print(f"{name:<23} {rate:>10,.0f} messages/s: {model_rate / rate:.1f} times")


if __name__ == "__main__":
    main()
