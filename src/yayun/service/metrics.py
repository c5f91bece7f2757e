"""What is counted, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 40, 60)


class Metrics:
    """One service's counters, in a registry of their own."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, waiting: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        labels = ("method", "route", "status")
        self.requests = Counter("yayun_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "yayun_request_seconds", "Seconds a request took", ("route",), buckets=BUCKETS, registry=self.registry
        )
        self.open = Gauge("yayun_requests_open", "Requests under way", registry=self.registry)
        load = Gauge("yayun_poems_waiting", "Poems waiting or being written", registry=self.registry)
        load.set_function(waiting)

    def render(self) -> bytes:
        """The text Prometheus reads."""
        return generate_latest(self.registry)
