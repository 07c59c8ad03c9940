/// How long what has ended is kept. Machine time.
public struct Retention: Sendable, Hashable {
    /// Days of finished jobs; a day that is older goes as a whole.
    public var historyDays: Int
    /// Days of dead letters.
    public var deadDays: Int
    /// Dead letters of one queue; beyond, the oldest go.
    public var deadJobs: Int

    /// Days of history that are made ahead: a week without anybody who makes more, and the default partition after that.
    static let daysAhead = 7

    /// A retention; the defaults keep a quarter of history, and dead letters for half a year.
    public init(historyDays: Int = 92, deadDays: Int = 183, deadJobs: Int = 100_000) {
        self.historyDays = max(historyDays, 1)
        self.deadDays = max(deadDays, 1)
        self.deadJobs = max(deadJobs, 0)
    }
}
