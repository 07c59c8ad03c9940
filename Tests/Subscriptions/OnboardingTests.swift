import DomainModel
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

@Suite struct OnboardingTests {
    @Test("seven steps lead to an active subscription with a prorated, paid invoice; each mail goes out once")
    func happyPath() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-17T12:00:00Z")
            let subscription = try await agency.subscription(client)
            #expect(subscription.status == .active)
            #expect(try await agency.steps(client).next == .finished)
            let invoice = try #require(try await agency.invoices(client).first)
            #expect(invoice.status == .paid && invoice.total.decimalString == "186.20")
            #expect(invoice.number?.description == "IG-2026-000001")
            #expect(agency.stripe.debits == ["IG-2026-000001": 1])
            for subject in ["Please approve", "Welcome to Managed Pro", "Receipt for invoice IG-2026-000001"] {
                #expect(agency.postman.count(subject) == 1, "\(subject)")
            }
            #expect(agency.postman.count("Connect banner") == 0)
            #expect(subscription.currentMonthTarget == 14)
            let tasks = try await agency.count(
                "select count(*) from igny8_tasks where managed_subscription_id = \(client.subscription.rawValue)"
            )
            #expect(tasks == 14)
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("Pro's hubs come before everything else")
    func hubsFirst() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-17T12:00:00Z")
            let titles = try await agency.transaction { tx in
                try await tx.query(
                    """
                    select title from igny8_tasks where managed_subscription_id = \(client.subscription.rawValue)
                    order by period_position limit 4
                    """
                ).map { row in try row.decode("title", as: String.self) }
            }
            #expect(titles == ["All about Cards", "All about Posters", "All about Banners", "Cards 1"])
        }
    }

    @Test("without the plugin the guide goes out once, each day is tried, and its appearance is noticed at once")
    func blocked() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner", isConnected: false)
            try await agency.live(until: "2026-09-19T12:00:00Z")
            let steps = try await agency.steps(client)
            #expect(steps.waitsFor == .client && steps[.verifyPlugin].attempts == 3)
            #expect(agency.postman.count("Connect banner.example") == 1)
            #expect(try await agency.openFlags(client) == [.onboardingBlocked])
            #expect(try await agency.invoices(client).isEmpty)
            try await agency.connect(client)
            try await agency.onboard(client)
            try await agency.live(until: "2026-09-19T16:00:00Z")
            #expect(try await agency.subscription(client).status == .active)
            #expect(try await agency.openFlags(client).isEmpty)
            #expect(try await agency.invoices(client).first?.served?.days == 12)
        }
    }

    @Test("a site that does not answer is blocked with the reason, and recovers by the daily try")
    func failingTest() async throws {
        try await Agency.open { agency in
            agency.sites.breakDown("https://banner.example", "the site answered 404")
            let client = try await agency.client("banner")
            try await agency.settle()
            #expect(try await agency.steps(client)[.verifyPlugin].detail.contains("404"))
            agency.sites.breakDown("https://banner.example", nil)
            try await agency.live(until: "2026-09-18T16:00:00Z")
            #expect(try await agency.subscription(client).status == .active)
        }
    }

    @Test("a client who wants changes gets another version to approve")
    func picky() async throws {
        try await Agency.open(isPicky: true) { agency in
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-17T14:00:00Z")
            #expect(try await agency.subscription(client).status == .active)
            #expect(try await agency.count("select count(*) from igny8_sag_blueprints") == 2)
            #expect(agency.postman.count("Please approve") == 2)
        }
    }

    @Test("asked for many times at once, it happens once")
    func manyAtOnce() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner")
            for round in 0..<8 {
                try await agency.enqueue(
                    NewJob(
                        queue: "subscriptions",
                        task: OnboardManagedClient.name,
                        account: nil,
                        payload: SubscriptionsJobs.Subscription(subscriptionID: client.subscription),
                        uniqueKey: "extra:\(round)"
                    )
                )
            }
            try await agency.live(until: "2026-09-17T12:00:00Z")
            try await agency.onboard(client)
            try await agency.settle()
            let invoices = try await agency.invoices(client)
            let steps = try await agency.steps(client)
            #expect(invoices.count == 1, "\(steps)")
            #expect(agency.postman.count("Welcome") == 1)
            #expect(try await agency.count("select count(*) from igny8_tasks") == 14)
            let activations = try await agency.count(
                "select count(*) from igny8_audit_events where action = 'activated'"
            )
            #expect(activations == 1)
            try await agency.expectBalancedBooks()
        }
    }
}
