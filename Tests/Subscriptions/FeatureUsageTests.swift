import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

@Suite("Plans, week by week", .timeLimit(.minutes(5))) struct FeatureUsageTests {
    @Test(
        "a week's decisions become one row an account and feature, with the value of a yes; a second run changes nothing"
    )
    func report() async throws {
        try await Agency.open(at: "2026-09-17T08:00:00Z") { agency in
            let client = try await agency.client("one", isConnected: false)
            let upgraded = try await agency.client("two", isConnected: false)
            func decide(_ account: Account.ID, _ isAllowed: Bool, _ count: Int) async throws {
                try await agency.transaction { tx in
                    try await FeatureUsage.record(
                        [
                            FeatureUsage.Decision(
                                accountID: account,
                                feature: .ahrefsLevel,
                                required: "full",
                                current: isAllowed ? "full" : "none",
                                isAllowed: isAllowed,
                                endpoint: "GET /x/"
                            ): count
                        ],
                        in: tx
                    )
                }
            }
            _ = try await agency.transaction { tx in
                try await tx.query(
                    """
                    update igny8_accounts set plan_id = (select id from igny8_plans where key = 'starter')
                    where id = \(client.account.rawValue)
                    """
                )
            }
            try await decide(client.account, false, 4)
            try await decide(upgraded.account, false, 2)
            try await decide(upgraded.account, true, 9)
            try await agency.live(until: "2026-09-21T06:00:00Z")
            func rows() async throws -> [String] {
                try await agency.transaction { tx in
                    try await tx.query(
                        """
                        select concat_ws(' ', account_id = \(client.account.rawValue), period_start, period_end, allowed,
                            refused, plan, needed_plan, value, is_open_now) as row
                        from igny8_feature_usage_reports where period = 'weekly' order by id
                        """
                    ).map { row in try row.decode("row", as: String.self) }
                }
            }
            let first = try await rows()
            #expect(
                first == [
                    "t 2026-09-14 2026-09-21 0 4 starter scale 300.00 f",
                    "f 2026-09-14 2026-09-21 9 0 scale scale 0.00 t",
                    "f 2026-09-14 2026-09-21 0 2 scale scale 0.00 t",
                ]
            )
            try await agency.enqueue(
                NewJob(
                    queue: Queue.subscriptions,
                    task: ReportFeatureUsage.name,
                    account: nil,
                    payload: ReportFeatureUsage.Payload(
                        period: .weekly,
                        day: try #require(CalendarDay(year: 2026, month: 9, day: 21))
                    )
                )
            )
            try await agency.settle()
            #expect(try await rows() == first)
            try await agency.live(until: "2026-10-01T06:00:00Z")
            #expect(
                try await agency.count(
                    "select count(*) from igny8_feature_usage_reports where period = 'monthly' and period_start = '2026-09-01'"
                ) == 3
            )
            // Both accounts are on plans that give credits on the 1st.
            #expect(
                try await agency.count("select sum(credits) from igny8_accounts") == 26_000
            )
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("the plans are brought up to the release by a job, which run twice fills once")
    func migrate() async throws {
        try await Agency.open { agency in
            _ = try await agency.transaction { tx in
                try await tx.query("update igny8_plans set plan_features = plan_features - 'video_level'")
            }
            for _ in 0..<2 {
                try await agency.enqueue(SubscriptionsJobs.migratePlanFeatures())
                try await agency.settle()
            }
            #expect(
                try await agency.count("select count(*) from igny8_plans where plan_features ? 'video_level'") == 4
            )
            let results = try await agency.transaction { tx in
                try await tx.query(
                    """
                    select jsonb_array_length(result -> 'filled') as filled from igny8_job_history
                    where task = 'migrate_plan_features' order by id
                    """
                ).map { row in try row.decode("filled", as: Int.self) }
            }
            #expect(results == [4, 0])
        }
    }
}

@Suite("Asking for payments", .timeLimit(.minutes(2))) struct AskForPaymentTests {
    @Test("a purchase that cannot be charged is asked for once; one that can, or is paid, is not")
    func ask() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("one", isConnected: false, card: nil)
            func invoice() async throws -> Invoice {
                try await agency.transaction { tx in
                    let account = try #require(try await Accounts.find(client.account, for: Agency.system, in: tx))
                    return try await OneTimeInvoice.issue(
                        .indexing,
                        .indexing,
                        "Indexing",
                        total: Money(minor: 1_500, currency: .usd),
                        to: account.value,
                        in: tx
                    ).value
                }
            }
            let charged = try await invoice()
            _ = try await agency.transaction { tx in
                try await PaymentMethods.add(
                    account: client.account,
                    kind: .bank,
                    providerReference: nil,
                    displayName: "Bank transfer",
                    isVerified: true,
                    in: tx
                )
            }
            let manual = try await invoice()
            #expect(charged.collection == .automatic && manual.collection == .manual)
            for _ in 0..<2 {
                for invoice in [charged, manual] {
                    try await agency.enqueue(
                        SubscriptionsJobs.followUpInvoice(invoice.id.rawValue, account: client.account)
                    )
                }
                try await agency.settle()
            }
            #expect(agency.postman.count("Invoice \(try #require(manual.number)) is due") == 1)
            #expect(agency.postman.count("is due") == 1)
            try await agency.expectBalancedBooks()
        }
    }
}
