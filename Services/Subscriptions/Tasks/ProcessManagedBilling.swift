import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// One invoice for every subscription and period that has begun, wherever the subscription lives: by account, then by
/// subscription, so that invoice numbers are the same each time. Missed periods are caught up; runs that meet each other
/// wait at the subscription's row, and neither overtakes the other.
struct ProcessManagedBilling: JobTask {
    static let name = "process_managed_billing"

    let office: Office

    /// Ten thousand invoices at about 20 ms each are 200 s.
    var timeout: Duration { .seconds(900) }

    func run(_ payload: NoPayload, _ context: JobContext) async throws {
        let tenant = Tenant.job(context)
        let due = try await office.read(context) { tx in
            let now = try await BusinessClock.now(in: tx)
            let latest = CalendarDay(of: now, in: Self.earliestZone)
            return try await ManagedSubscriptions.all(in: [.active, .paused], for: tenant, in: tx)
                .filter { $0.nextBillingDay.map { $0 <= latest } ?? false || $0.value.endsBy(latest) }
                .map(\.id)
        }
        var issued = 0
        for (index, id) in due.enumerated() {
            issued += try await office.transaction(context) { tx in
                try await office.billSubscription(id, in: tx)
            }
            if index.isMultiple(of: 50) {
                await context.progress(Double(index) / Double(due.count), "\(issued) invoices issued")
            }
        }
        try await office.transaction(context) { [issued] tx in
            try await context.complete(result: ["invoices": issued], in: tx)
        }
    }

    /// Where a day begins first: nobody's today is later than here.
    private static let earliestZone = TimeZone(secondsFromGMT: 14 * 3_600) ?? .gmt
}
