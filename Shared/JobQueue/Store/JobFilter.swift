/// Which jobs to list.
public struct JobFilter: Sendable, Hashable {
    /// Only of this queue.
    public var queue: String?
    /// Only of this task.
    public var task: String?
    /// Only in this status.
    public var status: JobRecord.Status?
    /// Only of this account; row security may narrow it further.
    public var account: Int64?
    /// Only older ones than this id: the last id of the page before.
    public var before: Int64?

    /// A filter; what is nil does not filter.
    public init(
        queue: String? = nil,
        task: String? = nil,
        status: JobRecord.Status? = nil,
        account: Int64? = nil,
        before: Int64? = nil
    ) {
        self.queue = queue
        self.task = task
        self.status = status
        self.account = account
        self.before = before
    }
}
