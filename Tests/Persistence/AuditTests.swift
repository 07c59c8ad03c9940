import DomainModel
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Audit log", .timeLimit(.minutes(3))) struct AuditTests {
    private func event(_ client: Fixture.Client, _ action: AuditAction = .updated) -> AuditEvent {
        AuditEvent(
            action,
            account: client.account.id,
            subjectKind: "managed_subscription",
            subjectID: client.subscription.id.rawValue,
            from: "pending",
            to: "active",
            reason: "onboarding is done",
            subscription: client.subscription.id,
            data: ["step": "activate", "attempt": 2]
        )
    }

    private func write(_ count: Int, _ fixture: Fixture) async throws {
        for _ in 0..<count {
            try await fixture.store.transaction(as: Fixture.system, actor: "job:1") { tx in
                let nobody = AuditEvent(.updated, account: nil, subjectKind: "plan", subjectID: 1)
                try await AuditLog.record([event(fixture.other), event(fixture.one), nobody], in: tx)
            }
        }
    }

    private func verify(_ fixture: Fixture) async throws -> AuditVerifier.Report {
        try await fixture.store.read(as: Fixture.system, actor: "test") { try await AuditVerifier.run(in: $0) }
    }

    @Test("a whole log verifies, event by event and account by account")
    func whole() async throws {
        try await Fixture.with { fixture in
            try await write(5, fixture)
            let report = try await verify(fixture)
            #expect(report.events == 15 && report.findings == [])
        }
    }

    @Test("events of 40 transactions at once form one chain")
    func parallel() async throws {
        try await Fixture.with { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<40 { group.addTask { try await write(1, fixture) } }
                try await group.waitForAll()
            }
            let report = try await verify(fixture)
            #expect(report.events == 120 && report.findings == [])
        }
    }

    @Test(
        "an edited row is named",
        arguments: ["reason = 'another'", "actor = 'user:1'", "data = '{}'", "to_state = null"]
    )
    func edited(change: String) async throws {
        try await Fixture.with { fixture in
            try await write(4, fixture)
            let account = fixture.one.account.id
            try await tamper(
                fixture,
                "update igny8_audit_events set \(change) where account_id = \(account) and chain_position = 3"
            )
            let findings = try await verify(fixture).findings
            #expect(
                findings.map(\.description)
                    == ["audit chain \(account), event 3: it was changed after it had been written"]
            )
        }
    }

    @Test("a missing row is named, in the middle and at the end", arguments: [2, 4])
    func missing(position: Int64) async throws {
        try await Fixture.with { fixture in
            try await write(4, fixture)
            try await tamper(
                fixture,
                "delete from igny8_audit_events where chain = 0 and chain_position = \(position)"
            )
            let findings = try await verify(fixture).findings
            #expect(findings.map(\.chain) == [0] && findings.map(\.position) == [position])
        }
    }

    @Test("a log that was emptied altogether is noticed")
    func emptied() async throws {
        try await Fixture.with { fixture in
            try await write(1, fixture)
            try await tamper(fixture, "delete from igny8_audit_events")
            #expect(try await verify(fixture).findings.count == 3)
        }
    }

    @Test("the actor is the transaction's, and the timeline is the subscription's own")
    func timeline() async throws {
        try await Fixture.with { fixture in
            try await write(2, fixture)
            try await fixture.store.read(as: fixture.one.tenant, actor: "user:1") { tx in
                let entries = try await AuditLog.timeline(
                    of: fixture.one.subscription.id,
                    for: fixture.one.tenant,
                    in: tx
                )
                #expect(entries.map(\.actor) == ["job:1", "job:1"])
                #expect(entries[0].data == ["step": "activate", "attempt": 2])
                let others = try await AuditLog.timeline(
                    of: fixture.other.subscription.id,
                    for: Fixture.system,
                    in: tx
                )
                #expect(others.isEmpty)
            }
        }
    }

    @Test("a secret that somebody hands to the log does not reach it")
    func masked() async throws {
        try await Fixture.with { fixture in
            let canary = "canary-4f1c"
            var event = event(fixture.one)
            event.data = [
                "new_password": .string(canary), "body": ["Authorization": .string(canary), "name": "Banner"],
                "keys": [["api_key": .string(canary)]],
            ]
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { [event] tx in
                try await AuditLog.record(event, in: tx)
                let rows = try await tx.query("select row_to_json(event)::text as text from igny8_audit_events event")
                let text: String = try rows[0].decode("text")
                #expect(!text.contains(canary) && text.contains("Banner"))
            }
        }
    }
}
