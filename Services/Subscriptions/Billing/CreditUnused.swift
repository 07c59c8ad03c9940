import DomainModel
import Persistence
import Postgres

extension Office {
    /// - Returns: whether a credit note was issued.
    func creditUnused(of id: Invoice.ID, from day: CalendarDay, in tx: PostgresTransaction) async throws -> Bool {
        let system = Tenant.system(reason: "a credit for unused days")
        guard var invoice = try await Invoices.find(id, for: system, lock: .forUpdate, in: tx),
            let served = invoice.served, let line = invoice.lines.first, try await isCreditable(invoice.value, in: tx)
        else { return false }
        let unused = served.unused(from: day)
        let credit = try CreditNote.amounts(crediting: line, billed: served, unused: unused)
        let total = try credit.net + credit.tax
        guard total.isPositive else { return false }
        let account = try await account(invoice.accountID, in: tx)
        let now = try await BusinessClock.now(in: tx)
        let today = CalendarDay(of: now, in: account.timeZone)
        let before = invoice.status
        let excess = try invoice.value.apply(credit: total, at: now)
        let note = try await CreditNotes.issue(
            on: invoice.value,
            net: credit.net,
            tax: credit.tax,
            appliedToDue: total - excess,
            excess: excess,
            reason: "\(Self.unusedReason), \(unused.from) to \(unused.lastDay)",
            at: now,
            on: today,
            in: tx
        )
        try await Invoices.save(&invoice, in: tx)
        try await Ledger.post(.credited(note, on: invoice.value, line: line, on: today), in: tx)
        try self.note(
            .credited,
            on: .invoice(invoice.value),
            from: before.rawValue,
            to: invoice.status.rawValue,
            because: "\(note.number): \(note.reason)"
        )
        return true
    }

    private func isCreditable(_ invoice: Invoice, in tx: PostgresTransaction) async throws -> Bool {
        guard invoice.status == .pending || invoice.status == .paid else { return false }
        let notes = try await CreditNotes.all(of: [invoice.id], for: .account(invoice.accountID), in: tx)
        return !notes.contains { $0.reason.hasPrefix(Self.unusedReason) }
    }

    private static let unusedReason = "unused days"
}
