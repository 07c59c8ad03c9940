import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Costs in the books", .timeLimit(.minutes(2))) struct VendorCostTests {
    @Test("what is spent is booked once, to the ten-thousandth, by its kind; what is taken back leaves nothing")
    func costs() async throws {
        try await Fixture.with { fixture in
            let tags = LedgerTags(accountID: fixture.one.account.id, siteID: fixture.one.site.id)
            func cost(_ kind: VendorCost.Kind, _ reference: String, _ each: String, times: Int = 1) throws -> VendorCost
            {
                try VendorCost(
                    kind,
                    reference: reference,
                    UnitCost(decimal: each, currency: .usd).multiplied(by: times),
                    on: Fixture.day,
                    tags: tags
                )
            }
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                for submission in 0..<100 {
                    #expect(try await Ledger.post(try cost(.indexing, "\(submission)", "0.0075"), in: tx))
                }
                #expect(try await Ledger.post(try cost(.indexing, "7", "0.0075"), in: tx) == false)
                #expect(try await Ledger.post(try cost(.link, "1", "80"), in: tx))
                #expect(try await Ledger.post(try cost(.ahrefs, "1", "0.0010", times: 500), in: tx))
                #expect(try await Ledger.post(try cost(.platformCredits, "1", "0.0150", times: 20), in: tx))
                #expect(try await Ledger.post(try cost(.ahrefs, "free", "0"), in: tx) == false)
                let wrong = try cost(.link, "2", "45.50")
                #expect(try await Ledger.reverse(wrong, on: Fixture.day, in: tx) == false)
                #expect(try await Ledger.post(wrong, in: tx))
                #expect(try await Ledger.reverse(wrong, on: Fixture.day, in: tx))
                #expect(try await Ledger.reverse(wrong, on: Fixture.day, in: tx) == false)
            }
            let balances = try await fixture.store.read(as: Fixture.system, actor: "test") { tx in
                try await Ledger.balances(for: fixture.one.tenant, in: tx)
            }
            let shown = Dictionary(uniqueKeysWithValues: balances.map { ($0.account, $0.amount.decimalString) })
            #expect(shown[.costIndexing] == "0.75" && shown[.costLinks] == "80.00" && shown[.costAhrefs] == "0.50")
            #expect(shown[.costPlatformCredits] == "0.30" && shown[.vendorPayable] == "-81.55")
            let report = try await fixture.store.read(as: Fixture.system, actor: "test") {
                try await LedgerCheck.run(in: $0)
            }
            #expect(report.isBalanced, "\(report.findings)")
        }
    }
}
