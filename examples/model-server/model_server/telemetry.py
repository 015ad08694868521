"""The metrics, named as servers of this kind name them: HTTP, vLLM's, and signals of quality.

vLLM's names are those of its Prometheus endpoint (docs.vllm.ai, "Production Metrics"); gpu_cache_usage_perc is what
kv_cache_usage_perc was called before. Probes and scrapes are not counted as requests, as in vLLM: they would dilute
every ratio.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from model_server.answers import Answer

CONTENT_TYPE = CONTENT_TYPE_LATEST
CHAT = "/v1/chat/completions"
HTTP_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
LATENCY_BUCKETS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0)
FIRST_TOKEN_BUCKETS = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)


class Telemetry:
    """One registry for each server, so that several can live in one process."""

    def __init__(self, name: str, version: str) -> None:
        disable_created_metrics()
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        Gauge("model_info", "The model that answers.", ["name", "version"], registry=registry).labels(
            name, version
        ).set(1)
        self._http = _HttpMetrics(registry)
        self._vllm = _VllmMetrics(registry, name)
        self._quality = _QualityMetrics(registry)
        self.knobs_rejected = Counter(
            "model_server_knobs_rejected", "Changes of the knobs file that could not be used.", registry=registry
        )

    def render(self) -> bytes:
        return generate_latest(self.registry)

    def responded(self, method: str, handler: str, code: int, seconds: float) -> None:
        self._http.requests.labels(str(code), method, handler).inc()
        self._http.duration.labels(method, handler).observe(seconds)

    def load(self, running: int, waiting: int, capacity: int) -> None:
        self._vllm.running.set(running)
        self._vllm.waiting.set(waiting)
        self._vllm.kv_cache.set(running / capacity)
        self._vllm.gpu_cache.set(running / capacity)

    def answered(self, answer: Answer, seconds: float) -> None:
        self._vllm.success.inc()
        self._vllm.latency.observe(seconds)
        self._vllm.first_token.observe(answer.first_token_seconds)
        self._vllm.prompt_tokens.inc(answer.prompt_tokens)
        self._vllm.generation_tokens.inc(answer.completion_tokens)
        self._quality.answers.labels(str(answer.grounded).lower()).inc()
        self._quality.cost.inc(answer.cost_eur)

    def rated(self, verdict: str) -> None:
        self._quality.feedback.labels(verdict).inc()


class _HttpMetrics:
    """The usual labels exist from the start: a counter that appears with its first event has no increase to see."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "http_requests", "Requests, probes and scrapes left out.", ["code", "method", "handler"], registry=registry
        )
        self.duration = Histogram(
            "http_request_duration_seconds",
            "From the request's last byte to the answer's first.",
            ["method", "handler"],
            buckets=HTTP_BUCKETS,
            registry=registry,
        )
        for code in ("200", "500"):
            self.requests.labels(code, "POST", CHAT)


class _VllmMetrics:
    def __init__(self, registry: CollectorRegistry, model: str) -> None:
        def counter(name: str, help_text: str) -> Counter:
            return Counter(f"vllm:{name}", help_text, ["model_name"], registry=registry).labels(model)

        def gauge(name: str, help_text: str) -> Gauge:
            return Gauge(f"vllm:{name}", help_text, ["model_name"], registry=registry).labels(model)

        def histogram(name: str, help_text: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(f"vllm:{name}", help_text, ["model_name"], buckets=buckets, registry=registry).labels(
                model
            )

        self.success = Counter(
            "vllm:request_success", "Requests answered.", ["finished_reason", "model_name"], registry=registry
        ).labels("stop", model)
        self.latency = histogram("e2e_request_latency_seconds", "From request to last token.", LATENCY_BUCKETS)
        self.first_token = histogram("time_to_first_token_seconds", "Time to first token.", FIRST_TOKEN_BUCKETS)
        self.prompt_tokens = counter("prompt_tokens", "Tokens read.")
        self.generation_tokens = counter("generation_tokens", "Tokens written.")
        self.running = gauge("num_requests_running", "Requests being answered.")
        self.waiting = gauge("num_requests_waiting", "Requests waiting for a place.")
        self.kv_cache = gauge("kv_cache_usage_perc", "Places taken; 1 is all of them.")
        self.gpu_cache = gauge("gpu_cache_usage_perc", "The former name of kv_cache_usage_perc.")


class _QualityMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.answers = Counter(
            "assistant_answers", "Answers, by whether what is known supports them.", ["grounded"], registry=registry
        )
        self.feedback = Counter("assistant_feedback", "What users said of answers.", ["verdict"], registry=registry)
        self.cost = Counter("assistant_cost_eur", "What the tokens cost.", registry=registry)
        for grounded in ("true", "false"):
            self.answers.labels(grounded)
        for verdict in ("up", "down"):
            self.feedback.labels(verdict)
