import DomainModel
import Foundation
import Persistence
import Postgres
import Testing

@Suite("Explain this number", .timeLimit(.minutes(1))) struct LedgerExplanationTests {
    @Test("an invoice, an entry, a credit note and an account each open to their rows, and the figures agree")
    func explains() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                var invoice = try await Fixture.issue(fixture.one, month: 0, in: tx)
                _ = try await Fixture.pay(&invoice, in: tx)
                _ = try await Fixture.credit(Money(minor: 10_000, currency: .usd), on: &invoice, in: tx)

                func explain(
                    _ name: String,
                    asOf day: CalendarDay? = nil,
                    client: Account.ID? = nil
                ) async throws -> [String] {
                    let found = try await LedgerExplanation.of(name, asOf: day, client: client, in: tx)
                    guard let explanation = found else { return [] }
                    return [explanation.title] + explanation.formulas + explanation.sections.flatMap(\.rows)
                }

                let number = try #require(invoice.number?.description)
                let ofInvoice = try await explain(number)
                #expect(ofInvoice.contains("due 0.00 = total 399.00 − paid 399.00 − credited 0.00 USD"))
                #expect(ofInvoice.contains("the books hold 0.00 in receivable"))
                #expect(ofInvoice.contains("the books hold -299.00 in deferred_revenue"))
                #expect(
                    ofInvoice.contains {
                        $0.contains("IG-C-2026-000001") && $0.contains("100.00 to the client's credit")
                    }
                )
                #expect(ofInvoice.contains { $0.contains("invoice_issued:\(number): receivable +399.00") })

                let ofNote = try await explain("IG-C-2026-000001")
                #expect(ofNote.contains { $0.hasPrefix("deferred_revenue") && $0.hasSuffix("+100.00 USD") })
                let ofEntry = try await explain("invoice_issued:\(number)")
                #expect(ofEntry.contains { $0.hasPrefix("receivable") && $0.hasSuffix("+399.00 USD") })

                let ofAccount = try await explain("deferred_revenue")
                #expect(
                    ofAccount.contains(
                        "deferred_revenue -299.00 USD = credit_note 100.00 (1) + invoice_issued -399.00 (1)"
                    )
                )
                let earlier = try await explain("deferred_revenue", asOf: Fixture.day.adding(days: -1))
                #expect(earlier.count == 1, "nothing had been booked by then")
                let others = try await explain("deferred_revenue", client: fixture.other.account.id)
                #expect(others.count == 1)
                #expect(try await LedgerExplanation.of("IG-2026-000099", in: tx) == nil)
                #expect(try await LedgerExplanation.of("nothing", in: tx) == nil)
            }
        }
    }

    @Test("what a month billed is deferred until it is over, and is revenue on its last day, once")
    func earned() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                try await BusinessClock.freeze(at: Fixture.moment, in: tx)
                var invoice = try await Fixture.issue(fixture.one, month: 0, in: tx)
                _ = try await Fixture.credit(Money(minor: 9_900, currency: .usd), on: &invoice, in: tx)
                #expect(try await EarnedRevenue.earn(limit: 10, in: tx) == 0, "October is not over")
                let november = try Date("2026-11-01T12:00:00Z", strategy: .iso8601)
                _ = try await BusinessClock.advance(to: november, in: tx)
                #expect(try await EarnedRevenue.earn(limit: 10, in: tx) == 1)
                #expect(try await EarnedRevenue.earn(limit: 10, in: tx) == 0)
                let balances = try await Ledger.balances(for: fixture.one.tenant, in: tx)
                #expect(balances.map(\.account) == [.receivable, .deferredRevenue, .revenueManagedPro])
                #expect(balances.map(\.amount.decimalString) == ["300.00", "0.00", "-300.00"])
                let lastDay = try #require(CalendarDay("2026-10-31"))
                let before = try await Ledger.balances(for: fixture.one.tenant, asOf: lastDay.adding(days: -1), in: tx)
                #expect(before.last?.amount.decimalString == "-300.00", "on the 30th all of it was deferred")
                // After that a credit takes revenue back.
                invoice = try #require(try await Invoices.find(invoice.id, for: Fixture.system, in: tx))
                _ = try await Fixture.credit(Money(minor: 5_000, currency: .usd), on: &invoice, in: tx)
            }
            let report = try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                try await LedgerCheck.run(in: tx)
            }
            #expect(report.findings == [], "the totals are those of the lines from the commit on")
        }
    }
}
