/// How a worker works. The defaults suit production; tests shorten the lease.
public struct WorkerConfiguration: Sendable {
    /// Jobs that run at the same time in this process.
    public var capacity: Int
    /// A worker that has not been heard of for so long is dead, and its jobs go to others. The heartbeat comes every
    /// sixth of it (5 s of 30 s); after two thirds without an answer (20 s) the worker cancels its handlers by itself,
    /// before others may start them.
    public var lease: Duration
    /// How long running jobs may take to finish at shutdown, before they are given back.
    public var grace: Duration
    /// How often a job may be in hand, as the only suspect, when its worker dies. Then it is a dead letter.
    public var crashLimit: Int
    /// How long what has ended is kept.
    public var retention: Retention
    /// How claims are committed. A claim that a crash of PostgreSQL undoes costs at worst a second attempt beside the
    /// first, whose outcome is then stale; a task that must not even overlap with itself wants `durable`.
    public var claimCommit: CommitMode
    /// What the process says about itself in `igny8_workers`.
    public var version: String

    /// A configuration; capacity 32 is sixteen per core of a small machine, for tasks that mostly wait for providers.
    public init(
        capacity: Int = 32,
        lease: Duration = .seconds(30),
        grace: Duration = .seconds(20),
        crashLimit: Int = 3,
        retention: Retention = Retention(),
        claimCommit: CommitMode = .asynchronous,
        version: String = "0"
    ) {
        self.capacity = max(capacity, 1)
        self.lease = lease
        self.grace = grace
        self.crashLimit = crashLimit
        self.retention = retention
        self.claimCommit = claimCommit
        self.version = version
    }

    /// Between two heartbeats.
    var beat: Duration { lease / 6 }
    /// Without an answer for so long, the worker stops what it does.
    var selfFence: Duration { lease * 2 / 3 }
    /// How long the one that keeps the queue (relay, repair, reaper, scheduler) keeps it without renewal.
    var leadership: Duration { lease / 6 }
    /// A round of the fetch loop takes five seconds when nothing comes, and while PostgreSQL does not answer, forty.
    var fetchLimit: Duration { max(lease * 2, .seconds(6)) }
    /// What a cancelled handler gets to end by itself before the reaper takes its row away.
    var deadlineGrace: Duration { min(.seconds(10), lease) }
    /// How long Redis may be gone before jobs are claimed without hints.
    var patienceWithRedis: Duration { min(.seconds(2), lease / 3) }
}
