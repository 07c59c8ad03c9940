import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Tenancy", .timeLimit(.minutes(1))) struct TenancyTests {
    @Test("a saved account, user and site are read as they were saved")
    func roundTrips() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                var account = try #require(
                    try await Accounts.find(fixture.one.account.id, for: fixture.one.tenant, in: tx)
                )
                account.name = "Banner Printing"
                account.plan = .growth
                account.timeZoneName = "Asia/Karachi"
                try await Accounts.save(&account, in: tx)
                #expect(try await Accounts.find(account.id, for: fixture.one.tenant, in: tx) == account)
                #expect(account.revision == 2)

                var user = try #require(try await Users.find(fixture.one.owner.id, for: fixture.one.tenant, in: tx))
                user.role = .viewer
                user.staffRole = .accountManager
                try await Users.save(&user, in: tx)
                #expect(try await Users.find(user.id, for: fixture.one.tenant, in: tx) == user)

                var site = try #require(try await Sites.find(fixture.one.site.id, for: fixture.one.tenant, in: tx))
                site.competitors = ["a.example", #"quoted "b".example"#]
                site.targetCountries = ["GB", "CA"]
                try await Sites.save(&site, in: tx)
                #expect(try await Sites.find(site.id, for: fixture.one.tenant, in: tx) == site)
            }
        }
    }

    @Test("of two that read the same row, the second to save is told")
    func lostUpdate() async throws {
        try await Fixture.with { fixture in
            var (mine, yours) = (fixture.one.subscription, fixture.one.subscription)
            mine.articlesPerMonth = 31
            yours.articlesPerMonth = 32
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { [mine, yours] tx in
                var (mine, yours) = (mine, yours)
                try await ManagedSubscriptions.save(&mine, in: tx)
                await #expect(throws: StaleRevision(subject: "managed_subscription")) {
                    try await ManagedSubscriptions.save(&yours, in: tx)
                }
                let stored = try await ManagedSubscriptions.find(mine.id, for: fixture.one.tenant, in: tx)
                #expect(stored?.articlesPerMonth == 31 && stored?.revision == 2)
            }
        }
    }

    @Test("of 50 parallel purchases of a service for one site, one succeeds")
    func oneSubscriptionPerSite() async throws {
        try await Fixture.with { fixture in
            let site = try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                try await Sites.create(
                    account: fixture.one.account.id,
                    domain: try #require(Domain("second.example")),
                    name: "second",
                    url: "https://second.example/",
                    in: tx
                )
            }
            let bought = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        do {
                            return try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                                _ = try await ManagedSubscriptions.create(
                                    account: fixture.one.account.id,
                                    site: site.id,
                                    tier: .lite,
                                    monthlyPrice: Money(minor: 10_000, currency: .usd),
                                    articlesPerMonth: 10,
                                    serviceConfig: .defaults(for: .lite),
                                    in: tx
                                )
                                return 1
                            }
                        } catch is SiteHasSubscription {
                            return 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(bought == 1)
        }
    }

    @Test("an address is one user's, whatever its case")
    func uniqueEmail() async throws {
        try await Fixture.with { fixture in
            let error = await failure {
                try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                    _ = try await Users.create(
                        account: fixture.other.account.id,
                        email: try #require(EmailAddress("Owner@One.example")),
                        name: "",
                        passwordHash: "x",
                        role: .viewer,
                        in: tx
                    )
                }
            }
            #expect((error as? PostgresError)?.constraint == "igny8_users_email")
        }
    }

    @Test("a deleted site vanishes, frees its domain, and comes back")
    func softDelete() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx async throws in
                let site = fixture.one.site
                #expect(try await Sites.delete(site.id, for: fixture.one.tenant, in: tx))
                #expect(try await Sites.find(site.id, for: fixture.one.tenant, in: tx) == nil)
                #expect(try await Sites.count(of: fixture.one.account.id, in: tx) == 0)
                #expect(try await Sites.delete(site.id, for: fixture.one.tenant, in: tx) == false)
                #expect(try await Sites.restore(site.id, for: fixture.one.tenant, in: tx))
                #expect(try await Sites.find(site.id, for: fixture.one.tenant, in: tx)?.value == site)
            }
        }
    }

    @Test("a sector of another industry is refused")
    func sectorOfIndustry() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                let finance = try #require(try await Industries.find(named: "Finance and insurance", in: tx))
                let tax = try #require(try await Industries.sectors(of: finance.id, in: tx).first)
                let sector = try await Sectors.create(
                    site: fixture.one.site.id,
                    industrySector: tax.id,
                    for: fixture.one.tenant,
                    in: tx
                )
                #expect(sector == nil)
                #expect(try await Sectors.all(of: fixture.one.site.id, for: fixture.one.tenant, in: tx).count == 1)
            }
        }
    }

    @Test("a refresh token is good once; a spent one ends the session")
    func refreshTokens() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                let session = try await Sessions.open(user: fixture.one.owner, token: "first", in: tx)
                guard case .rotated(let same) = try await Sessions.rotate("first", to: "second", in: tx) else {
                    Issue.record("the first token is good")
                    return
                }
                #expect(same.id == session.id)
                #expect(try await Sessions.live(of: fixture.one.owner.id, in: tx).map(\.id) == [session.id])
                guard case .reused = try await Sessions.rotate("first", to: "thief", in: tx) else {
                    Issue.record("a spent token must be recognised")
                    return
                }
                #expect(try await Sessions.isLive(session.id, in: tx) == false)
                guard case .refused = try await Sessions.rotate("second", to: "third", in: tx) else {
                    Issue.record("the family has ended")
                    return
                }
                guard case .refused = try await Sessions.rotate("unknown", to: "x", in: tx) else {
                    Issue.record("nobody knows this token")
                    return
                }
            }
        }
    }

    @Test("of 20 that refresh with one token at once, one gets the next and the session ends")
    func refreshRace() async throws {
        try await Fixture.with { fixture in
            let session = try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                try await Sessions.open(user: fixture.one.owner, token: "first", in: tx)
            }
            let rotated = try await withThrowingTaskGroup(of: Int.self) { group in
                for attempt in 0..<20 {
                    group.addTask {
                        try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                            if case .rotated = try await Sessions.rotate("first", to: "next \(attempt)", in: tx) {
                                1
                            } else {
                                0
                            }
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(rotated == 1)
            let isLive = try await fixture.store.read(as: Fixture.system, actor: "test") { tx in
                try await Sessions.isLive(session.id, in: tx)
            }
            #expect(!isLive)
        }
    }

    @Test("a reset link works once, and spends the others of the same user")
    func passwordResets() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                for token in ["one", "two"] {
                    try await PasswordResets.create(user: fixture.one.owner, token: token, in: tx)
                }
                try await PasswordResets.create(
                    user: fixture.other.owner,
                    token: "late",
                    validFor: .zero,
                    in: tx
                )
                #expect(try await PasswordResets.redeem("one", in: tx) == fixture.one.owner.id)
                #expect(try await PasswordResets.redeem("one", in: tx) == nil)
                #expect(try await PasswordResets.redeem("two", in: tx) == nil)
                #expect(try await PasswordResets.redeem("late", in: tx) == nil)
            }
        }
    }

    @Test("a flag is off until it is on for an account or for all")
    func flags() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                let flag = FeatureFlag.managedServicesEnabled
                func isOn(_ client: Fixture.Client) async throws -> Bool {
                    try await FeatureFlags.isEnabled(flag, for: client.account.id, in: tx)
                }
                #expect(try await isOn(fixture.one) == false)
                try await FeatureFlags.override(
                    flag,
                    for: fixture.one.account.id,
                    isEnabled: true,
                    reason: "pilot",
                    by: nil,
                    in: tx
                )
                #expect(try await isOn(fixture.one))
                #expect(try await isOn(fixture.other) == false)
                try await FeatureFlags.set(flag, isEnabled: true, in: tx)
                #expect(try await isOn(fixture.other))
                try await FeatureFlags.removeOverride(flag, for: fixture.one.account.id, in: tx)
                let settings = try await FeatureFlags.all(in: tx)
                #expect(settings.map(\.key) == FeatureFlag.allCases.map(\.rawValue).sorted())
                #expect(settings.allSatisfy { $0.overrides.isEmpty })
            }
        }
    }

    @Test("a key is answered once: the same request gets the first answer, another one is refused")
    func idempotency() async throws {
        try await Fixture.with { fixture in
            func claim(_ hash: UInt8, in tx: PostgresTransaction) async throws -> IdempotencyKeys.Claim {
                try await IdempotencyKeys.claim(
                    "key",
                    account: fixture.one.account.id,
                    principal: "user:1",
                    method: "POST",
                    path: "/api/v1/sites/",
                    requestHash: [UInt8](repeating: hash, count: 32),
                    in: tx
                )
            }
            let answer = IdempotencyKeys.Answer(status: 201, headers: ["Location": "/1/"], body: Array("{}".utf8))
            let worked = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                            switch try await claim(1, in: tx) {
                            case .new(let id):
                                try await IdempotencyKeys.record(answer, for: id, in: tx)
                                return 1
                            case .answered(let first):
                                #expect(first == answer)
                                return 0
                            case .differs:
                                Issue.record("the request is the same")
                                return 0
                            }
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(worked == 1)
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                guard case .differs = try await claim(2, in: tx) else {
                    Issue.record("another body under the same key must be refused")
                    return
                }
            }
        }
    }

    @Test("credits never go below zero, whatever comes at once, and every change is in their ledger")
    func credits() async throws {
        try await Fixture.with { fixture in
            @Sendable func change(_ amount: Int, _ reference: String?) async throws -> CreditService.Change {
                try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                    try await CreditService.change(
                        by: amount,
                        kind: amount > 0 ? .subscription : .deduction,
                        of: fixture.one.account.id,
                        description: "test",
                        reference: reference,
                        in: tx
                    )
                }
            }
            #expect(try await change(100, "october").balance == 100)
            #expect(try await change(100, "october").isNew == false, "the same reference again changes nothing")
            let taken = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            _ = try await change(-30, nil)
                            return 1
                        } catch is NotEnoughCredits {
                            return 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(taken == 3)
            let row = try await fixture.store.batch(
                as: fixture.one.tenant,
                actor: "test",
                ["select sum(amount)::bigint as sum, min(balance_after) as least from igny8_credit_transactions"]
            )[0].first
            #expect(try row?.decode("sum") == 10)
            #expect(try row?.decode("least") == 10)
        }
    }
}
