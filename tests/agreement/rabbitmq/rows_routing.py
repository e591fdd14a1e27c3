"""Catalogue part A1: routing and topology."""

from __future__ import annotations

from programs import Rows
from rabbitmq_script import Script

from advisor.subjects.rabbitmq import protocol as amqp

ROWS = Rows()


@ROWS("RT-01")
def default_exchange(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.send(a, "~q", "m")
    s.get(a, "~q")
    s.bind(s.new(), "~q", "", "k")
    s.add(amqp.QueueUnbind(s.new(), "~q", "", "~q"))
    s.add(amqp.ExchangeBind(s.new(), "amq.direct", "", "k"))
    s.exchange(s.new(), "", "direct")
    s.exchange(s.new(), "", "direct", passive=True)
    s.add(amqp.ExchangeDelete(s.new(), ""))


@ROWS("RT-01")
def reserved_names(s: Script) -> None:
    s.exchange(s.new(), "amq.~x", "direct")
    s.queue(s.new(), "amq.~q")
    a = s.new()
    s.exchange(a, "amq.direct", "direct")
    s.add(amqp.ExchangeDelete(a, "amq.direct"))


@ROWS("RT-03")
def direct_and_fanout(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~d", "direct")
    s.exchange(a, "~f", "fanout")
    for name, key in (("~1", "k"), ("~2", "k"), ("~3", "K"), ("~4", "")):
        s.queue(a, name)
        s.bind(a, name, "~d", key)
        s.bind(a, name, "~f", key, other=1)
    for key in ("k", "K", "", "kk"):
        s.publish(a, "~d", key, f"d{key}")
    s.publish(a, "~f", "anything", "f")
    for name in ("~1", "~2", "~3", "~4"):
        s.get(a, name, 4)


@ROWS("RT-08")
def once_into_each_queue(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~t", "topic")
    s.queue(a, "~q")
    for pattern in ("a.*", "#", "*.b", "a.#"):
        s.bind(a, "~q", "~t", pattern)
    s.publish(a, "~t", "a.b", "m", headers={"CC": ["a.c", "x.b"]})
    s.look(a, "~q")
    s.get(a, "~q", 2)


@ROWS("RT-08")
def identity_of_bindings(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~d", "direct")
    s.queue(a, "~q")
    s.bind(a, "~q", "~d", "k")
    s.bind(a, "~q", "~d", "k", one=1)
    s.add(amqp.QueueUnbind(a, "~q", "~d", "k"))
    s.publish(a, "~d", "k", "still", True)
    s.add(amqp.QueueUnbind(a, "~q", "~d", "k", {"one": 1}))
    s.publish(a, "~d", "k", "gone", True)
    s.get(a, "~q", 2)
    s.add(amqp.QueueUnbind(a, "~q", "~d", "never"))
    s.add(amqp.QueueUnbind(a, "~none", "~d", "k"))
    s.add(amqp.QueueUnbind(a, "~q", "~none", "k"))
    s.add(amqp.ExchangeUnbind(a, "~none", "~d", "k"))
    s.bind(s.new(), "~none", "~d", "k")
    s.bind(s.new(), "~q", "~none", "k")
    s.add(amqp.ExchangeBind(s.new(), "~d", "~none", "k"))


@ROWS("RT-08")
def topic_words(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~t", "topic")
    patterns = ("#", "*", "a.#", "#.a", "a.*.b", "*.*", "#.b.#", "", "a..b", "a.#.b")
    for number, pattern in enumerate(patterns):
        s.queue(a, f"~{number}")
        s.bind(a, f"~{number}", "~t", pattern)
    for key in ("", "a", "a.b", "a.x.b", "b", "a..b", "x.a", ".", "a.b.c"):
        s.publish(a, "~t", key, f"[{key}]")
    for number in range(len(patterns)):
        s.get(a, f"~{number}", 10)


@ROWS("RT-08")
def headers_matches(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~h", "headers")
    modes = ("all", "any", "all-with-x", "any-with-x")
    for mode in modes:
        s.queue(a, f"~{mode}")
        s.add(
            amqp.QueueBind(a, f"~{mode}", "~h", "", {"x-match": mode, "a": 1, "b": "t", "x-c": "y"})
        )
    s.queue(a, "~present")
    s.add(amqp.QueueBind(a, "~present", "~h", "", {"x-match": "all", "a": None}))
    s.queue(a, "~empty")
    s.add(amqp.QueueBind(a, "~empty", "~h", "", {}))
    for number, headers in enumerate(
        (
            {},
            {"a": 1},
            {"a": 1, "b": "t"},
            {"a": "1", "b": "t"},
            {"a": 1, "b": "t", "x-c": "y"},
            {"x-c": "y"},
            {"a": True},
        )
    ):
        s.publish(a, "~h", "", f"m{number}", headers=headers)
    for name in (*modes, "present", "empty"):
        s.get(a, f"~{name}", 8)
    s.add(amqp.QueueBind(s.new(), "~all", "~h", "", {"x-match": "wat"}))


@ROWS("RT-09")
def exchange_cycles(s: Script) -> None:
    a = s.new()
    for name in ("~a", "~c", "~d"):
        s.exchange(a, name, "fanout")
    s.queue(a, "~q")
    for source, target in (("~a", "~c"), ("~c", "~d"), ("~d", "~a"), ("~a", "~a")):
        s.add(amqp.ExchangeBind(a, target, source, ""))
    for name in ("~a", "~c", "~d"):
        s.bind(a, "~q", name, "")
    s.publish(a, "~a", "k", "m")
    s.get(a, "~q", 2)


@ROWS("RT-10")
def alternate_exchange(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~alt", "fanout")
    s.exchange(a, "~x", "direct", arguments={"alternate-exchange": "~alt"})
    s.queue(a, "~q")
    s.queue(a, "~other")
    s.bind(a, "~q", "~x", "k")
    s.bind(a, "~other", "~alt")
    s.publish(a, "~x", "k", "known", True)
    s.publish(a, "~x", "nobody", "unknown", True)
    s.get(a, "~q", 2)
    s.get(a, "~other", 2)
    s.exchange(a, "~lost", "direct", arguments={"alternate-exchange": "~none"})
    s.publish(a, "~lost", "k", "m", True)
    s.exchange(a, "~self", "direct", arguments={"alternate-exchange": "~self"})
    s.publish(a, "~self", "k", "m", True)
    s.exchange(a, "~1", "direct", arguments={"alternate-exchange": "~2"})
    s.exchange(a, "~2", "direct", arguments={"alternate-exchange": "~1"})
    s.publish(a, "~1", "k", "m", True)
    s.exchange(s.new(), "~wrong", "direct", arguments={"alternate-exchange": 5})


@ROWS("RT-12")
def mandatory(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~x", "direct")
    s.queue(a, "~q")
    s.bind(a, "~q", "~x", "cc")
    s.publish(a, "~x", "k", "returned", True)
    s.publish(a, "~x", "k", "dropped")
    s.publish(a, "~x", "k", "by copy", True, headers={"CC": ["cc"]})
    s.publish(a, "", "~nowhere", "returned", True)
    s.get(a, "~q", 2)


@ROWS("RT-13")
def missing_exchange(s: Script) -> None:
    a = s.new()
    s.queue(a, "~q")
    s.send(a, "~q", "before")
    s.publish(a, "~none", "k", "bad")
    s.send(a, "~q", "after")
    b = s.new()
    s.get(b, "~q", 2)
    s.exchange(b, "~inside", "fanout", internal=True)
    s.publish(b, "~inside", "", "m")


@ROWS("RT-14")
def exchange_again(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~x", "direct", arguments={"unknown": 1})
    s.exchange(a, "~x", "direct", arguments={"unknown": 2})
    s.exchange(a, "~x", "topic", passive=True)
    s.exchange(s.new(), "~x", "topic")
    s.exchange(s.new(), "~x", "direct", durable=False)
    s.exchange(s.new(), "~x", "direct", auto_delete=True)
    s.exchange(s.new(), "~x", "direct", internal=True)
    s.exchange(s.new(), "~x", "direct", arguments={"alternate-exchange": "~y"})
    s.exchange(s.new(), "~wat", "wat")
    s.exchange(s.new(), "~none", "direct", passive=True)


@ROWS("RT-15")
def exchange_delete(s: Script) -> None:
    a = s.new()
    s.add(amqp.ExchangeDelete(a, "~none"))
    s.exchange(a, "~x", "direct", auto_delete=True)
    s.exchange(a, "~y", "fanout", auto_delete=True)
    s.queue(a, "~q")
    s.add(amqp.ExchangeBind(a, "~y", "~x", "k"))
    s.bind(a, "~q", "~y")
    s.add(amqp.ExchangeDelete(s.new(), "~x", if_unused=True))
    s.add(amqp.ExchangeUnbind(a, "~y", "~x", "k"))
    s.exchange(s.new(), "~x", "direct", passive=True)
    s.exchange(a, "~y", "fanout", passive=True)
    s.add(amqp.QueueUnbind(a, "~q", "~y"))
    s.exchange(s.new(), "~y", "fanout", passive=True)
    s.exchange(a, "~z", "direct")
    s.bind(a, "~q", "~z", "k")
    s.add(amqp.ExchangeDelete(s.new(), "~z", if_unused=True))
    s.add(amqp.QueueUnbind(a, "~q", "~z", "k"))
    s.add(amqp.ExchangeDelete(a, "~z", if_unused=True))


@ROWS("RT-16")
def sender_selected(s: Script) -> None:
    a = s.new()
    s.exchange(a, "~x", "direct")
    for name in ("p", "c", "b"):
        s.queue(a, f"~{name}")
        s.bind(a, f"~{name}", "~x", name)
    s.publish(a, "~x", "p", "m", headers={"CC": ["c"], "BCC": ["b"], "other": "o"})
    for name in ("p", "c", "b"):
        s.get(a, f"~{name}", 2)
    s.publish(s.new(), "~x", "p", "m", headers={"CC": "c"})
    s.publish(s.new(), "~x", "p", "m", headers={"BCC": 7})
