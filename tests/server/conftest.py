"""What the server's tests have in common: the recogniser is in a thread where no process has to die."""

from __future__ import annotations

from tests.recognition.worker_in_thread import recognisers_are_threads

__all__ = ["recognisers_are_threads"]
