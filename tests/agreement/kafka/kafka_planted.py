"""Plants plausible mistakes in the Kafka model and tells which of them the suite catches.

``python .../kafka/kafka_planted.py FILE``: FILE is what ``kafka_agree.py --keep`` wrote. Each
mistake goes into a copy of the package, which replays what the cluster showed. Exits 1 if one is
not caught, or if the model without a mistake differs.
"""

from __future__ import annotations

import argparse
import os
import pickle
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kafka_compare import Difference, Kept

ROOT = Path(__file__).parent.parent.parent.parent


@dataclass(frozen=True)
class Mistake:
    """A line that someone might have written instead."""

    what: str
    file: str
    right: str
    wrong: str


MISTAKES = (
    Mistake("keys by absolute value, not by mask", "partitioner.py", "& 0x7FFFFFFF", "& 0xFFFF"),
    Mistake("partitions may shrink", "topic_admin.py", "if partitions <= len", "if False and len"),
    Mistake("names may clash", "topic_admin.py", '.replace(".", "_")', '.replace("", "")'),
    Mistake("limits of 70 bytes less", "record.py", "BATCH_OVERHEAD_BYTES = 61",
            "BATCH_OVERHEAD_BYTES = 0"),
    Mistake("a retry is stored twice", "producer.py", "origin=last.origin", "origin=None"),
    Mistake("minimum in sync for acks=1 too", "replication.py", "if acks == -1 and",
            "if acks != 0 and"),
    Mistake("consumers see beyond the high watermark", "replication.py",
            "self.last_stable_offset if committed else self.high_watermark",
            "self.last_stable_offset if committed else self.log.end_offset"),
    Mistake("commits write no marker", "transactions.py",
            "partition.append_marker(marker, now_ms=self._kernel.now_ms)", "pass"),
    Mistake("zombies are not fenced", "transactions.py", "if state.epoch != epoch:", "if False:"),
    Mistake("aborted records are read", "consumer.py", 'transaction.state == "aborted"', "False"),
    Mistake("compaction keeps the first of a key", "compaction.py",
            "newest[record.key] = offset", "newest.setdefault(record.key, offset)"),
    Mistake("compaction touches the active segment", "compaction.py",
            "zip(log.segments, log.segments[1:], strict=False)",
            "zip(log.segments, log.segments, strict=False)"),
    Mistake("tombstones go at once", "compaction.py", "if outlived:", "if True:"),
    Mistake("size removes one segment more", "retention.py",
            "if over - segment.size_bytes < 0 or", "if over < 0 or"),
    Mistake("latest is an uncommitted end", "reset_policy.py",
            "partition.last_stable_offset if committed else partition.high_watermark", "0"),
    Mistake("the last members get more", "assignors.py", "(place < extra)",
            "(place >= len(members) - extra)"),
    Mistake("round robin starts anew for each topic", "assignors.py",
            "        for number in range(partitions[topic]):\n            while",
            "        turn = 0\n        for number in range(partitions[topic]):\n            while"),
    Mistake("a crash is noticed at once", "consumer_group.py",
            "self._kernel.after(member.session_timeout_ms,", "self._kernel.after(0,"),
    Mistake("anyone may commit", "consumer_group.py",
            "        if self.members:\n            raise KafkaError(ErrorCode.UNKNOWN_MEMBER_ID)\n"
            "        self.commits.commit", "        self.commits.commit"),
    Mistake("groups with members are deleted", "cluster.py", "if group.members:", "if False:"),
    Mistake("share locks last as long as the default", "share_partition.py",
            "self._settings().lock_ms", "30_000"),
    Mistake("released records go to the tail", "share_partition.py",
            "while self._available and len(offsets) < records_max:", "while False:"),
    Mistake("one attempt more", "share_partition.py", "entry.count >= self", "entry.count > self"),
    Mistake("a crash keeps share locks", "share_consumer.py",
            '        """The connection breaks, with the same effect as :meth:`close` (KS-08)."""\n'
            "        self.close()", '        """Nothing."""'),
    Mistake("dead letters need no permission", "cluster.py",
            "or not target.config.errors_deadletterqueue_group_enable", "or False"),
    Mistake("a future stamp is taken", "versions.py",
            "refuses_future_timestamps=version >= BrokerVersion(4, 0)",
            "refuses_future_timestamps=False"),
)  # fmt: skip


def replay(path: Path) -> int:
    """How many of the kept runs the model in use differs from; names on standard output."""
    kept: list[Kept] = pickle.loads(path.read_bytes())
    count = 0
    for one in kept:
        try:
            differs = isinstance(one.verdict(), Difference)
        except Exception:
            differs = True
        if differs:
            count += 1
            print(one.name)
    return count


def caught_by(mistake: Mistake | None, path: Path) -> list[str]:
    """The programs that show it; ValueError if its line is not in the model."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "advisor"
        shutil.copytree(ROOT / "advisor", copy, ignore=shutil.ignore_patterns("__pycache__"))
        if mistake is not None:
            file = copy / "models" / "kafka" / mistake.file
            text = file.read_text()
            if mistake.right not in text:
                raise ValueError(f"{mistake.file} has no {mistake.right!r}")
            file.write_text(text.replace(mistake.right, mistake.wrong))
        here = str(Path(__file__).parent)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((folder, here))}
        command = [sys.executable, __file__, str(path), "--replay"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            return [f"does not even run: {done.stderr.strip().splitlines()[-1]}"]
        return done.stdout.splitlines()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--replay", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.replay:
        return min(replay(given.file), 1)
    without = caught_by(None, given.file)
    missed = 0
    for mistake in MISTAKES:
        found = [name for name in caught_by(mistake, given.file) if name not in without]
        missed += not found
        shown = f"{len(found)}: {found[0]}" if found else "NOT CAUGHT"
        print(f"{mistake.what}: {shown}", flush=True)
    print(f"{len(MISTAKES) - missed} of {len(MISTAKES)} caught; without: {without or 'agrees'}")
    return 1 if missed or without else 0


if __name__ == "__main__":
    sys.exit(main())
