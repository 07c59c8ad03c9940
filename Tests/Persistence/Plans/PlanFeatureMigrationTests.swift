import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Bringing plans up to a release") struct PlanFeatureMigrationTests {
    private static func run(_ fixture: Fixture) async throws -> PlanFeatureMigration.Report {
        try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
            try await PlanFeatureMigration.run(in: tx)
        }
    }

    private static func level(_ plan: PlanKey, _ feature: Feature, _ fixture: Fixture) async throws -> String? {
        try await Plans.find(plan, in: fixture.test.service)?.features[feature]
    }

    @Test("on a fresh database there is nothing to do, and the defaults are the catalogue's")
    func fresh() async throws {
        try await Fixture.with { fixture in
            let report = try await Self.run(fixture)
            #expect(report.filled.isEmpty && report.kept.isEmpty)
            let different = try await fixture.test.service.query(
                """
                select plan.key, given.feature from igny8_plans plan
                join igny8_plan_feature_defaults given on given.plan_key = plan.key
                where plan.plan_features -> given.feature is distinct from given.level
                """
            )
            #expect(different.isEmpty)
            let many = try await fixture.test.service.query("select from igny8_plan_feature_defaults")
            #expect(many.count == Feature.allCases.count * 4)
        }
    }

    @Test("what is missing or empty is filled, what staff have edited stays, and again changes nothing")
    func filling() async throws {
        try await Fixture.with { fixture in
            try await fixture.test.owner.query(
                """
                update igny8_plans set plan_features = plan_features - 'video_level'
                    || '{"gsc_level": "", "linker_level": null, "ahrefs_level": "full", "content_types": ["post"]}'
                where key = 'growth'
                """
            )
            let planned = try await PlanFeatureMigration.plan(in: fixture.test.service)
            #expect(planned.filled.map(\.feature) == ["gsc_level", "linker_level", "video_level"])
            #expect(try await Self.level(.growth, .videoLevel, fixture) == "none", "a plan changes nothing")
            let report = try await Self.run(fixture)
            #expect(report == planned)
            #expect(try await Self.level(.growth, .videoLevel, fixture) == "short")
            #expect(try await Self.level(.growth, .gscLevel, fixture) == "full")
            #expect(try await Self.level(.growth, .linkerLevel, fixture) == "auto")
            #expect(try await Self.level(.growth, .ahrefsLevel, fixture) == "full")
            #expect(try await Self.level(.growth, .contentTypes, fixture) == "post")
            #expect(try await Self.run(fixture).filled.isEmpty)
        }
    }

    @Test("a gate on something that was open closes it for nobody who was here before, and for all who come after")
    func grandfathering() async throws {
        try await Fixture.with { fixture in
            // White labelling as a release would gate it: all could do it, from now on only Scale.
            try await fixture.test.owner.query(
                """
                with gone as (update igny8_plans set plan_features = plan_features - 'white_label')
                update igny8_gated_features set level_before = 'true', gated_at = igny8_now(), migrated_at = null
                where feature = 'white_label'
                """
            )
            let requirement = GateRequirement(.whiteLabel, "true")
            func meets(_ account: Account.ID) async throws -> Bool {
                try await fixture.store.read(as: Fixture.system, actor: "test") { tx in
                    try await FeatureGrants.holding(of: account, for: Fixture.system, in: tx)?.meets(requirement)
                        ?? false
                }
            }
            func create(_ name: String, _ plan: PlanKey) async throws -> Account.ID {
                try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                    try await Accounts.create(
                        name: name,
                        plan: plan,
                        timeZoneName: "UTC",
                        currency: .usd,
                        billingEmail: try #require(EmailAddress("billing@\(name).example")),
                        in: tx
                    ).id
                }
            }
            let later = try await create("later", .growth)
            _ = try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                try await tx.query(
                    """
                    update igny8_accounts set plan_id = (select id from igny8_plans where key = 'growth')
                    where id = \(fixture.one.account.id.rawValue)
                    """
                )
            }
            let report = try await Self.run(fixture)
            #expect(report.filled.count == 4)
            #expect(report.kept.map(\.accounts) == [1], "Scale has it anyway, the new account came after")
            #expect(try await meets(fixture.one.account.id), "was here on Growth")
            #expect(try await meets(fixture.other.account.id), "is on Scale")
            #expect(try await !meets(later))
            #expect(try await Self.run(fixture).kept.isEmpty)
        }
    }

    @Test("decisions are summed by the hour, whoever writes them at once")
    func decisions() async throws {
        try await Fixture.with { fixture in
            func decision(_ account: Account.ID, _ isAllowed: Bool) -> FeatureUsage.Decision {
                FeatureUsage.Decision(
                    accountID: account,
                    feature: .ahrefsLevel,
                    required: "full",
                    current: isAllowed ? "full" : "none",
                    isAllowed: isAllowed,
                    endpoint: "GET /x/"
                )
            }
            let (one, other) = (fixture.one.account.id, fixture.other.account.id)
            let hits = [decision(one, true): 3, decision(one, false): 2, decision(other, false): 5]
            let moment = Fixture.moment
            try await BusinessClock.freeze(at: moment, in: fixture.test.service)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                            try await FeatureUsage.record(hits, in: tx)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let day = CalendarDay(of: moment, in: .gmt)
            let sums = try await fixture.store.read(as: Fixture.system, actor: "test") { tx in
                try await FeatureUsage.sums(from: day, until: day.adding(days: 1), in: tx)
            }
            #expect(sums.map(\.allowed).reduce(0, +) == 60)
            #expect(sums.map(\.refused).reduce(0, +) == 140)
            let rows = try await fixture.store.batch(
                as: Fixture.system,
                actor: "test",
                ["select from igny8_feature_usage_log"]
            )[0]
            #expect(rows.count == 3)
            let forgotten = try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                (
                    try await FeatureUsage.forget(before: day, in: tx),
                    try await FeatureUsage.forget(before: day.adding(days: 1), in: tx)
                )
            }
            #expect(forgotten == (0, 3))
        }
    }
}
