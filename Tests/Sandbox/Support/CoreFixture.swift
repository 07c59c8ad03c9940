import DomainModel
import Foundation
import JobQueue
import Logging
import Persistence
import Postgres
import TestSupport
import WebClient

@testable import Sandbox

/// One client with a site and a service that waits for onboarding, and the queue to ask the core through.
struct CoreFixture: Sendable {
    let sandbox: RunningSandbox
    let account: Int64
    let site: Int64
    let subscription: Int64
    let host: String

    private static let system = Tenant.system(reason: "test").settings(actor: "test")

    init(_ sandbox: RunningSandbox, host: String, zone: String = "Europe/London") async throws {
        self.sandbox = sandbox
        self.host = host
        let rows = try await sandbox.test.service.batch(
            [
                """
                insert into igny8_accounts (name, plan_id, time_zone, billing_email)
                select \(host), id, \(zone), 'owner@x.example' from igny8_plans where key = 'growth'
                """,
                """
                insert into igny8_users (account_id, email, name, password_hash, role)
                select id, \("owner@\(host)"), 'Owner', 'none', 'owner' from igny8_accounts where name = \(host)
                """,
                """
                insert into igny8_sites (account_id, domain, name, url, industry_id)
                select account.id, \(host), \(host), \("https://\(host)"), industry.id
                from igny8_accounts account, igny8_industries industry
                where account.name = \(host) and industry.slug = 'printing'
                """,
                """
                insert into igny8_sectors (account_id, site_id, industry_id, industry_sector_id, name)
                select site.account_id, site.id, site.industry_id, part.id, part.name
                from igny8_sites site join igny8_industry_sectors part on part.industry_id = site.industry_id
                where site.domain = \(host) and part.slug = 'banners_and_signs'
                """,
                """
                insert into igny8_managed_service_subscriptions
                    (account_id, site_id, tier, monthly_price, currency, articles_per_month)
                select account_id, id, 'lite', 100, 'USD', 10 from igny8_sites where domain = \(host)
                returning account_id, site_id, id
                """,
            ],
            settings: Self.system
        )
        account = try rows[4][0].decode("account_id")
        site = try rows[4][0].decode("site_id")
        subscription = try rows[4][0].decode("id")
    }

    /// Runs a statement that sees everything.
    @discardableResult
    func query(_ sql: SQL) async throws -> PostgresRows {
        try await sandbox.test.service.batch([sql], settings: Self.system)[0]
    }

    /// A statement that gives one number named `count`.
    func count(_ sql: SQL) async throws -> Int {
        try await query(sql)[0].decode("count")
    }

    /// Asks the core, as our own services do.
    func ask(_ task: String, _ payload: some Encodable & Sendable) async throws {
        let producer = JobProducer(redis: nil, logger: Logger(label: "test.jobs"))
        try await sandbox.test.service.transaction(settings: Self.system) { tx in
            let job = NewJob(queue: "core", task: task, account: account, payload: payload)
            try await producer.enqueue(job, in: tx)
        }
    }

    /// How many jobs wait for our own worker, which does not run here.
    func asked(_ task: String) async throws -> Int {
        try await count(
            "select count(*) as count from igny8_jobs where queue = 'subscriptions' and task = \(task)"
        )
    }

    /// Lives on, from one due moment of the core and the sandbox to the next.
    func live(until end: String) async throws {
        while true {
            try await settle()
            let next = try await query(
                """
                select to_char(least(date_trunc('second', min(run_at)) + interval '1 second', \(end)::timestamptz)
                    at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as moment
                from igny8_jobs where queue = 'core' and run_at > igny8_now() and run_at <= \(end)::timestamptz
                """
            )[0].decode("moment", as: String?.self)
            let due = try await sandbox.send(.get, "/due/").text("next")
            let moment = [next, due].compactMap(\.self).filter { $0 <= end }.min() ?? end
            let reply = try await sandbox.json(.post, "/clock/", #"{"advance_to": "\#(moment)"}"#)
            guard reply.status == 200 else { throw TestSetupError("the clock does not move to \(moment)") }
            if moment == end { return try await settle() }
        }
    }

    /// Until nothing of the core's or the sandbox's is due.
    func settle() async throws {
        let limit = ContinuousClock.now + .seconds(120)
        while true {
            let open = try await count(
                """
                select count(*) as count from igny8_jobs
                where queue = 'core' and (state = 'running' or run_at <= igny8_now())
                """
            )
            if open == 0, try await sandbox.send(.get, "/due/")["busy"] == .bool(false) { return }
            guard .now < limit else {
                let world = try await sandbox.send(.get, "/world/").response.text
                throw TestSetupError("the core has not come to rest within two minutes; the world: \(world)")
            }
            // Between two looks: long enough to leave the machine to the worker.
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
