public import FoundationEssentials

/// One queue in figures.
public struct QueueStatus: Sendable, Hashable {
    /// One schedule in one zone.
    public struct ScheduleStatus: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Whose clock on the wall.
        public let zone: String
        /// Its cron expression.
        public let cron: String
        /// When it is due next, business time; nil for a moment after the zone has appeared.
        public let nextAt: Date?
        /// The due time it was last set off for, business time.
        public let lastAt: Date?
    }

    /// The queue's name.
    public let queue: String
    /// Whether it is paused.
    public let isPaused: Bool
    /// Tasks that are paused by themselves, by name.
    public let pausedTasks: [String]
    /// Waiting for their time, a back-off, or room.
    public let pending: Int
    /// Due, waiting for a worker.
    public let queued: Int
    /// In hand.
    public let running: Int
    /// Dead letters.
    public let dead: Int
    /// For how long the oldest due job has been waiting for a worker, machine time; of those that wait for the relay, since
    /// they were written.
    public let oldestWaiting: Duration?
    /// Workers that are alive.
    public let workers: Int
    /// Jobs that these can run at the same time.
    public let capacity: Int
    /// What the calendar sets off.
    public let schedules: [ScheduleStatus]
}
