import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import AhrefsSync

extension AhrefsTests {
    @Suite("Units and faults", .timeLimit(.minutes(5))) struct BudgetTests {
        private static func day(_ house: LinkHouse) async throws -> Int {
            try await house.count(
                "select count(*) from igny8_ahrefs_domain_snapshots where snapshot_date = '2026-11-17'"
            )
        }

        /// Every call, for a failure to say what was paid for.
        private static func calls(_ house: LinkHouse) async throws -> String {
            try await house.text(
                """
                select coalesce(string_agg(concat_ws(' ', task, endpoint, target, status, units, error), '; ' order by id), '')
                from igny8_ahrefs_calls
                """
            )
        }

        @Test("are never spent beyond the budget: a stop is counted, and the site's rating still comes, for nothing")
        func hardStop() async throws {
            try await LinkHouse.open { house in
                try await house.connect()
                // 57 units; more where a stalled machine let a call time out, which then counts as spent.
                let start = try await house.ahrefs(.get, "status/").integer("budget.spent") ?? 0
                let tight = try await house.ahrefs(.put, "budget/", ["monthly_units": .integer(Int64(start + 49))])
                var calls = try await Self.calls(house)
                #expect(start >= 57 && tight.integer("budget.left") == 49, "\(calls)")
                try await house.advance(to: "2026-11-17T08:00:00Z")
                let order = try await house.ahrefs(
                    .post,
                    "snapshot/",
                    ["site_id": .integer(house.client.site.rawValue)]
                )
                #expect(order.status == 202)
                try await house.settle()
                #expect(try await Self.day(house) == 1, "the site's own, by the free endpoint")
                let list = try await house.ahrefs(.get, "backlinks/banner.example/")
                try await house.settle()
                let job = try await house.api(.get, "jobs/\(list.integer("job.id") ?? 0)/")
                #expect(job.string("status") == "completed")
                #expect(job.string("result.stopped")?.contains("would pass the month's budget") == true, "\(job.text)")
                let status = try await house.ahrefs(.get, "status/")
                calls = try await Self.calls(house)
                #expect(status.integer("budget.spent") == start && status.integer("budget.stops") == 1, "\(calls)")
                // A new month is a new budget; another limit holds at once.
                _ = try await house.ahrefs(.put, "budget/", ["monthly_units": .integer(Int64(start + 60))])
                let more = try await house.ahrefs(.post, "snapshot/", ["site_id": .integer(house.client.site.rawValue)])
                #expect(more.status == 202)
                try await house.settle()
                #expect(try await Self.day(house) == 3, "the rating is completed, and its competitors come")
                let after = try await house.ahrefs(.get, "status/")
                calls = try await Self.calls(house)
                #expect(
                    after.integer("budget.spent") == start + 57 && after.integer("budget.left") == 3,
                    "\(calls)"
                )
                #expect(try await house.dead() == [])
            }
        }

        @Test("fifty that reserve at once do not pass the limit together, and what nobody settles counts as spent")
        func reservations() async throws {
            try await LinkHouse.open { house in
                try await house.connect()
                _ = try await house.ahrefs(.put, "budget/", ["monthly_units": 557])
                let account = house.client.account
                let reserved = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for job in 0..<50 {
                        group.addTask {
                            let intent = AhrefsCalls.Intent(
                                account: account,
                                job: 1_000_000 + Int64(job),
                                task: "test",
                                endpoint: .allBacklinks,
                                target: "a.example",
                                forecast: 50
                            )
                            return try await house.transaction { tx in
                                try await AhrefsCalls.reserve(intent, in: tx) != nil
                            }
                        }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(reserved == 10)
                // A second attempt of a job whose first one vanished: that one may have been made.
                try await house.transaction { tx in
                    let job = try await tx.query(
                        "select min(job_id) as job from igny8_ahrefs_calls where status = 'reserved'"
                    )
                    let intent = AhrefsCalls.Intent(
                        account: account,
                        job: try job[0].decode("job"),
                        task: "test",
                        endpoint: .allBacklinks,
                        target: "a.example",
                        forecast: 50
                    )
                    #expect(try await AhrefsCalls.reserve(intent, in: tx) == nil)
                }
                let status = try await house.ahrefs(.get, "status/")
                #expect(status.integer("budget.spent") == 57 + 50 && status.integer("budget.reserved") == 450)
                #expect(status.integer("budget.left") == 0)
            }
        }

        @Test("are booked at what the agency pays for a thousand, once a call; also those of which nobody heard again")
        func unitCost() async throws {
            try await LinkHouse.open { house in
                let account = house.client.account
                try await house.connect()
                let free = try await house.count(
                    "select count(*) from igny8_ledger_lines where ledger_account = 'cost_ahrefs'"
                )
                #expect(free == 0, "the account pays for its key itself")
                let price: JSONValue = ["cost_per_1000_units": "12.50", "account_id": .integer(account.rawValue)]
                #expect(try await house.ahrefs(.put, "unit-cost/", price).status == 403)
                try await house.transaction { tx in
                    let cost = Money(minor: 12_50, currency: .usd)
                    let isSet = try await AhrefsCosts.set(cost, of: account, for: LinkHouse.system, in: tx)
                    #expect(isSet)
                }
                let before = try await house.count("select coalesce(max(id), 0) from igny8_ahrefs_calls")
                _ = try await house.ahrefs(.get, "backlinks/banner.example/")
                try await house.settle()
                let intent = AhrefsCalls.Intent(
                    account: account,
                    job: 1_000_000,
                    task: "test",
                    endpoint: .allBacklinks,
                    target: "a.example",
                    forecast: 51
                )
                // A first attempt that nobody hears of again, and a second one.
                for _ in 0..<2 {
                    let call = try await house.transaction { tx in try await AhrefsCalls.reserve(intent, in: tx) }
                    #expect(call != nil)
                }
                let (booked, spent) = try await house.transaction { tx in
                    let row = try await tx.query(
                        """
                        select (select sum(amount) from igny8_ledger_lines where ledger_account = 'cost_ahrefs')::text
                                as booked,
                            (select sum(round(units * 0.0125, 4)) from igny8_ahrefs_calls where id > \(before))::text
                                as spent,
                            (select count(*) from igny8_ledger_entries where natural_key like 'cost_incurred:ahrefs:%')
                                as entries
                        """
                    )[0]
                    #expect(try row.decode("entries", as: Int64.self) == 2)
                    return (try row.decode("booked", as: String.self), try row.decode("spent", as: String.self))
                }
                #expect(Double(booked) == Double(spent) && (Double(booked) ?? 0) > 51 * 0.0125)
                let report = try await house.transaction { tx in try await LedgerCheck.run(in: tx) }
                #expect(report.isBalanced, "\(report.findings)")
            }
        }

        @Test("a key without units stops everything until it has some again; it is not asked again and again")
        func outOfUnits() async throws {
            try await LinkHouse.open { house in
                try await house.connect("ahrefs_lite_poor_key_01")
                try await house.sandbox(
                    "ahrefs/keys/",
                    ["key": "ahrefs_lite_poor_key_01", "units_used": 100_000]
                )
                _ = try await house.ahrefs(.get, "backlinks/banner.example/")
                try await house.settle()
                let status = try await house.ahrefs(.get, "status/")
                #expect(status.string("status") == "active" && status.integer("credits_remaining") == 0)
                #expect(status.string("last_error")?.contains("403") == true)
                let calls = try await house.count("select count(*) from igny8_ahrefs_calls")
                _ = try await house.ahrefs(.get, "top-pages/banner.example/")
                try await house.settle()
                #expect(try await house.count("select count(*) from igny8_ahrefs_calls") == calls)
                // The month is over: the week's test sees the units, and the snapshots come.
                try await house.advance(to: "2026-12-07T08:00:00Z")
                #expect(try await house.ahrefs(.get, "status/").integer("credits_remaining") ?? 0 > 90_000)
                #expect(
                    try await house.count(
                        "select count(*) from igny8_ahrefs_domain_snapshots where snapshot_date = '2026-12-07'"
                    ) == 3
                )
                #expect(try await house.dead() == [])
            }
        }

        @Test(
            "garbage, half a body, a redirect inside, ten gigabytes, a fault: one attempt of one job, and nobody else waits"
        )
        func faults() async throws {
            try await LinkHouse.open { house in
                try await house.connect()
                let kinds = [
                    ("backlinks", "all-backlinks", "garbage"), ("referring-domains", "refdomains", "half_body"),
                    ("organic-keywords", "organic-keywords", "redirect_inside"),
                    ("top-pages", "top-pages", "endless_body"),
                ]
                for (_, endpoint, kind) in kinds {
                    let fault: JSONValue = [
                        "provider": "ahrefs", "match": .string("GET /v3/site-explorer/\(endpoint)"),
                        "kind": .string(kind), "count": 1,
                    ]
                    try await house.sandbox("faults/", fault)
                }
                try await house.sandbox(
                    "faults/",
                    ["provider": "ahrefs", "match": "GET /v3/site-explorer/metrics-history", "kind": "500", "count": 1]
                )
                var jobs: [Int] = []
                for (path, _, _) in kinds {
                    jobs.append(try await house.ahrefs(.get, "\(path)/banner.example/").integer("job.id") ?? 0)
                }
                _ = try await house.ahrefs(.get, "domain/banner.example/history/")
                let calm = try await house.ahrefs(.get, "domain/elsewhere.example/").integer("job.id") ?? 0
                try await house.settle()
                for (job, kind) in zip(jobs, kinds) {
                    let job = try await house.api(.get, "jobs/\(job)/")
                    #expect(job.string("status") == "completed" && job.integer("attempt") == 2, "\(kind): \(job.text)")
                    let list = try await house.ahrefs(.get, "\(kind.0)/banner.example/")
                    #expect(list["stale"] == false && list.integer("count") ?? 0 > 0, "\(kind)")
                }
                #expect(try await house.ahrefs(.get, "domain/banner.example/history/")["stale"] == false)
                let other = try await house.api(.get, "jobs/\(calm)/")
                #expect(other.string("status") == "completed" && other.integer("attempt") == 1)
                // What may have counted is in the books as it was forecast; what was refused, as nothing.
                #expect(
                    try await house.text(
                        """
                        select string_agg(status || ' ' || n, ', ' order by status) from (
                            select status, count(*) as n from igny8_ahrefs_calls
                            where error <> '' and (status = 'unknown') = (units > 0) group by status) s
                        """
                    ) == "failed 1, unknown 4"
                )
                #expect(
                    try await house.count("select count(*) from igny8_ahrefs_budgets where units_reserved <> 0") == 0
                )
                #expect(try await house.dead() == [])
            }
        }

        @Test("a 429 costs no attempt: the job waits as long as it is told")
        func tooMany() async throws {
            try await LinkHouse.open { house in
                try await house.connect()
                let fault: JSONValue = [
                    "provider": "ahrefs", "match": "GET /v3/site-explorer/*", "kind": "429", "count": 2,
                    "retry_after": 1,
                ]
                try await house.sandbox("faults/", fault)
                let list = try await house.ahrefs(.get, "backlinks/banner.example/")
                try await house.settle()
                let job = try await house.api(.get, "jobs/\(list.integer("job.id") ?? 0)/")
                #expect(job.string("status") == "completed" && job.integer("attempt") == 1, "\(job.text)")
                #expect(
                    try await house.count(
                        "select count(*) from igny8_ahrefs_calls where http_status = 429 and units = 0"
                    )
                        == 2
                )
            }
        }

        @Test("each week: one test, one batch for all of an account's sites, and a second run costs nothing")
        func week() async throws {
            try await LinkHouse.open { house in
                try await house.connect()
                try await house.transaction { tx in
                    for number in 0..<5 {
                        _ = try await Sites.create(
                            account: house.client.account,
                            domain: try #require(Domain("more\(number).example")),
                            name: "more",
                            url: "https://more\(number).example/",
                            competitors: ["rival-one.example", "rival-\(number).example"],
                            in: tx
                        )
                    }
                }
                // Monday, 02:00 in London.
                try await house.advance(to: "2026-11-23T02:00:00Z")
                #expect(
                    try await house.count(
                        "select count(*) from igny8_ahrefs_domain_snapshots where snapshot_date = '2026-11-23'"
                    ) == 18
                )
                let calls: SQL = "select count(*) from igny8_ahrefs_calls where endpoint like 'batch%'"
                #expect(try await house.count(calls) == 2)
                let units: SQL = "select sum(units)::bigint from igny8_ahrefs_calls where target = '13 domains'"
                #expect(try await house.count(units) == 13 * 19)
                try await house.enqueue(AhrefsJobs.sync(house.client.site, account: house.client.account))
                try await house.settle()
                #expect(try await house.count(calls) == 2)
                // A site that comes later asks only for what no other has asked for today.
                let late = try await house.transaction { tx in
                    try await Sites.create(
                        account: house.client.account,
                        domain: try #require(Domain("late.example")),
                        name: "late",
                        url: "https://late.example/",
                        competitors: ["rival-one.example", "rival-3.example", "rival-3.example", "late.example"],
                        in: tx
                    ).id
                }
                try await house.enqueue(AhrefsJobs.sync(late, account: house.client.account))
                try await house.settle()
                #expect(
                    try await house.text(
                        "select target || ' ' || units from igny8_ahrefs_calls where site_id = \(late.rawValue)"
                    ) == "late.example 50"
                )
                #expect(
                    try await house.count(
                        """
                        select count(*) from igny8_ahrefs_domain_snapshots
                        where site_id = \(late.rawValue) and organic_traffic > 0
                        """
                    ) == 3
                )
                #expect(try await house.dead() == [])
            }
        }
    }
}
