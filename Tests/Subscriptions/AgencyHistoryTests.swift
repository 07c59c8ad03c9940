import DomainModel
import Foundation
import Persistence
import Testing

@testable import Subscriptions

/// Random months over the real database and tasks. `IGNY8_MONTHS=10000` lives so many, `IGNY8_SEED=17` that one again.
@Suite("Random months over the database") struct AgencyHistoryTests {
    private static let months = 6

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    private static let seeds: [Int] =
        setting("IGNY8_SEED").map { [$0] } ?? Array(1...max(1, (setting("IGNY8_MONTHS") ?? 120) / months))

    @Test("each keeps the books whole, and everything done again changes nothing", arguments: seeds)
    func booksStayWhole(seed: Int) async throws {
        try await Agency.open { agency in
            do {
                try await AgencyHistory.collide(agency, oneIn: 150)
                var history = try await AgencyHistory(agency, seed: seed)
                for month in 1...Self.months {
                    try await history.month()
                    let report = try await agency.transaction { tx in try await LedgerCheck.run(in: tx) }
                    let wrong = report.findings.map { "\($0.rule): \($0.row)" }
                    #expect(wrong.isEmpty, "IGNY8_SEED=\(seed), month \(month)")
                    if !wrong.isEmpty { return }
                }
                try await agency.expectBalancedBooks()
                let twice = agency.stripe.debits.filter { $0.value != 1 }
                #expect(twice.isEmpty, "IGNY8_SEED=\(seed): charged more than once")
                let before = try await agency.transaction { tx in try await LedgerExport.books(in: tx).lines }
                try await history.replay()
                let after = try await agency.transaction { tx in try await LedgerExport.books(in: tx).lines }
                let changed = Set(before).symmetricDifference(after).sorted()
                #expect(changed.isEmpty, "IGNY8_SEED=\(seed): done again, it changed the books")
                try await agency.expectNoDeadJobs()
            } catch {
                Issue.record("IGNY8_SEED=\(seed): \(error)")
            }
        }
    }
}
