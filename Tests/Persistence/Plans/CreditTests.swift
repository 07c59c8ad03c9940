import DomainModel
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Credits") struct CreditTests {
    private static func give(_ amount: Int, _ fixture: Fixture) async throws {
        _ = try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
            try await CreditService.change(
                by: amount,
                kind: .subscription,
                of: fixture.one.account.id,
                description: "October",
                reference: "october",
                in: tx
            )
        }
    }

    private static func sums(_ fixture: Fixture) async throws -> (balance: Int, ledger: Int, least: Int, rows: Int) {
        let row = try await fixture.store.batch(
            as: fixture.one.tenant,
            actor: "test",
            [
                """
                select (select credits from igny8_accounts where id = \(fixture.one.account.id.rawValue)) as balance,
                    coalesce(sum(amount), 0) as ledger, coalesce(min(balance_after), 0) as least, count(*) as rows
                from igny8_credit_transactions
                """
            ]
        )[0][0]
        return try (row.decode("balance"), row.decode("ledger"), row.decode("least"), row.decode("rows"))
    }

    /// Keeps the account's row until every connection of the service waits for it: those have read by then whatever they
    /// read before it, so that only what they read under the lock can tell them of each other.
    private static func hold(_ fixture: Fixture, _ isHeld: @Sendable () -> Void) async throws {
        let account = fixture.one.account.id.rawValue
        try await Store(database: fixture.test.owner).transaction(as: Fixture.system, actor: "test") { tx in
            try await tx.query("select from igny8_accounts where id = \(account) for no key update")
            isHeld()
            var waiting = 0
            while waiting < PostgresConfiguration(url: "").leasedConnections {
                waiting = try await fixture.test.owner.query(
                    """
                    select count(distinct lock.pid) as waiting from pg_locks lock
                    join pg_stat_activity session on session.pid = lock.pid
                    where not lock.granted and session.datname = current_database()
                    """
                ).map { row in try row.decode("waiting", as: Int.self) }[0]
            }
        }
    }

    @Test("two hundred deductions at once take exactly what there is: no lost update, never below zero")
    func manyAtOnce() async throws {
        try await Fixture.with { fixture in
            try await Self.give(1_000, fixture)
            let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                            do {
                                try await CreditService.change(
                                    by: -(3 + number % 9),
                                    kind: .deduction,
                                    of: fixture.one.account.id,
                                    description: "test",
                                    reference: "deduction:\(number)",
                                    in: tx
                                )
                                return true
                            } catch is NotEnoughCredits {
                                return false
                            }
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let after = try await Self.sums(fixture)
            #expect(after.balance == after.ledger && after.least >= 0)
            #expect(after.rows == 1 + outcomes.filter(\.self).count)
            #expect(after.balance < 11, "only what was too much for the rest was refused")
        }
    }

    @Test("fifty at once under one reference take once")
    func oneReference() async throws {
        try await Fixture.with { fixture in
            try await Self.give(1_000, fixture)
            let changes = try await withThrowingTaskGroup(of: CreditService.Change.self) { group in
                let (held, isHeld) = AsyncStream.makeStream(of: Void.self)
                async let holding: Void = Self.hold(fixture) { isHeld.finish() }
                for await _ in held {}
                for _ in 0..<50 {
                    group.addTask {
                        try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                            try await CreditService.change(
                                by: -10,
                                kind: .deduction,
                                of: fixture.one.account.id,
                                description: "test",
                                reference: "article:7",
                                in: tx
                            )
                        }
                    }
                }
                try await holding
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(changes.filter(\.isNew).count == 1)
            #expect(Set(changes.map(\.id)).count == 1 && Set(changes.map(\.balance)) == [990])
            let after = try await Self.sums(fixture)
            #expect(after.balance == 990 && after.rows == 2)
        }
    }

    @Test(
        "check, run, deduct, log: too few and nothing runs; a failure in it costs nothing; known work is not repeated"
    )
    func spending() async throws {
        try await Fixture.with { fixture in
            let account = fixture.one.account.id
            try await Self.give(20, fixture)
            func spend(_ words: Int, _ reference: String, fails: Bool = false) async throws -> String? {
                try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                    try await CreditService.spend(
                        "content_generation",
                        quantity: words,
                        of: account,
                        reference: reference,
                        for: .init("content", 7, site: fixture.one.site.id),
                        in: tx
                    ) { _ in
                        if fails { throw Failed() }
                        return "written"
                    }
                }
            }
            await #expect(throws: NotEnoughCredits(needed: 21, held: 20)) { _ = try await spend(2_001, "a") }
            await #expect(throws: Failed.self) { _ = try await spend(100, "b", fails: true) }
            #expect(try await Self.sums(fixture).balance == 20)
            #expect(try await spend(1_101, "c") == "written")
            #expect(try await spend(1_101, "c", fails: true) == nil)
            #expect(try await Self.sums(fixture).balance == 8)
            await #expect(throws: UnknownOperation.self) {
                try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                    _ = try await CreditService.spend("unknown", of: account, reference: "d", in: tx) { _ in }
                }
            }
            let log = try await fixture.store.batch(
                as: fixture.one.tenant,
                actor: "test",
                [
                    "select credits_used, site_id, subject_id, transaction_id is not null as paid from igny8_credit_usage_logs"
                ]
            )[0]
            #expect(log.count == 1)
            #expect(try log[0].decode("credits_used") == 12 && log[0].decode("paid") == true)
        }
    }

    private struct Failed: Error {}

    @Test("two that spend for the same at once: one is undone whole")
    func sameWork() async throws {
        try await Fixture.with { fixture in
            try await Self.give(100, fixture)
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            return try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                                try await CreditService.spend(
                                    "image_generation",
                                    of: fixture.one.account.id,
                                    reference: "image:1",
                                    in: tx
                                ) { tx in
                                    try await tx.query(
                                        """
                                        insert into igny8_credit_usage_logs (account_id, operation_type, credits_used)
                                        values (\(fixture.one.account.id.rawValue), 'made', 0)
                                        """
                                    )
                                    return true
                                } ?? false
                            }
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter(\.self).count == 1)
            #expect(try await Self.sums(fixture).balance == 95)
            let made = try await fixture.store.batch(
                as: Fixture.system,
                actor: "test",
                ["select from igny8_credit_usage_logs where operation_type = 'made'"]
            )[0]
            #expect(made.count == 1)
        }
    }

    @Test("a deduction is given back once; a correction carries its reason; another account's is out of reach")
    func refunds() async throws {
        try await Fixture.with { fixture in
            try await Self.give(100, fixture)
            let account = fixture.one.account.id
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                _ = try await CreditService.spend("clustering", of: account, reference: "cluster:1", in: tx) { _ in }
                let first = try await CreditService.refund("cluster:1", of: account, because: "it failed", in: tx)
                let again = try await CreditService.refund("cluster:1", of: account, because: "it failed", in: tx)
                #expect(first?.balance == 100 && first?.isNew == true && again?.isNew == false)
                #expect(try await CreditService.refund("none", of: account, because: "x", in: tx) == nil)
                let corrected = try await CreditService.adjust(
                    by: -40,
                    of: account,
                    because: "granted twice",
                    reference: "ticket:9",
                    createdBy: nil,
                    in: tx
                )
                #expect(corrected.balance == 60)
                await #expect(throws: UnknownAccount.self) {
                    try await CreditService.adjust(
                        by: 5,
                        of: fixture.other.account.id,
                        because: "x",
                        reference: "x",
                        createdBy: nil,
                        in: tx
                    )
                }
            }
        }
    }

    @Test("a month's credits come to every account of the zone once, as its plan says")
    func months() async throws {
        try await Fixture.with { fixture in
            let month = try #require(CalendarMonth(year: 2026, month: 10))
            func grant(_ month: CalendarMonth, _ zone: String) async throws -> Int {
                try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                    try await CreditService.grantMonth(month, zone: zone, in: tx)
                }
            }
            #expect(try await grant(month, "Europe/London") == 2)
            #expect(try await grant(month, "Europe/London") == 0)
            #expect(try await grant(month, "Asia/Karachi") == 0)
            #expect(try await grant(month.next, "Europe/London") == 2)
            #expect(try await Self.sums(fixture).balance == 50_000)
        }
    }
}
