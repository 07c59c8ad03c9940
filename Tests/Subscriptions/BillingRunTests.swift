import DomainModel
import Foundation
import JobQueue
import NIOConcurrencyHelpers
import Persistence
import Postgres
import Testing

@testable import Subscriptions

@Suite("Billing many together", .timeLimit(.minutes(5))) struct BillingRunTests {
    @Test("one that cannot be billed keeps no other from it, and is billed when it can be")
    func oneSpoilsNone() async throws {
        try await Agency.open { agency in
            let clients = [
                try await agency.client("one"), try await agency.client("two"), try await agency.client("three"),
            ]
            try await agency.live(until: "2026-09-30T12:00:00Z")
            // Its site has vanished from every ordinary read.
            func setDeleted(_ isDeleted: Bool) async throws {
                _ = try await agency.transaction { tx in
                    try await tx.query(
                        """
                        update igny8_sites set is_deleted = \(isDeleted), deleted_at = case when \(isDeleted) then igny8_now() end
                        where account_id = \(clients[1].account.rawValue)
                        """
                    )
                }
            }
            try await setDeleted(true)
            _ = try await agency.transaction { tx in
                try await BusinessClock.advance(to: try Date("2026-10-01T12:00:00Z", strategy: .iso8601), in: tx)
            }
            func invoiced() async throws -> [Int] {
                var counts: [Int] = []
                for client in clients { counts.append(try await agency.invoices(client).count) }
                return counts
            }
            while try await invoiced() != [2, 1, 2] {}
            try await setDeleted(false)
            try await agency.enqueue(SubscriptionsJobs.bill(at: try Date("2026-10-01T12:00:00Z", strategy: .iso8601)))
            while try await invoiced() != [2, 2, 2] {}
            try await agency.expectBalancedBooks()
        }
    }

    private struct Refused: Error {}

    @Test("wishes that come together are fulfilled together; one that cannot be spoils no other")
    func together() async throws {
        let rounds = NIOLockedValueBox<[[Int]]>([])
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let double = Together<Int, Int> { wishes in
            rounds.withLockedValue { $0.append(wishes) }
            if wishes.contains(0) { for await _ in gate {} }
            if wishes.contains(13) { throw Refused() }
            return wishes.map { $0 * 2 }
        }
        // Two rounds may be under way: two wishes hold them until the others have come.
        let first = Task { try await double(0) }
        while rounds.withLockedValue({ $0.isEmpty }) { await Task.yield() }
        let answers = await withTaskGroup(of: (Int, Int?).self) { group in
            for wish in 1...40 { group.addTask { (wish, try? await double(wish)) } }
            open.finish()
            return await group.reduce(into: [Int: Int?]()) { $0[$1.0] = $1.1 }
        }
        #expect(try await first.value == 0)
        for wish in 1...40 { #expect(answers[wish] == (wish == 13 ? nil : wish * 2), "\(wish)") }
        #expect(rounds.withLockedValue { $0.contains([13]) }, "what failed with others is tried alone")
    }
}
