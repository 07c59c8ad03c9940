import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// One invoice for every subscription and period that has begun, wherever the subscription lives: by account, then by
/// subscription, so that invoice numbers are the same each time; many in a transaction. Missed periods are caught up; runs
/// that meet each other wait at the first subscription's row, and neither overtakes the other.
struct ProcessManagedBilling: JobTask {
    static let name = "process_managed_billing"

    let office: Office

    /// Ten thousand invoices at about a millisecond each are ten seconds; one by one, where something fails, minutes.
    var timeout: Duration { .seconds(900) }

    func run(_ payload: NoPayload, _ context: JobContext) async throws {
        let due = try await office.read(context) { tx in
            let latest = CalendarDay(of: try await BusinessClock.now(in: tx), in: Self.earliestZone)
            return try await ManagedSubscriptions.forBilling(by: latest, for: .job(context), in: tx)
        }
        var issued = 0
        var failure: (any Error)?
        for start in stride(from: 0, to: due.count, by: Self.batch) {
            let batch = Array(due[start..<min(start + Self.batch, due.count)])
            do {
                issued += try await bill(batch, context)
            } catch {
                try Task.checkCancellation()
                // One that cannot be billed keeps no other from it.
                for id in batch {
                    do { issued += try await bill([id], context) } catch { failure = failure ?? error }
                }
            }
            await context.progress(Double(start + batch.count) / Double(due.count), "\(issued) invoices issued")
        }
        if let failure { throw failure }
        try await office.transaction(context) { [issued] tx in
            try await context.complete(result: ["invoices": issued], in: tx)
        }
    }

    private func bill(_ ids: [ManagedSubscription.ID], _ context: JobContext) async throws -> Int {
        try await office.transaction(context) { tx in try await office.billSubscriptions(ids, in: tx) }
    }

    /// Subscriptions a transaction: their rows and the counter of numbers are held for about a tenth of a second.
    private static let batch = 100

    /// Where a day begins first: nobody's today is later than here.
    private static let earliestZone = TimeZone(secondsFromGMT: 14 * 3_600) ?? .gmt
}
