import Logging
import Redis

/// Everything a worker is made of that outlives one incarnation.
struct WorkerPlan: Sendable {
    let queue: String
    let tasks: [String: AnyTask]
    let calendar: ScheduleCalendar
    let zones: @Sendable () async throws -> [String]
    let database: QueueDatabase
    let redis: RedisClient?
    let producer: JobProducer
    let configuration: WorkerConfiguration
    let metrics: [String: TaskMetrics]
    let queueMetrics: QueueMetrics
    let failpoints: Failpoints
    let logger: Logger

    /// What its tasks declare; of two of one name the first stands.
    var limits: [JobLimit] {
        let limits = tasks.values.sorted { $0.name < $1.name }.flatMap(\.limits)
        return Array(Dictionary(limits.map { ($0.name, $0) }) { first, _ in first }.values)
    }
}
