public import Logging
public import Postgres
public import Redis
public import ServiceLifecycle

/// Runs the jobs of one queue. Each process has one; any number of processes share the queue.
///
/// ```
/// W1 take hints for the free slots → W2 claim their rows in one statement → W3 a Swift task for each handler
/// → W4 outcome → W5 acknowledge in batches → W6 the slots are free again
/// ```
/// Beside it: a heartbeat, and a keeper that competes for the queue's lease; the one that holds it relays due jobs to
/// Redis, repairs lost hints, reaps dead workers and sets off schedules. At graceful shutdown the worker finishes or
/// gives back what it holds.
///
/// Put it behind its database and Redis in the service group: it must stop before they do.
public final class JobWorker: Service, CustomStringConvertible {
    private let queue: String
    private let tasks: [any JobTask]
    private let schedules: [Schedule]
    private let zones: @Sendable () async throws -> [String]
    private let database: PostgresDatabase
    private let redis: RedisClient?
    private let configuration: WorkerConfiguration
    private let logger: Logger
    private let failpoints: Failpoints
    private let stop = StopSignal()

    /// A worker that does nothing before ``run()``.
    /// - Parameters:
    ///   - queue: the queue's name: lower-case letters, digits, `-` and `_`.
    ///   - tasks: all that this process can do. A job of another task fails, and is tried again later.
    ///   - schedules: what the calendar sets off; their rows follow this list.
    ///   - zones: the zones that accounts live in, for ``Schedule/Zone/perAccountZone``.
    ///   - redis: where the hints are; nil claims by looking, four times a second.
    public convenience init(
        queue: String,
        tasks: [any JobTask],
        schedules: [Schedule] = [],
        zones: @escaping @Sendable () async throws -> [String] = { [] },
        database: PostgresDatabase,
        redis: RedisClient?,
        configuration: WorkerConfiguration = WorkerConfiguration(),
        logger: Logger
    ) {
        self.init(
            queue: queue,
            tasks: tasks,
            schedules: schedules,
            zones: zones,
            database: database,
            redis: redis,
            configuration: configuration,
            logger: logger,
            failpoints: .none
        )
    }

    package init(
        queue: String,
        tasks: [any JobTask],
        schedules: [Schedule] = [],
        zones: @escaping @Sendable () async throws -> [String] = { [] },
        database: PostgresDatabase,
        redis: RedisClient?,
        configuration: WorkerConfiguration,
        logger: Logger,
        failpoints: Failpoints
    ) {
        self.queue = queue
        self.tasks = tasks
        self.schedules = schedules
        self.zones = zones
        self.database = database
        self.redis = redis
        self.configuration = configuration
        self.logger = logger
        self.failpoints = failpoints
    }

    /// The queue's name.
    public var description: String { "worker of \(queue)" }

    /// Works until graceful shutdown, then drains; at cancellation it gives back at once what it holds.
    ///
    /// Throws a sentence at the start when a schedule cannot be read, and ``StuckWorker`` when it does not work any more: a
    /// fetch loop that hangs, handlers that do not end. What it held is given back; let the process end.
    public func run() async throws {
        let plan = try plan()
        // Not a child: draining writes to the database, which a cancelled task cannot.
        let life = Task { [stop] () -> StuckWorker? in
            while !stop.isGiven {
                switch await Incarnation(plan).live(until: stop) {
                case .declaredDead: continue
                case .stuck(let why): return StuckWorker(description: why)
                case .drained, .killed: return nil
                }
            }
            return nil
        }
        let illness = await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await life.value
            } onGracefulShutdown: {
                self.drain()
            }
        } onCancel: {
            stop.give(.drain(grace: .zero))
        }
        if let illness { throw illness }
    }

    /// What graceful shutdown does.
    package func drain() { stop.give(.drain(grace: configuration.grace)) }

    /// For tests: what `kill -9` does. Nothing more is written, nothing is given back.
    package func kill() { stop.give(.kill) }

    private func plan() throws -> WorkerPlan {
        let tasks = Dictionary(self.tasks.map { AnyTask($0) }.map { ($0.name, $0) }) { first, _ in first }
        return WorkerPlan(
            queue: queue,
            tasks: tasks,
            calendar: try ScheduleCalendar(schedules),
            zones: zones,
            database: QueueDatabase(database),
            redis: redis,
            producer: JobProducer(redis: redis, logger: logger, failpoints: failpoints),
            configuration: configuration,
            metrics: tasks.mapValues { TaskMetrics(queue: queue, task: $0.name) },
            queueMetrics: QueueMetrics(queue: queue),
            failpoints: failpoints,
            logger: logger
        )
    }
}
