import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Totals of the books", .timeLimit(.minutes(3))) struct BookTotalsTests {
    private static let rules = [
        "the totals of each month are the sums of their lines, movements, minutes and articles",
        "the margin of each client, subscription and order is the sum of its lines",
    ]

    private func findings(_ fixture: Fixture) async throws -> [LedgerCheck.Finding] {
        try await fixture.store.read(as: Fixture.system, actor: "test") { try await LedgerCheck.run(in: $0) }
            .findings.filter { Self.rules.contains($0.rule) }
    }

    /// An entry of any kind over accounts, currencies and days that the dice choose.
    /// Three orders of each client, as entries are tagged with.
    private func addOrders(_ fixture: Fixture) async throws {
        try await fixture.test.owner.transaction(settings: Fixture.system.settings(actor: "test")) { tx in
            for client in [fixture.one, fixture.other] {
                try await tx.query(
                    """
                    insert into igny8_backlink_service_orders (id, account_id, site_id, links_agreed, currency)
                    overriding system value
                    select 10 * \(client.account.id.rawValue) + number, \(client.account.id.rawValue),
                        \(client.site.id.rawValue), 1, 'USD'
                    from generate_series(1, 3) number
                    """
                )
            }
        }
    }

    private func entry(
        _ key: String,
        _ fixture: Fixture,
        _ dice: inout SystemRandomNumberGenerator
    ) throws -> LedgerEntry {
        let client = Bool.random(using: &dice) ? fixture.one : fixture.other
        let currency = [Currency.usd, .eur, .jpy, .bhd].randomElement(using: &dice) ?? .usd
        let accounts = LedgerAccount.allCases.shuffled(using: &dice)
        let amount = Money(minor: Int64.random(in: 1...99_999, using: &dice), currency: currency)
        var lines: [LedgerLine] = [.debit(accounts[0], amount), .credit(accounts[1], amount)]
        lines += [.debit(accounts[2], amount), .credit(accounts[3], amount)]
        return try LedgerEntry(
            kind: LedgerEntryKind.allCases.randomElement(using: &dice) ?? .costIncurred,
            key: key,
            effectiveOn: Fixture.day.adding(days: Int.random(in: -70...70, using: &dice)),
            tags: LedgerTags(
                accountID: client.account.id,
                siteID: client.site.id,
                subscriptionID: Bool.random(using: &dice) ? client.subscription.id : nil,
                orderID: Bool.random(using: &dice)
                    ? .init(10 * client.account.id.rawValue + Int64.random(in: 1...3, using: &dice)) : nil
            ),
            lines: lines
        )
    }

    @Test("many transactions that book at once, over the same accounts, leave totals that are the sums of the lines")
    func concurrent() async throws {
        try await Fixture.with { fixture in
            try await addOrders(fixture)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<24 {
                    group.addTask {
                        var dice = SystemRandomNumberGenerator()
                        let entries = try (0..<8).map { try entry("\(writer):\($0)", fixture, &dice) }
                        // As what one transaction books is spread over statements and clients, deadlocks would show here.
                        try await fixture.test.service.transaction(settings: Fixture.system.settings(actor: "test")) {
                            tx in
                            for entry in entries { try await Ledger.post(entry, in: tx) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let read = try await fixture.store.batch(
                as: Fixture.system,
                actor: "test",
                [
                    "select sum(items)::bigint as lines from igny8_monthly_totals where source = 'ledger'",
                    "select count(*) as lines from igny8_ledger_lines",
                ]
            )
            #expect(try read[0].first?.decode("lines", as: Int64.self) == 24 * 8 * 4)
            #expect(try read[1].first?.decode("lines", as: Int64.self) == 24 * 8 * 4)
            #expect(try await findings(fixture) == [])
        }
    }

    @Test("what is rolled back, whole or to a savepoint, is in no total; what is added to an old entry is")
    func partly() async throws {
        try await Fixture.with { fixture in
            try await addOrders(fixture)
            var dice = SystemRandomNumberGenerator()
            let entries = try (0..<3).map { try entry("e\($0)", fixture, &dice) }
            await #expect(throws: CancellationError.self) {
                try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                    try await Ledger.post(entries[0], in: tx)
                    throw CancellationError()
                }
            }
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                try await Ledger.post(entries[1], in: tx)
                try await tx.query("savepoint before")
                try await Ledger.post(entries[2], in: tx)
                try await tx.query("rollback to savepoint before")
            }
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                for (position, amount) in [(5, 7), (6, -7)] {
                    try await tx.query(
                        """
                        insert into igny8_ledger_lines (account_id, entry_id, position, ledger_account, amount, currency)
                        select account_id, id, \(position), 'cost_links', \(amount)::numeric / 1000, 'USD'
                        from igny8_ledger_entries where natural_key = 'e1'
                        """
                    )
                }
            }
            let count = try await fixture.store.batch(
                as: Fixture.system,
                actor: "test",
                ["select sum(items)::bigint as lines from igny8_monthly_totals where source = 'ledger'"]
            )
            #expect(try count[0].first?.decode("lines", as: Int64.self) == 6)
            #expect(try await findings(fixture) == [])
        }
    }

    @Test(
        "the check names the total that is wrong",
        arguments: [
            (
                "update igny8_monthly_totals set amount = amount + 0.01 where measure = 'cost_links'", 0,
                "ledger cost_links 2026-10 USD"
            ),
            ("delete from igny8_monthly_totals where source = 'work'", 0, "work minutes 2026-10 USD"),
            ("update igny8_monthly_totals set items = items + 1 where measure = 'new'", 0, "mrr new 2026-10 USD"),
            ("update igny8_margin_totals set cost = cost + 1 where subject_kind = 'order'", 1, "order "),
            ("delete from igny8_margin_totals where subject_kind = 'client'", 1, "client"),
            ("update igny8_ledger_lines set amount = 2 * amount", 0, "ledger cost_links 2026-10 USD"),
        ]
    )
    func tampered(statement: String, rule: Int, row: String) async throws {
        try await Fixture.with { fixture in
            try await addOrders(fixture)
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                try await BusinessClock.freeze(at: Fixture.moment, in: tx)
                let cost = Money(minor: 15, currency: .usd)
                try await Ledger.post(
                    LedgerEntry(
                        kind: .costIncurred,
                        key: "cost",
                        effectiveOn: Fixture.day,
                        tags: LedgerTags(
                            accountID: fixture.one.account.id,
                            orderID: .init(10 * fixture.one.account.id.rawValue + 1)
                        ),
                        lines: [.debit(.costLinks, cost), .credit(.vendorPayable, cost)]
                    ),
                    in: tx
                )
                var subscription = fixture.one.subscription
                try subscription.value.activate(at: Fixture.moment, in: .gmt)
                try await ManagedSubscriptions.save(&subscription, in: tx)
                _ = try await TimeEntries.create(
                    subscription: subscription.id,
                    staff: fixture.one.owner.id,
                    minutes: 30,
                    date: Fixture.day,
                    note: "",
                    createdBy: nil,
                    for: Fixture.system,
                    in: tx
                )
            }
            #expect(try await findings(fixture) == [])
            try await tamper(fixture, statement)
            let found = try await findings(fixture)
            #expect(found.contains { $0.rule == Self.rules[rule] && $0.row.hasPrefix(row) }, "\(found)")
        }
    }

    @Test("minutes and articles follow their rows, also when these change their month or go")
    func work() async throws {
        try await Fixture.with { fixture in
            let subscription = fixture.one.subscription.id
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                for (minutes, day) in [(30, Fixture.day), (45, Fixture.day), (15, Fixture.day.adding(days: 40))] {
                    _ = try await TimeEntries.create(
                        subscription: subscription,
                        staff: fixture.one.owner.id,
                        minutes: minutes,
                        date: day,
                        note: "",
                        createdBy: nil,
                        for: Fixture.system,
                        in: tx
                    )
                }
                try await tx.query(
                    "update igny8_time_entries set minutes = 50, worked_on = '2026-12-01' where minutes = 45"
                )
                try await tx.query("delete from igny8_time_entries where minutes = 15")
                try await tx.query(
                    """
                    insert into igny8_clusters (account_id, site_id, sector_id, name)
                    values (\(fixture.one.account.id.rawValue), \(fixture.one.site.id.rawValue),
                        \(fixture.one.sector.id.rawValue), 'x')
                    """
                )
                try await tx.query(
                    """
                    insert into igny8_content (account_id, site_id, sector_id, cluster_id, title, status, published_at)
                    select account_id, site_id, sector_id, id, 'article ' || n, 'published', igny8_now()
                    from igny8_clusters, generate_series(1, 4) as n
                    """
                )
                try await tx.query(
                    """
                    update igny8_content set counted_subscription_id = \(subscription.rawValue), counted_period_start = '2026-10-01'
                    where title <> 'article 4'
                    """
                )
                try await tx.query(
                    "update igny8_content set is_deleted = true, deleted_at = igny8_now() where title = 'article 1'"
                )
                try await tx.query(
                    "update igny8_content set counted_period_start = '2026-11-01' where title = 'article 2'"
                )
            }
            let rows = try await fixture.store.batch(
                as: Fixture.system,
                actor: "test",
                [
                    """
                    select string_agg(concat_ws(' ', measure, month, amount::integer, items), ', ' order by measure, month) as text
                    from igny8_monthly_totals where source = 'work' and items > 0
                    """
                ]
            )
            #expect(
                try rows[0].first?.decode("text")
                    == "articles 2026-10-01 1 1, articles 2026-11-01 1 1, minutes 2026-10-01 30 1, minutes 2026-12-01 50 1"
            )
            #expect(try await findings(fixture) == [])
        }
    }

    @Test("a client sees no total of the agency, and of margins only its own")
    func isolation() async throws {
        try await Fixture.with { fixture in
            try await addOrders(fixture)
            var dice = SystemRandomNumberGenerator()
            let entries = try (0..<20).map { try entry("e\($0)", fixture, &dice) }
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                for entry in entries { try await Ledger.post(entry, in: tx) }
            }
            let seen = try await fixture.store.batch(
                as: fixture.one.tenant,
                actor: "test",
                [
                    "select from igny8_monthly_totals",
                    "select from igny8_margin_totals where account_id <> \(fixture.one.account.id.rawValue)",
                    "select from igny8_monthly_truth where source = 'ledger'",
                ]
            )
            #expect(seen[0].isEmpty && seen[1].isEmpty)
            #expect(!seen[2].isEmpty, "its own lines, and no others, add up to something")
            for statement: SQL in [
                "update igny8_monthly_totals set amount = 0", "delete from igny8_margin_totals",
                "select igny8_add_to_month('work', 'minutes', '2026-10-01', 'USD', '', 1, 1)",
            ] {
                let error = await failure {
                    _ = try await fixture.store.batch(as: Fixture.system, actor: "test", [statement])
                }
                #expect(state(of: error) == .insufficientPrivilege, "\(statement)")
            }
        }
    }
}
