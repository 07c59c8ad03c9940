import Metrics

/// The figures of one queue that are not about one task.
struct QueueMetrics: Sendable {
    let reaped: Counter
    let repaired: Counter
    let hintsFailed: Counter
    let admitted: Counter
    let limited: Counter
    let degraded: Gauge
    private let pending: Gauge
    private let queued: Gauge
    private let running: Gauge
    private let dead: Gauge
    private let oldestWaiting: Gauge
    private let paused: Gauge
    private let workers: Gauge
    private let capacity: Gauge

    init(queue: String) {
        let label = [("queue", queue)]
        reaped = Counter(label: "igny8_jobs_reaped_total", dimensions: label)
        repaired = Counter(label: "igny8_job_hints_repaired_total", dimensions: label)
        admitted = Counter(label: "igny8_jobs_admitted_total", dimensions: label + [("way", "turn")])
        limited = Counter(label: "igny8_jobs_admitted_total", dimensions: label + [("way", "limit")])
        hintsFailed = Counter(label: "igny8_job_hints_failed_total", dimensions: label)
        degraded = Gauge(label: "igny8_job_queue_degraded", dimensions: label)
        pending = Gauge(label: "igny8_jobs", dimensions: label + [("state", "pending")])
        queued = Gauge(label: "igny8_jobs", dimensions: label + [("state", "queued")])
        running = Gauge(label: "igny8_jobs", dimensions: label + [("state", "running")])
        dead = Gauge(label: "igny8_jobs", dimensions: label + [("state", "dead")])
        paused = Gauge(label: "igny8_job_queue_paused", dimensions: label)
        workers = Gauge(label: "igny8_job_workers", dimensions: label)
        capacity = Gauge(label: "igny8_job_capacity", dimensions: label)
        oldestWaiting = Gauge(label: "igny8_job_oldest_waiting_seconds", dimensions: label)
    }

    func record(_ status: QueueStatus) {
        pending.record(status.pending)
        queued.record(status.queued)
        running.record(status.running)
        dead.record(status.dead)
        paused.record(status.isPaused ? 1 : 0)
        workers.record(status.workers)
        capacity.record(status.capacity)
        oldestWaiting.record(status.oldestWaiting.map(\.seconds) ?? 0)
    }
}
