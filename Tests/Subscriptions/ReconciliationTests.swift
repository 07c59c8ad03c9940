import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

@Suite struct ReconciliationTests {
    private func charge(
        _ reference: String,
        _ minor: Int64,
        _ status: String = "succeeded",
        key: String? = nil
    ) -> ProviderMovement {
        ProviderMovement(
            subject: .charge,
            reference: reference,
            charge: reference,
            attempt: nil,
            key: key,
            side: .init(amount: Money(minor: minor, currency: .usd), status: status)
        )
    }

    /// `charge missing_here ch_x: … / …`, open ones first.
    private func differences(_ agency: Agency) async throws -> [String] {
        try await agency.transaction { tx in
            try await tx.query(
                """
                select subject || ' ' || kind || ' ' || provider_reference || ': ' || coalesce(ours, '-') || ' / '
                    || coalesce(theirs, '-') || coalesce(' (' || cleared_reason || ')', '') as text
                from igny8_reconciliation_differences order by cleared_at is not null, id
                """
            ).map { row in try row.decode("text") }
        }
    }

    private func reconcile(_ agency: Agency) async throws {
        try await agency.enqueue(SubscriptionsJobs.reconcile(days: 3))
        try await agency.settle()
    }

    @Test("each kind of difference is noted once, however often it is seen, and cleared when both sides agree")
    func kinds() async throws {
        try await Agency.open { agency in
            _ = try await agency.client("banner")
            _ = try await agency.client("poster")
            try await agency.live(until: "2026-09-18T04:00:00Z")
            agency.stripe.list(
                charge("ch_IG-2026-000001", 18_000),
                charge("ch_stranger", 500),
                charge("ch_declined", 700, "failed")
            )
            try await reconcile(agency)
            let expected = [
                "charge amount ch_IG-2026-000001: 186.20 USD succeeded / 180.00 USD succeeded",
                "charge missing_here ch_stranger: - / 5.00 USD succeeded",
                "charge missing_there ch_IG-2026-000002: 186.20 USD succeeded / -",
            ]
            #expect(try await differences(agency) == expected)
            // The nightly run by the schedule sees the same.
            try await agency.live(until: "2026-09-18T06:00:00Z")
            #expect(try await differences(agency) == expected)
            agency.stripe.list(charge("ch_IG-2026-000002", 18_620))
            try await reconcile(agency)
            #expect(try await differences(agency).last == expected[2] + " (both sides agree)")
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("what an event that never came would have told is applied, and stands as healed")
    func heals() async throws {
        try await Agency.open { agency in
            agency.stripe.fail(.slowBank)
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-17T10:10:00Z")
            #expect(try await agency.invoices(client).first?.status == .pending)
            agency.stripe.arrive("IG-2026-000001")
            let key = "inv:IG-2026-000001:pay:1"
            agency.stripe.list(
                charge("ch_IG-2026-000001", 18_620, key: key),
                ProviderMovement(
                    subject: .refund,
                    reference: "re_console",
                    charge: "ch_IG-2026-000001",
                    attempt: nil,
                    key: nil,
                    side: .init(amount: Money(minor: 620, currency: .usd), status: "succeeded")
                ),
                ProviderMovement(
                    subject: .dispute,
                    reference: "dp_1",
                    charge: "ch_IG-2026-000001",
                    attempt: nil,
                    key: nil,
                    side: .init(amount: Money(minor: 18_000, currency: .usd), status: "opened")
                )
            )
            agency.stripe.refund(
                "ch_IG-2026-000001",
                ProviderRefund(
                    reference: "re_console",
                    amount: Money(minor: 620, currency: .usd),
                    reason: "",
                    status: .succeeded
                )
            )
            agency.stripe.set(
                ProviderDispute(
                    reference: "dp_1",
                    charge: "ch_IG-2026-000001",
                    paymentIntent: nil,
                    amount: Money(minor: 18_000, currency: .usd),
                    reason: "fraudulent",
                    status: .opened
                )
            )
            try await reconcile(agency)
            #expect(try await agency.invoices(client).first?.status == .paid)
            #expect(try await agency.openFlags(client) == [.paymentDisputed])
            let all = try await differences(agency)
            #expect(all.count == 3 && all.allSatisfy { $0.hasSuffix("(what the gateway told was applied)") })
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }
}
