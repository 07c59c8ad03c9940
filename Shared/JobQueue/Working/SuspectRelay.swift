import Logging
import Postgres

/// Hands on to the next suspect when one has ended: its hint is pushed again.
///
/// A worker claims one suspect at a time, and drops the hints of the others with those that are stale. Repair would find
/// them, four seconds a job; a dead worker may leave dozens.
struct SuspectRelay: Sendable {
    let queue: String
    let database: QueueDatabase
    let hints: HintList?
    let ended: Wakeup
    let logger: Logger

    /// Runs until the task is cancelled.
    func run() async {
        guard let hints else { return }
        while !Task.isCancelled {
            await ended.wait()
            do {
                let rows = try await database.query(
                    """
                    select id from igny8_jobs
                    where queue = \(queue) and state = 'queued' and crashes >= \(ClaimStatement.suspectCrashes)
                    order by queued_at limit 1
                    """
                )
                let ids: [Int64] = try rows.map { try $0.decode(0) }
                if !ids.isEmpty { try await hints.push(ids, atHead: true) }
            } catch {
                if Task.isCancelled { return }
                logger.debug("no hint for the next suspect, repair will find it", metadata: ["error": "\(error)"])
            }
        }
    }
}
