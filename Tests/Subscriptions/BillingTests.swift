import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

@Suite struct BillingTests {
    @Test("a quarter gives one invoice a month and client, numbers without a gap in a fixed order, balanced books")
    func quarter() async throws {
        try await Agency.open { agency in
            var clients: [TestClient] = []
            for (name, zone) in [
                ("london", "Europe/London"), ("karachi", "Asia/Karachi"), ("toronto", "America/Toronto"),
                ("kiritimati", "Pacific/Kiritimati"), ("pago", "Pacific/Pago_Pago"),
            ] {
                clients.append(try await agency.client(name, tier: name == "toronto" ? .lite : .pro, zone: zone))
            }
            try await agency.live(until: "2026-12-02T12:00:00Z")
            var numbers: [Int] = []
            for client in clients {
                let invoices = try await agency.invoices(client)
                #expect(invoices.compactMap(\.served?.month.month) == [9, 10, 11, 12], "\(client.domain)")
                #expect(invoices.allSatisfy { $0.status == .paid })
                numbers += invoices.compactMap(\.number?.sequence)
                let subscription = try await agency.subscription(client)
                #expect(subscription.nextBillingDay?.description == "2027-01-01")
                let counted = try await agency.count(
                    """
                    select count(*) from igny8_content where counted_subscription_id = \(client.subscription.rawValue)
                        and counted_period_start = '2026-11-01'
                    """
                )
                #expect(counted == subscription.articlesPerMonth, "\(client.domain)")
                #expect(try await agency.openFlags(client).isEmpty)
            }
            #expect(numbers.sorted() == Array(1...20))
            #expect(agency.stripe.debits.count == 20 && agency.stripe.debits.values.allSatisfy { $0 == 1 })
            // The first invoices of one day are numbered by account, whoever's onboarding was faster.
            let firsts = try await agency.transaction { tx in
                try await tx.query(
                    "select account_id from igny8_invoices where issue_number <= 5 order by issue_number"
                ).map { row in try row.decode("account_id", as: Int64.self) }
            }
            #expect(firsts == firsts.sorted())
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("run any number of times, billing invoices a period once")
    func runAgain() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-10-01T12:00:00Z")
            #expect(try await agency.invoices(client).count == 2)
            for second in 1...6 {
                try await agency.enqueue(SubscriptionsJobs.bill(at: Date(timeIntervalSince1970: Double(second))))
            }
            for task in [ResetMonthlyCounters.name, StartDeliveryMonth.name, CheckDeliveryStatus.name] {
                try await agency.enqueue(
                    NewJob(
                        queue: "subscriptions",
                        task: task,
                        account: nil,
                        payload: ZoneReference(zone: "Europe/London")
                    )
                )
            }
            try await agency.settle()
            #expect(try await agency.invoices(client).count == 2)
            let october = try await agency.count(
                "select count(*) from igny8_tasks where period_start = '2026-10-01'"
            )
            #expect(october == 30)
            let months = try await agency.count(
                "select count(*) from igny8_audit_events where action = 'month_started'"
            )
            #expect(months == 1)
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("an end that was agreed comes with the period, and nothing more is billed")
    func agreedEnd() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-20T12:00:00Z")
            try await agency.transaction { tx in
                var subscription = try #require(
                    try await ManagedSubscriptions.find(client.subscription, for: Agency.system, in: tx)
                )
                try await subscription.value.cancelAtPeriodEnd(
                    at: BusinessClock.now(in: tx),
                    in: try #require(TimeZone(identifier: "Europe/London"))
                )
                try await ManagedSubscriptions.save(&subscription, in: tx)
            }
            try await agency.live(until: "2026-11-02T12:00:00Z")
            #expect(try await agency.subscription(client).status == .cancelled)
            #expect(try await agency.invoices(client).count == 1)
            try await agency.expectBalancedBooks()
        }
    }

    @Test("a price that was agreed applies from the next period")
    func newPrice() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-20T12:00:00Z")
            try await agency.transaction { tx in
                var subscription = try #require(
                    try await ManagedSubscriptions.find(client.subscription, for: Agency.system, in: tx)
                )
                subscription.value.changePrice(to: Money(minor: 49_900, currency: .usd))
                try await ManagedSubscriptions.save(&subscription, in: tx)
            }
            try await agency.live(until: "2026-10-01T12:00:00Z")
            #expect(try await agency.invoices(client).map(\.total.decimalString) == ["186.20", "499.00"])
        }
    }
}
