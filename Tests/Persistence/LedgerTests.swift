import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Ledger", .timeLimit(.minutes(3))) struct LedgerTests {
    @Test("an entry that does not add up is refused at the commit, also when it is written by hand")
    func zeroSum() async throws {
        try await Fixture.with { fixture in
            let account = fixture.one.account.id.rawValue
            func write(_ amounts: [Int64], currencies: [String]) async -> (any Error)? {
                await failure {
                    try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                        let entry: Int64 = try await tx.query(
                            """
                            insert into igny8_ledger_entries (account_id, kind, natural_key, effective_on)
                            values (\(account), 'test', \(UUID().uuidString), '2026-10-01') returning id
                            """
                        ).map { row in try row.decode("id") }[0]
                        for (index, amount) in amounts.enumerated() {
                            try await tx.query(
                                """
                                insert into igny8_ledger_lines (account_id, entry_id, position, ledger_account, amount, currency)
                                values (\(account), \(entry), \(index + 1), 'receivable', \(amount), \(currencies[index]))
                                """
                            )
                        }
                    }
                }
            }
            #expect(await write([1, -1], currencies: ["USD", "USD"]) == nil)
            for (amounts, currencies) in [([1, -2], ["USD", "USD"]), ([1, -1], ["USD", "EUR"]), ([], [])] {
                let error = await write(amounts.map(Int64.init), currencies: currencies)
                #expect((error as? PostgresError)?.constraint == "igny8_ledger_zero_sum", "\(amounts)")
            }
        }
    }

    @Test(
        "books, audit and credit notes take no change, from nobody",
        arguments: [
            "igny8_ledger_entries", "igny8_ledger_lines", "igny8_audit_events", "igny8_credit_notes",
            "igny8_credit_transactions", "igny8_mrr_movements",
        ]
    )
    func appendOnly(table: String) async throws {
        try await Fixture.with { fixture in
            try await fill(fixture)
            let settings = Fixture.system.settings(actor: "test")
            for database in [fixture.test.owner, fixture.test.service] {
                let there = try await database.batch(["select from \(identifier: table)"], settings: settings)
                #expect(!there[0].isEmpty, "\(table) has nothing to protect in this test")
                for attempt: SQL in [
                    "update \(identifier: table) set account_id = account_id", "delete from \(identifier: table)",
                    "truncate \(identifier: table) cascade",
                ] {
                    let error = await failure { _ = try await database.batch([attempt], settings: settings) }
                    #expect(
                        [SQLState(rawValue: "23001"), .insufficientPrivilege].contains(state(of: error)),
                        "\(attempt)"
                    )
                }
            }
        }
    }

    @Test("an event that is booked twice stands in the books once")
    func once() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                let invoice = try await Fixture.issue(fixture.one, month: 0, in: tx)
                #expect(try await Ledger.post(try .issued(invoice.value, on: Fixture.day), in: tx) == false)
                let balances = try await Ledger.balances(for: fixture.one.tenant, in: tx)
                #expect(balances.map(\.account) == [.receivable, .deferredRevenue])
                #expect(balances.map(\.amount.decimalString) == ["399.00", "-399.00"])
                #expect(try await Ledger.balances(for: fixture.other.tenant, in: tx).isEmpty)
                let before = Fixture.day.adding(days: -1)
                #expect(try await Ledger.balances(for: fixture.one.tenant, asOf: before, in: tx).isEmpty)
            }
        }
    }

    @Test("the check finds nothing in whole books")
    func balanced() async throws {
        try await Fixture.with { fixture in
            try await fill(fixture)
            let report = try await fixture.store.read(as: Fixture.system, actor: "test") {
                try await LedgerCheck.run(in: $0)
            }
            #expect(report.isBalanced, "\(report.findings)")
            #expect(report.entries == 5 && report.invoices == 2)
            #expect(report.balances.contains("receivable 299.00 USD"), "\(report.balances)")
        }
    }

    @Test(
        "the check names the row that was tampered with",
        arguments: [
            (
                "update igny8_ledger_lines set amount = amount + 1 where id = (select min(id) from igny8_ledger_lines)",
                "every entry adds up to zero in each currency"
            ),
            (
                "delete from igny8_ledger_lines where entry_id = (select id from igny8_ledger_entries where kind = 'invoice_paid')",
                "every entry has at least two lines"
            ),
            (
                "update igny8_invoices set paid = 0, status = 'pending', paid_at = null where status = 'paid'",
                "what was paid on an invoice is what its payments captured"
            ),
            (
                "update igny8_invoices set issue_number = 9, number = 'IG-2026-000009' where issue_number = 1",
                "numbers have no gap, by issuer and year"
            ),
            (
                "update igny8_payments set status = 'failed'",
                "what was paid on an invoice is what its payments captured"
            ),
            (
                "update igny8_ledger_entries set kind = 'other' where kind = 'invoice_paid'",
                "every captured payment is booked once"
            ),
            (
                "update igny8_ledger_entries set natural_key = 'x' where kind = 'credit_note'",
                "every credit note is booked once, over its amount"
            ),
            ("update igny8_invoice_lines set net = net + 1", "an invoice's lines add up to it"),
            (
                "update igny8_credit_note_lines set net = net - 1",
                "a credit note is the sum of its lines, and no line is credited beyond what it was"
            ),
            (
                "update igny8_invoices set credited = credited + 1 where credited > 0",
                "what credit notes took off an invoice's due is what it says"
            ),
            (
                "insert into igny8_customer_credits (account_id, currency, balance) select min(id), 'USD', 5 from igny8_accounts",
                "a customer's credit is what the books owe the customer, less refunds of it that are on their way"
            ),
            (
                "update igny8_invoices set earned_on = issued_on where status = 'paid'",
                "what is deferred on an invoice is what its days have not earned yet, less what was credited of them"
            ),
            (
                "update igny8_invoices set earned_on = issued_on where status = 'paid'",
                "what an invoice has earned is what its lines and credit notes leave of it"
            ),
            (
                "update igny8_ledger_lines set ledger_account = 'bad_debt' where ledger_account = 'receivable' and amount < 0",
                "what was written off is what was due when it was given up, less what came or was credited since"
            ),
            (
                "update igny8_mrr_movements set amount = amount + 1",
                "the movements of MRR add up to the prices of what is active"
            ),
        ]
    )
    func tampered(statement: String, rule: String) async throws {
        try await Fixture.with { fixture in
            try await fill(fixture)
            try await tamper(fixture, statement)
            let report = try await fixture.store.read(as: Fixture.system, actor: "test") {
                try await LedgerCheck.run(in: $0)
            }
            #expect(report.findings.map(\.rule).contains(rule), "\(report.findings)")
        }
    }

    @Test("two lives in which the same happened have the same books, and one more event changes them")
    func export() async throws {
        func digest(_ more: Bool) async throws -> String {
            try await Fixture.with { fixture in
                try await fill(fixture)
                return try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                    if more { _ = try await Fixture.issue(fixture.other, month: 3, in: tx) }
                    return try await LedgerExport.books(in: tx).digest
                }
            }
        }
        let (one, same, different) = (try await digest(false), try await digest(false), try await digest(true))
        #expect(one == same)
        #expect(one != different)
        #expect(one.count == 64)
    }

    /// A paid invoice, an open one with a credit note, credits, movements of MRR, an audit event.
    private func fill(_ fixture: Fixture) async throws {
        try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
            var paid = try await Fixture.issue(fixture.one, month: 0, in: tx)
            _ = try await Fixture.pay(&paid, in: tx)
            var open = try await Fixture.issue(fixture.one, month: 1, in: tx)
            let credit = Money(minor: 10_000, currency: .usd)
            _ = try await Fixture.credit(credit, on: &open, in: tx)
            let expense = Money(minor: 15, currency: .usd)
            try await Ledger.post(
                try LedgerEntry(
                    kind: .costIncurred,
                    key: "cost:1",
                    effectiveOn: Fixture.day,
                    tags: LedgerTags(accountID: fixture.one.account.id),
                    lines: [.debit(.costIndexing, expense), .credit(.vendorPayable, expense)]
                ),
                in: tx
            )
            try await CreditService.change(
                by: 100,
                kind: .subscription,
                of: fixture.one.account.id,
                description: "October",
                reference: nil,
                in: tx
            )
            var subscription = fixture.one.subscription
            try subscription.value.activate(at: Fixture.moment, in: .gmt)
            try await ManagedSubscriptions.save(&subscription, in: tx)
            try await AuditLog.record(
                AuditEvent(
                    .issued,
                    account: fixture.one.account.id,
                    subjectKind: "invoice",
                    subjectID: paid.id.rawValue
                ),
                in: tx
            )
        }
    }
}

/// Changes rows as nobody may: as a superuser, with the triggers off.
func tamper(_ fixture: Fixture, _ statement: String) async throws {
    try await fixture.test.superuser { superuser in
        try await superuser.script("set session_replication_role = replica; \(statement)")
    }
}
