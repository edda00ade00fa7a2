"""Programs run as on a new computer without a network: what they leave on the disk, and whether they tried to
reach anybody.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 300

_OWN_NETWORK = ("unshare", "--map-root-user", "--net")
# In a network namespace without any interface, the kernel counts each attempt to reach another machine, those
# of native code and look-ups of names included, as a packet without a route.
_COUNTED = 'counts=$1; shift; "$@"; code=$?; cp /proc/net/snmp "$counts"; exit $code'


@dataclass(frozen=True)
class Computer:
    """A person's folders, all of them empty at first."""

    root: Path

    @classmethod
    def new(cls, root: Path) -> Computer:
        computer = cls(root)
        for folder in (computer.home, computer.temporary, computer.data, computer.runtime):
            folder.mkdir(parents=True)
        computer.runtime.chmod(0o700)
        return computer

    @property
    def home(self) -> Path:
        return self.root / "person"

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def runtime(self) -> Path:
        return self.root / "run"

    def environment(self) -> dict[str, str]:
        """Without anything that this process tells its libraries about telemetry, caches or networks."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1",
            "QT_QPA_PLATFORM": "offscreen",
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "ASR_DESKTOP_HOME": str(self.data),
        }

    def python(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run the interpreter, and raise AssertionError where the program tried to reach another machine."""
        command = [sys.executable, *map(str, arguments)]
        counts = self.root / "counts"
        if has_own_network():
            command = [*_OWN_NETWORK, "sh", "-c", _COUNTED, "sh", str(counts), *command]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment(),
            umask=0o022,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        if has_own_network():
            attempts = attempts_in(counts.read_text())
            assert attempts == 0, f"{arguments} tried {attempts} times to reach another machine"
        return done

    def left_elsewhere(self) -> list[str]:
        """What lies outside the data folder."""
        return sorted(
            str(path.relative_to(self.root))
            for folder in (self.home, self.temporary)
            for path in folder.rglob("*")
        )

    def open_to_others(self) -> list[str]:
        """What of the data folder another user could read, if it could be reached."""
        return sorted(
            str(path.relative_to(self.root))
            for path in (self.data, *self.data.rglob("*"))
            if path.lstat().st_mode & 0o077
        )


@functools.cache
def has_own_network() -> bool:
    """Whether this machine lets a test start programs without its network."""
    try:
        return subprocess.run([*_OWN_NETWORK, "true"], capture_output=True).returncode == 0
    except OSError:
        return False


def attempts_in(counts: str) -> int:
    """Packets for which there was no route, of /proc/net/snmp."""
    names, values = (line.split() for line in counts.splitlines() if line.startswith("Ip:"))
    return int(values[names.index("OutNoRoutes")])
