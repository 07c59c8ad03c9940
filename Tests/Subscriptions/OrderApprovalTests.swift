import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

@Suite("Asking a client for a yes", .timeLimit(.minutes(3)))
struct OrderApprovalTests {
    /// A client whose service is active, with so much a month for links agreed.
    private func client(_ agency: Agency, budget: String) async throws -> TestClient {
        // Nobody places orders here: a paused queue's jobs wait, and nobody waits for them.
        _ = try await agency.transaction { tx in
            try await tx.query("insert into igny8_queues (name, paused_at) values ('backlink-orders', now())")
        }
        let client = try await agency.client("banners")
        try await agency.live(until: "2026-09-18T08:00:00Z")
        _ = try await agency.transaction { tx in
            try await tx.query(
                """
                update igny8_managed_service_subscriptions set service_config =
                    jsonb_set(service_config, '{backlinks,monthly_budget}', to_jsonb(\(budget)::text))
                where id = \(client.subscription.rawValue)
                """
            )
        }
        return client
    }

    /// An order of 500, laid before the client for three days.
    private func submit(_ agency: Agency, _ client: TestClient) async throws -> BacklinkOrder.ID {
        try await agency.transaction { tx in
            var new = BacklinkServiceOrders.New(
                account: client.account,
                site: client.site,
                price: OrderPrice(.package, clientPrice: Money(minor: 500_00, currency: .usd)),
                links: 2
            )
            new.subscription = client.subscription
            new.expectedCost = Money(minor: 200_00, currency: .usd)
            let order = try await BacklinkServiceOrders.create(new, in: tx)
            var desk = try #require(try await OrderApprovals.hold(order.id, for: Agency.system, in: tx))
            let outcome = try await OrderApprovals.submit(&desk, by: nil, days: 3, silence: nil, in: tx)
            try await agency.producer.enqueue(outcome.jobs, in: tx)
            return order.id
        }
    }

    private func order(_ agency: Agency, _ id: BacklinkOrder.ID) async throws -> BacklinkOrder {
        try await agency.transaction { tx in
            try #require(try await BacklinkServiceOrders.find(id, for: Agency.system, in: tx)).value
        }
    }

    @Test("asked at once, reminded once, taken for a yes at the deadline within the budget: one invoice, one job")
    func silenceIsYes() async throws {
        try await Agency.open { agency in
            let client = try await client(agency, budget: "1000.00")
            let id = try await submit(agency, client)
            try await agency.settle()
            #expect(agency.postman.count("Please approve 2 links") == 1)
            let mail = try #require(agency.postman.taken.last { $0.subject.contains("approve 2 links") })
            #expect(mail.text.contains("500.00 USD") && mail.text.contains("we take it for a yes"))
            #expect(!mail.text.contains("200.00"))
            let token = try #require(mail.text.firstMatch(of: /approvals#(ap_[A-Za-z0-9_-]+)/)?.1)
            let link = try await agency.transaction { tx in try await Approvals.link(String(token), in: tx) }
            #expect(link?.userID != nil)
            try await agency.live(until: "2026-09-20T07:59:59Z")
            #expect(agency.postman.count("Reminder") == 0)
            try await agency.live(until: "2026-09-20T08:00:00Z")
            #expect(agency.postman.count("Reminder: please approve 2 links") == 1)
            // Somebody runs it again, twice at once.
            let approval = try #require(link?.approvalID)
            for key in ["a", "b"] {
                var job = SubscriptionsJobs.followUp(approval, account: client.account)
                job.uniqueKey = key
                try await agency.enqueue(job)
            }
            try await agency.settle()
            #expect(agency.postman.count("Reminder") == 1)
            try await agency.live(until: "2026-09-21T07:59:59Z")
            #expect(try await order(agency, id).status == .draft)
            try await agency.live(until: "2026-09-21T08:00:00Z")
            let approved = try await order(agency, id)
            #expect(approved.status == .approved && approved.approvedBy == nil && approved.invoiceID != nil)
            #expect(try await agency.count("select count(*) from igny8_jobs where task = 'place_order'") == 1)
            #expect(
                try await agency.count(
                    "select count(*) from igny8_approvals where status = 'approved' and decided_by_way = 'deadline'"
                ) == 1
            )
            #expect(try await agency.count("select count(*) from igny8_invoices where kind = 'backlinks'") == 1)
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("beyond the budget silence goes to the staff, once, and the client may still answer")
    func escalated() async throws {
        try await Agency.open { agency in
            let client = try await client(agency, budget: "499.99")
            let manager = try await agency.transaction { tx in
                let agencyAccount = try await Accounts.create(
                    name: "Alorig",
                    plan: .scale,
                    timeZoneName: "UTC",
                    currency: .usd,
                    billingEmail: try #require(EmailAddress("billing@alorig.example")),
                    in: tx
                )
                return try await Users.create(
                    account: agencyAccount.id,
                    email: try #require(EmailAddress("manager@alorig.example")),
                    name: "Max",
                    passwordHash: try PasswordHash.make("secret", cost: .cheap),
                    role: .owner,
                    staffRole: .admin,
                    in: tx
                )
            }
            let id = try await submit(agency, client)
            try await agency.live(until: "2026-09-23T08:00:00Z")
            #expect(try await order(agency, id).status == .draft)
            let mails = agency.postman.taken.filter { $0.subject.contains("waits for you") }
            #expect(mails.map(\.to) == [manager.email.rawValue])
            let approval = try #require(
                try await agency.transaction { tx in
                    try await Approvals.latest(of: .backlinkOrder, id.rawValue, for: Agency.system, in: tx)
                }
            )
            #expect(approval.status == .pending && approval.escalatedAt != nil)
            #expect(try #require(approval.expiresAt) > (try Date("2026-09-27T08:00:00Z", strategy: .iso8601)))
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("a deadline whose job was lost is seen to by the daily look; an account past due by then goes to the staff")
    func lostJob() async throws {
        try await Agency.open { agency in
            let client = try await client(agency, budget: "1000.00")
            let id = try await submit(agency, client)
            try await agency.settle()
            _ = try await agency.transaction { tx in
                try await tx.query("delete from igny8_jobs where task = 'follow_up_approval'")
                let account = try #require(try await Accounts.find(client.account, for: Agency.system, in: tx))
                let owed = Money(minor: 10_00, currency: .usd)
                let invoice = try await OneTimeInvoice.issue(
                    .other,
                    .other,
                    "a debt",
                    total: owed,
                    to: account.value,
                    in: tx
                )
                try await tx.query(
                    "update igny8_invoices set first_failed_at = igny8_now() where id = \(invoice.id.rawValue)"
                )
            }
            try await agency.live(until: "2026-09-22T06:15:00Z")
            #expect(try await order(agency, id).status == .draft)
            #expect(
                try await agency.count("select count(*) from igny8_approvals where escalated_at is not null") == 1
            )
        }
    }
}
