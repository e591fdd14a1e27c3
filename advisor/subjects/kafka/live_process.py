"""The parent's side of a consumer that runs in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from advisor.subjects.kafka.live_member import main, receive, send
from advisor.subjects.kafka.live_settings import LiveRefused, LiveSilent

GOODBYE_S = 15


class MemberProcess:
    """``kind``: ``group`` or ``share``. Settings go through the pipe, not the command line."""

    def __init__(self, kind: str, group: str, config: Mapping[str, str]) -> None:
        self.kind = kind
        self.group = group
        self.client_id = config.get("client.id", "")
        self.looping = False
        self._number = 0
        command = [sys.executable, "-c", f"from {main.__module__} import main; main()"]
        # a session of its own: Ctrl-C is ours to handle
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            self._exchange(kind, dict(config))
        except BaseException:
            self.kill()
            raise

    def _exchange(self, *request: Any) -> Any:
        self._number += 1
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            send(stdin, (self._number, *request))
            while True:
                number, answer = receive(stdout)
                # an interrupted request may have left its answer behind
                if number == self._number:
                    break
        except (EOFError, OSError):
            raise LiveSilent("the consumer's process ended") from None
        if answer[0] == "done":
            return answer[1]
        if answer[0] == "refused":
            raise LiveRefused(answer[1], answer[2])
        raise LiveSilent(answer[1])

    def ask(self, name: str, *arguments: Any) -> Any:
        """One request; raises LiveRefused or LiveSilent."""
        return self._exchange(name, arguments)

    def loop(self, polling: bool) -> None:
        """Whether it goes on polling while it is not asked."""
        if self.looping != polling:
            self.looping = polling
            self.ask("loop", polling)

    def close(self) -> None:
        """Leave politely, by force if that takes too long."""
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(GOODBYE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._end()

    def kill(self) -> None:
        """The process dies at once."""
        self._process.kill()
        self._end()

    def _end(self) -> None:
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
