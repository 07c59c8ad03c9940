import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

extension Office {
    /// Invoices that wait for a bank transfer or another payment by hand, and whose day has passed: they count as past due
    /// from now on, as a charge does from its first decline. So the flag is raised, `invoice.overdue` goes out, and the
    /// spend guard closes (spec 9.8).
    /// - Returns: how many it was.
    func markOverdue(inZone zone: String, _ context: JobContext) async throws -> Int {
        let tenant = Tenant.job(context)
        let late = try await read(context) { tx in
            let today = try await today(in: zone, tx)
            return try await Invoices.waiting(issuedBefore: today.adding(days: -Self.paymentDays), zone: zone, in: tx)
        }
        for id in late {
            try await transaction(context) { tx in
                guard var invoice = try await Invoices.find(id, for: tenant, lock: .forUpdate, in: tx),
                    invoice.status == .pending, invoice.firstFailedAt == nil
                else { return }
                invoice.value.attemptFailed(at: try await BusinessClock.now(in: tx), next: nil)
                try await Invoices.save(&invoice, in: tx)
                try await flagUnpaid(invoice.value, "not paid in \(Self.paymentDays) days", in: tx)
            }
        }
        return late.count
    }
}
