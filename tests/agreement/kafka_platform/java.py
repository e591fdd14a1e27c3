"""Java programs of this suite, and what they need."""

from __future__ import annotations

import subprocess
from pathlib import Path

RIG = Path(__file__).parent.parent.parent / "rigs" / "java"


def class_path(*artifacts: str) -> str:
    """Jars of these artifacts and what they need; SystemExit where they cannot be had."""
    done = subprocess.run([RIG, *artifacts], check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"java rig: {done.stderr.strip()[-500:]}")
    return done.stdout.strip()
