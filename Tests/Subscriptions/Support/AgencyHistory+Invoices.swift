import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

/// What staff do at an invoice.
extension AgencyHistory {
    func invoices(_ condition: SQL) async throws -> [Invoice] {
        let ids = try await transaction { tx in
            try await tx.query(
                "select id from igny8_invoices where number is not null and \(fragment: condition) order by id"
            ).map { row in try Invoice.ID(row.decode("id")) }
        }
        var found: [Invoice] = []
        for id in ids {
            let invoice = try await transaction { tx in
                try await Invoices.find(id, for: Agency.system, in: tx)
            }
            if let invoice { found.append(invoice.value) }
        }
        return found
    }

    /// Changes an invoice as staff do, and orders what follows.
    func desk(
        _ id: Invoice.ID,
        _ body: @Sendable (PostgresTransaction, inout Stored<Invoice>, Date, CalendarDay) async throws -> Void
    ) async throws {
        try await transaction { tx in
            var invoice = try #require(try await Invoices.find(id, for: Agency.system, lock: .forUpdate, in: tx))
            let account = try #require(try await Accounts.find(invoice.accountID, for: Agency.system, in: tx))
            let now = try await BusinessClock.now(in: tx)
            try await body(tx, &invoice, now, CalendarDay(of: now, in: account.timeZone))
            let job = SubscriptionsJobs.followUpInvoice(id.rawValue, account: account.id)
            try await agency.producer.enqueue(job, in: tx)
        }
    }

    mutating func credit() async throws {
        let creditable = try await invoices("status in ('pending', 'paid', 'uncollectible')")
        guard let invoice = creditable.randomElement(using: &chance) else { return }
        let share = chance.roll(1...100)
        try await desk(invoice.id) { tx, invoice, now, today in
            let credits = try await CreditNotes.lines(of: [invoice.id], in: tx)[invoice.id] ?? []
            let left = try Creditable(invoice.value, less: credits)
            let amount = Money(minor: left.total.minor * Int64(share) / 100, currency: .usd)
            _ = try await CreditNotes.issue(
                left.amount(amount),
                on: &invoice,
                reason: "goodwill",
                at: now,
                on: today,
                in: tx
            )
        }
    }

    mutating func close(
        _ body: @escaping @Sendable (PostgresTransaction, inout Stored<Invoice>, CalendarDay) async throws -> Void
    ) async throws {
        let owed = try await invoices("status = 'pending' and due > 0")
        guard let invoice = owed.randomElement(using: &chance) else { return }
        try await desk(invoice.id) { tx, invoice, _, today in try await body(tx, &invoice, today) }
    }

    mutating func receive() async throws {
        let owed = try await invoices("status in ('pending', 'uncollectible') and due > 0")
        guard let invoice = owed.randomElement(using: &chance), let number = invoice.number else { return }
        let isPart = chance.isOne(in: 3)
        try await desk(invoice.id) { tx, invoice, now, today in
            let due = invoice.value.due
            let amount = isPart ? Money(minor: max(1, due.minor / 3), currency: .usd) : due
            guard amount.isPositive else { return }
            try await Invoices.receive(
                amount,
                on: &invoice,
                number,
                by: .bank,
                reference: nil,
                at: now,
                on: today,
                in: tx
            )
        }
    }
}
