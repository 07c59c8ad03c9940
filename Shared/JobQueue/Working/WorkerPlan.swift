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
}
