"""Plausible mistakes in the RabbitMQ model, each of which the programs must catch."""

from __future__ import annotations

from mistakes import Mistake

MISTAKES = (
    Mistake("requeue at the tail", "classic_queue.py",
            "        self.ready.put_back(entry)", "        self.ready.append(entry)"),
    Mistake("`#` needs a word", "topic_pattern.py",
            'reached[number + 1] = part == "#" and reached[number]', "reached[number + 1] = False"),
    Mistake("`*` may be no word", "topic_pattern.py",
            'reached[number + 1] = part == "#"', 'reached[number + 1] = part in ("#", "*")'),
    Mistake("any also looks at x- headers", "headers_match.py",
            'with_x = mode.endswith("-with-x")', "with_x = True"),
    Mistake("1 is the same as true", "headers_match.py",
            "return type(wanted) is type(given) and bool(wanted == given)",
            "return bool(wanted == given)"),
    Mistake("the longer time to live counts", "expiry.py",
            "now_ms + min(given)",
            "now_ms + max(given)"),
    Mistake("expiry in the middle of a queue", "queue.py",
            "        self.ready.append(entry)\n        if self.looks_at_head:\n",
            "        self.ready.append(entry)\n"
            "        if entry.expires_at_ms is not None:\n"
            "            fresh = getattr(self.ready, '_fresh', ())\n"
            "            self.broker.kernel.after(entry.expires_at_ms - now_ms, lambda:\n"
            "                entry in fresh and (fresh.remove(entry), self._expired([entry])))\n"
            "        if self.looks_at_head:\n"),
    Mistake("what overtakes has a timer of its own", "classic_queue.py",
            "return self.settings.max_priority is None or len(self.ready) == 1", "return True"),
    Mistake("an auto-delete queue outlives its reader's connection", "connection.py",
            "            self.broker.consumer_gone(queue)\n", "            pass\n"),
    Mistake("one attempt more", "quorum_queue.py",
            "entry.failures > limit", "entry.failures > limit + 1"),
    Mistake("a nack counts on 4.3, too", "quorum_queue.py",
            'if self.broker.version < V4_3 or how in ("reject", "closed"):', "if True:"),
    Mistake("no limit of deliveries from 4.0", "arguments.py",
            "default = 20 if version >= V4_0 else None", "default = None"),
    Mistake("prefetch holds for consumers that are there", "channel.py",
            "        self.prefetch = prefetch_count\n",
            "        self.prefetch = prefetch_count\n"
            "        for one in self.consumers.values():\n"
            "            one.limit = prefetch_count or one.limit\n"),
    Mistake("deaths are not counted", "dead_letter.py",
            '"count": death["count"] + 1', '"count": 1'),
    Mistake("a cycle never ends", "dead_letter.py",
            'return all(earlier["reason"] != "rejected" for earlier in deaths[: number + 1])',
            "return False"),
    Mistake("a rejection does not break a cycle", "dead_letter.py",
            'return all(earlier["reason"] != "rejected" for earlier in deaths[: number + 1])',
            "return True"),
    Mistake("the time to live stays in a dead letter", "dead_letter.py",
            "headers=headers, expiration=None)", "headers=headers)"),
    Mistake("the newest is dropped", "queue.py",
            "        while len(self.ready) and self._over(self.settings.limit):\n"
            "            dropped.append(self.ready.pop())\n",
            "        while len(self.ready) and self._over(self.settings.limit):\n"
            "            kept = self.ready.clear()\n"
            "            dropped.append(kept.pop())\n"
            "            for one in kept:\n"
            "                self.ready.append(one)\n"),
    Mistake("a queue that refuses says yes", "queue.py",
            '([Entry(message, 0)], "maxlen")\n            return False',
            '([Entry(message, 0)], "maxlen")\n            return True'),
    Mistake("the lowest priority of consumers first", "consumer.py",
            "key=lambda level: -level[0]", "key=lambda level: level[0]"),
    Mistake("all consumers of a single active queue work", "consumer.py",
            "        if not self._single_active:\n", "        if True:\n"),
    Mistake("what matches goes to the alternate exchange, too", "routing.py",
            "if not matched and exchange.alternate", "if exchange.alternate"),
    Mistake("an exchange-to-exchange binding goes one step only", "routing.py",
            "waiting.append(self._exchanges[name])", "pass"),
    Mistake("a wrong tag is ignored", "channel.py",
            '        found = self.unacked.pop(delivery_tag, None)\n        if found is None:\n'
            '            raise channel_error(406, f"unknown delivery tag {delivery_tag}")\n',
            "        found = self.unacked.pop(delivery_tag, None)\n        if found is None:\n"
            "            return\n"),
    Mistake("a closed channel loses what it held", "channel.py",
            '        self._give_back(held, "closed")\n', ""),
    Mistake("a rollback requeues", "channel.py",
            "        self.unacked = dict(sorted(again.items()))\n",
            "        self.unacked = {}\n"
            "        self._give_back(list(again.values()), 'recover')\n"),
    Mistake("looking is no use of an expiring queue", "queue.py",
            "        if self.unused is not None:\n            self.unused.renew()\n\n    @property",
            "\n    @property"),
    Mistake("a retry waits as long each time", "delayed_retry.py",
            "self.least_ms * max(1, failures)", "self.least_ms"),
    Mistake("stuck dead letters take no place", "quorum_queue.py",
            "return (*self.delayed.entries, *stuck)", "return self.delayed.entries"),
    Mistake("failures stay behind when dead-lettered", "queue.py",
            "return entry.failures if self.broker.version >= V4_3 else 0", "return 0"),
    Mistake("a stream begins with what comes next", "stream.py",
            'if wanted == "first":\n        return stream.first_offset',
            'if wanted == "first":\n        return stream.end'),
    Mistake("replies can be acknowledged", "direct_reply_to.py",
            "        if not no_ack:\n", "        if False:\n"),
)  # fmt: skip
