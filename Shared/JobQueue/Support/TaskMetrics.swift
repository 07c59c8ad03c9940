import Metrics

/// The figures of one task: rate, errors, duration. Made once; looking a metric up costs more than counting with it.
struct TaskMetrics: Sendable {
    private let ended: [Verdict: Counter]
    private let stale: Counter
    private let duration: Timer
    private let pickup: Timer
    private let oldestWaiting: Gauge
    private let dead: Gauge

    init(queue: String, task: String) {
        let labels = [("queue", queue), ("task", task)]
        func counter(_ outcome: String) -> Counter {
            Counter(label: "igny8_jobs_ended_total", dimensions: labels + [("outcome", outcome)])
        }
        ended = Dictionary(uniqueKeysWithValues: Verdict.allCases.map { ($0, counter($0.rawValue)) })
        stale = counter("stale")
        duration = Timer(label: "igny8_job_duration_seconds", dimensions: labels)
        oldestWaiting = Gauge(label: "igny8_job_task_oldest_waiting_seconds", dimensions: labels)
        dead = Gauge(label: "igny8_job_task_dead", dimensions: labels)
        pickup = Timer(label: "igny8_job_pickup_seconds", dimensions: labels)
    }

    /// An attempt that was written down.
    func ended(_ verdict: Verdict, after time: Duration) {
        ended[verdict]?.increment()
        duration.record(duration: time)
    }

    /// An attempt that counts for nothing, because the job was not this worker's any more.
    func wasStale() { stale.increment() }

    /// What the one that keeps the queue has counted.
    func record(_ backlog: TaskBacklog?) {
        oldestWaiting.record(backlog?.oldestWaiting ?? 0)
        dead.record(backlog?.dead ?? 0)
    }

    /// From queued to claimed: what a client feels of the queue.
    func waited(_ time: Duration) { pickup.record(duration: time) }
}
