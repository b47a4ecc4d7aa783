"""What a process counts about itself, for Prometheus. Nothing of it is global: two apps count apart.

Labels come from our own tables only (routes, the schema's fields, departments, codes), never from what callers send:
whoever could choose a label could fill the memory. Children are kept by their label values, since finding them again
through the library costs more than counting does.
"""

from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, GCCollector, Histogram, ProcessCollector

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Telemetry:
    """One app's counters and latencies; its gauges are set when they are asked for."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._requests = self._counter("http_requests", "Requests answered.", "route", "method", "status")
        self._request_seconds = self._histogram("http_request_seconds", "Time to the end of an answer.", "route")
        self._operations = self._histogram(
            "graphql_operation_seconds", "Time of a GraphQL query or mutation.", "kind", "field"
        )
        self._subscriptions = self._counter("graphql_subscriptions", "GraphQL subscriptions that began.", "field")
        self._errors = self._counter("graphql_errors", "Errors told to GraphQL callers.", "code")
        self.sockets = Gauge("alidash_sockets", "WebSockets that are open.", registry=self.registry)
        self._sockets_refused = self._counter("sockets_refused", "WebSockets that were turned away.", "reason")
        self._answers: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._timed: dict[tuple[str, str], Histogram] = {}

    def answered(self, route: str | None, method: str, status: int, seconds: float) -> None:
        """Count a request, by the template of its route (None: it had none)."""
        key = (route or "none", method if method in METHODS else "other", status)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = (self._requests.labels(*key), self._request_seconds.labels(key[0]))
        answer[0].inc()
        answer[1].observe(seconds)

    def operated(self, kind: str, field: str, seconds: float) -> None:
        """Time a GraphQL query or mutation, by a field of the schema."""
        timed = self._timed.get((kind, field))
        if timed is None:
            timed = self._timed[kind, field] = self._operations.labels(kind, field)
        timed.observe(seconds)

    def subscribed(self, field: str) -> None:
        """Count a GraphQL subscription that begins, by its field of the schema."""
        self._subscriptions.labels(field).inc()

    def failed(self, code: str) -> None:
        """Count an error that a GraphQL caller is told, by its code."""
        self._errors.labels(code).inc()

    def socket_refused(self, reason: Literal["address", "frames"]) -> None:
        """Count a socket that its address had too many of, or that was closed for sending too many frames."""
        self._sockets_refused.labels(reason).inc()

    def gauge(self, name: str, says: str, *labels: str) -> Gauge:
        """A figure that is set when somebody asks."""
        return Gauge(f"alidash_{name}", says, labels, registry=self.registry)

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"alidash_{name}", says, labels, registry=self.registry)

    def _histogram(self, name: str, says: str, *labels: str) -> Histogram:
        return Histogram(f"alidash_{name}", says, labels, buckets=SECONDS, registry=self.registry)
