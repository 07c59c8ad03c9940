import DomainModel
import Foundation
import Persistence
import Postgres
import Testing

@testable import Subscriptions

@Suite("The month's billing, foreseen") struct BillingPreviewTests {
    private func october(_ agency: Agency) async throws -> BillingPreview {
        let month = try #require(CalendarMonth(year: 2026, month: 10))
        return try await agency.store.read(as: Agency.system, actor: "test") { tx in
            try await BillingPreview.reckon(month, in: tx)
        }
    }

    private func differences(_ preview: BillingPreview, _ agency: Agency) async throws -> [String] {
        // As an operator keeps it: through JSON and back.
        let kept = try JSONDecoder().decode(BillingPreview.self, from: JSONEncoder().encode(preview))
        #expect(kept == preview)
        return try await agency.store.read(as: Agency.system, actor: "test") { tx in
            try await BillingDifference.find(kept, in: tx)
        }.map(\.what)
    }

    @Test("what is foreseen is what happens: amounts, credit, tax of the day, declines, who is only asked")
    func foreseen() async throws {
        try await Agency.open { agency in
            agency.stripe.set("pm_bad_2", .declines("insufficient_funds"))
            let good = try await agency.client("good")
            _ = try await agency.client("bad", tier: .lite, zone: "America/Toronto", card: "pm_bad")
            _ = try await agency.client("none", tier: .lite, zone: "Pacific/Kiritimati", card: nil)
            try await agency.live(until: "2026-09-20T12:00:00Z")
            let invoice = try #require(try await agency.invoices(good).first)
            try await agency.transaction { tx in
                try await tx.query(
                    """
                    insert into igny8_tax_rates (country, name, rate, valid_from, valid_until)
                    values ('GB', 'VAT', 0.2, '2026-01-01', '2026-10-01'), ('GB', 'VAT', 0.25, '2026-10-01', null)
                    """
                )
                try await Accounts.save(billing: BillingDetails(country: "GB"), of: good.account, in: tx)
                var stored = try #require(
                    try await Invoices.find(invoice.id, for: Agency.system, lock: .forUpdate, in: tx)
                )
                let now = try await BusinessClock.now(in: tx)
                _ = try await CreditNotes.issue(
                    Creditable(stored.value, less: []).amount(Money(minor: 8_620, currency: .usd)),
                    on: &stored,
                    reason: "goodwill",
                    at: now,
                    on: CalendarDay(of: now, in: .gmt),
                    in: tx
                )
            }
            let preview = try await october(agency)
            #expect(preview.invoices.map(\.total.decimalString) == ["498.75", "100.00", "100.00"])
            #expect(preview.invoices.map(\.usesCredit.decimalString) == ["86.20", "0.00", "0.00"])
            #expect(preview.invoices.map(\.outcome) == [.charged, .declined, .asked])
            let totals = try #require(preview.totals["USD"])
            #expect(totals.total.decimalString == "698.75" && totals.charged.decimalString == "412.55")
            #expect(preview.retries.map(\.client) == ["bad"])
            let before = try await agency.count("select count(*) from igny8_invoices")
            #expect(before == 3, "it has written nothing")
            try await agency.live(until: "2026-10-01T14:00:00Z")
            #expect(try await differences(preview, agency).isEmpty)
            try await agency.expectBalancedBooks()
        }
    }

    @Test("what has changed since shows in the difference")
    func changed() async throws {
        try await Agency.open { agency in
            let (one, other) = (try await agency.client("one"), try await agency.client("other", tier: .lite))
            try await agency.live(until: "2026-09-20T12:00:00Z")
            let preview = try await october(agency)
            try await agency.transaction { tx in
                var first = try #require(
                    try await ManagedSubscriptions.find(one.subscription, for: Agency.system, in: tx)
                )
                first.value.changePrice(to: Money(minor: 50_000, currency: .usd))
                try await ManagedSubscriptions.save(&first, in: tx)
                var second = try #require(
                    try await ManagedSubscriptions.find(other.subscription, for: Agency.system, in: tx)
                )
                try await second.value.pause(at: BusinessClock.now(in: tx))
                try await ManagedSubscriptions.save(&second, in: tx)
            }
            _ = try await agency.client("late", tier: .lite)
            try await agency.live(until: "2026-10-01T14:00:00Z")
            let found = try await differences(preview, agency).sorted()
            #expect(
                found == [
                    "100.00 USD was invoiced and not foreseen", "100.00 USD was not invoiced",
                    "36.67 USD was invoiced and not foreseen", "500.00 USD was invoiced, 399.00 USD foreseen",
                ]
            )
        }
    }
}
