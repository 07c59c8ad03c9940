import DomainModel
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

@Suite("What is due", .timeLimit(.minutes(5))) struct IndexingDueTests {
    @Test("is read from the index alone, row security included, where nothing is due and where something is")
    func plan() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let store = Store(database: test.service)
            let system = Tenant.system(reason: "test")
            _ = try await store.transaction(as: system, actor: "test") { tx in
                try await tx.query(
                    """
                    with account as (
                        insert into igny8_accounts (name, plan_id, currency, billing_email)
                        select 'Due', id, 'USD', 'due@client.example' from igny8_plans where key = 'scale' returning id
                    ), site as (
                        insert into igny8_sites (account_id, domain, name, url)
                        select id, 'client.example', 'Due', 'https://client.example/' from account returning id, account_id
                    )
                    insert into igny8_backlink_indexing_requests (account_id, site_id, url, currency, status,
                        indexing_service, submitted_at, next_check_at)
                    select account_id, site.id, 'https://publisher.example/' || n, 'USD', 'submitted', 'omega',
                        igny8_now(), igny8_now() + interval '7 days' * (n % 4 + 1)
                    from site, generate_series(1, 20000) n
                    """
                )
            }
            try await test.owner.query("vacuum analyze igny8_backlink_indexing_requests")
            for moment in ["-1 day", "8 days"] {
                let plan = try await store.transaction(as: system, actor: "test") { tx in
                    let now = try await BusinessClock.now(in: tx)
                    try await BusinessClock.freeze(
                        at: now.addingTimeInterval(moment == "8 days" ? 8 * 86_400 : 0),
                        in: tx
                    )
                    return try await tx.query(
                        "explain (analyze, costs off, timing off) \(fragment: IndexingRequests.dueStatement(limit: 10_000))"
                    ).map { row in try row.decode(0, as: String.self) }.joined(separator: "\n")
                }
                #expect(plan.contains("Index Only Scan using igny8_backlink_indexing_requests_due"), "\(plan)")
                #expect(!plan.contains("Sort"), "\(plan)")
            }
        }
    }
}
