public import DomainModel
public import Foundation
public import Postgres

/// Days that were invoiced and will not be served, because a service ends at once (spec 4, "Billing").
public enum UnusedDays {
    /// Issues a credit note on each invoice that bills days from `day` on: its line cut by the unused share of its days.
    /// The note first lowers what is due; what it covers beyond that becomes the customer's credit.
    /// - Parameters:
    ///   - subscription: whose days; its row is held by the caller.
    ///   - day: the first day not served, in the account's zone.
    ///   - moment: business time now.
    /// - Returns: the notes, oldest period first.
    @discardableResult
    public static func credit(
        _ subscription: ManagedSubscription,
        from day: CalendarDay,
        at moment: Date,
        reason: String,
        createdBy: User.ID? = nil,
        for tenant: Tenant,
        in tx: PostgresTransaction
    ) async throws -> [CreditNote] {
        var notes: [CreditNote] = []
        for summary in try await Invoices.all(of: subscription.id, for: tenant, in: tx) {
            guard let billed = summary.value.served, billed.to > day,
                var invoice = try await Invoices.find(summary.id, for: tenant, lock: .forUpdate, in: tx),
                invoice.status == .pending || invoice.status == .paid, let line = invoice.lines.first
            else { continue }
            let (net, tax) = try CreditNote.amounts(crediting: line, billed: billed, unused: billed.unused(from: day))
            let gross = try net + tax
            guard gross.minor > 0 else { continue }
            let excess = try invoice.value.apply(credit: gross, at: moment)
            let note = try await CreditNotes.issue(
                on: invoice.value,
                net: net,
                tax: tax,
                appliedToDue: try gross - excess,
                excess: excess,
                reason: reason,
                at: moment,
                on: day,
                createdBy: createdBy,
                in: tx
            )
            try await Invoices.save(&invoice, in: tx)
            try await Ledger.post(
                try LedgerEntry.credited(note, on: invoice.value, line: line, on: day),
                in: tx
            )
            notes.append(note)
        }
        return notes
    }
}
