"""Metrics for Prometheus: GET /metrics."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """Metrics of one server, without any content or client names."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "asr_requests", "Requests that were answered", ["path", "status"], registry=self.registry
        )
        self.sound_seconds = Counter(
            "asr_sound_seconds", "Seconds of sound that were recognised", registry=self.registry
        )
        self.seconds = Histogram(
            "asr_request_seconds",
            "From the last byte of a recording to its text",
            buckets=(0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1200),
            registry=self.registry,
        )
        self.restarts = Counter(
            "asr_recogniser_restarts", "Deaths of the recogniser's process", registry=self.registry
        )
        self.in_line = Gauge(
            "asr_in_line", "Requests that are recognised or wait for that", registry=self.registry
        )
        self.receiving = Gauge("asr_receiving", "Request bodies being received", registry=self.registry)
        self.live = Gauge("asr_live", "WebSockets being listened to", registry=self.registry)

    def text(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self.registry)
