import Foundation
import Postgres

/// A new job with its payload as it is stored.
struct EncodedJob: Sendable {
    let queue: String
    let task: String
    let account: Int64?
    let payload: PostgresJSON
    let uniqueKey: String?
    /// Seconds; see ``NewJob/uniqueWindow``.
    let uniqueWindow: Double?
    let runAt: Date?
    let priority: Int
    let maxAttempts: Int?
    let traceparent: String?
    /// With a space between them; nil without any.
    let limitKeys: String?
    /// Whether the list has room for its hint at once; else, and with limits, it waits for the relay.
    let isFast: Bool

    init(_ job: NewJob, traceparent: String?, hasRoom: Bool) throws {
        queue = job.queue
        task = job.task
        account = job.account
        payload = try PostgresJSON(job.payload)
        uniqueKey = job.uniqueKey
        uniqueWindow = job.uniqueKey == nil ? nil : job.uniqueWindow?.length.seconds
        runAt = job.runAt
        priority = max(-100, min(job.priority, 100))
        maxAttempts = job.maxAttempts
        self.traceparent = traceparent
        let keys = Set(job.limitKeys.map { String($0.map { $0.isWhitespace ? "_" : $0 }) })
        limitKeys = keys.isEmpty ? nil : keys.sorted().joined(separator: " ")
        isFast = hasRoom && job.limitKeys.isEmpty
    }
}
