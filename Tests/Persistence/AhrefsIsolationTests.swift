import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Isolation of accounts: Ahrefs", .timeLimit(.minutes(1))) struct AhrefsIsolationTests {
    private static let box = KeyEncryptionKey(bytes: Array(repeating: 5, count: 32)).map { SecretBox(current: $0) }

    @Test(
        "the owner sees its key's standing, snapshots, lists and budget; a stranger none, even where the code forgot to ask"
    )
    func strangers() async throws {
        try await Fixture.with { fixture in
            let box = try #require(Self.box)
            let account = fixture.one.account.id
            let domain = fixture.one.site.domain.name
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                _ = try await AhrefsConnections.connect(
                    account,
                    key: "ahrefs_lite_secret_key",
                    monthlyUnits: nil,
                    sealedBy: box,
                    createdBy: nil,
                    in: tx
                )
                let metrics = AhrefsMetrics(domainRatingTenths: 456, referringDomains: 1, organicTraffic: 2)
                let snapshot = AhrefsSnapshots.New(
                    site: fixture.one.site.id,
                    domain: domain,
                    metrics: metrics,
                    endpoint: .batchAnalysis
                )
                try await AhrefsSnapshots.store([snapshot], of: account, on: Fixture.day, in: tx)
                // Once more, with less: what is known stays.
                var less = snapshot
                less.metrics = AhrefsMetrics(domainRatingTenths: 460)
                try await AhrefsSnapshots.store([less], of: account, on: Fixture.day, in: tx)
                try await AhrefsCache.put(
                    [["url_from": "https://a.example/"]],
                    count: 1,
                    isCut: false,
                    as: .backlinks,
                    of: domain,
                    account: account,
                    in: tx
                )
            }
            func visible(_ tenant: Tenant, as caller: Tenant) async throws -> [Int] {
                try await fixture.store.read(as: caller, actor: "test") { tx in
                    [
                        try await AhrefsConnections.find(of: account, for: tenant, in: tx) == nil ? 0 : 1,
                        try await AhrefsSnapshots.latest(of: [domain], account: account, for: tenant, in: tx).count,
                        try await AhrefsCache.ages(
                            of: [.backlinks],
                            domains: [domain],
                            account: account,
                            for: tenant,
                            in: tx
                        ).count,
                        try await AhrefsCalls.budget(of: account, in: tx) == nil ? 0 : 1,
                    ]
                }
            }
            let forgetful = Tenant.system(reason: "forgotten")
            #expect(try await visible(fixture.one.tenant, as: fixture.one.tenant) == [1, 1, 1, 1])
            #expect(try await visible(fixture.other.tenant, as: fixture.other.tenant) == [0, 0, 0, 0])
            #expect(try await visible(forgetful, as: fixture.other.tenant) == [0, 0, 0, 0])
            let latest = try await fixture.store.read(as: fixture.one.tenant, actor: "test") { tx in
                try await AhrefsSnapshots.latest(of: [domain], account: account, for: fixture.one.tenant, in: tx)
            }
            #expect(latest[domain]?.metrics.domainRatingTenths == 460 && latest[domain]?.metrics.organicTraffic == 2)
        }
    }

    @Test("a key opens for its own row only: moved to another account's it is refused")
    func moved() async throws {
        try await Fixture.with { fixture in
            let box = try #require(Self.box)
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                var connections: [AhrefsConnection] = []
                for client in [fixture.one, fixture.other] {
                    connections.append(
                        try await AhrefsConnections.connect(
                            client.account.id,
                            key: "ahrefs_lite_secret_\(client.account.id)",
                            monthlyUnits: nil,
                            sealedBy: box,
                            createdBy: nil,
                            in: tx
                        ).value
                    )
                }
                let (one, other) = (connections[0], connections[1])
                #expect(
                    try await AhrefsConnections.key(of: one, openedBy: box, in: tx)
                        == "ahrefs_lite_secret_\(fixture.one.account.id)"
                )
                try await tx.query(
                    """
                    update igny8_ahrefs_connections set api_key = (
                        select api_key from igny8_ahrefs_connections where id = \(one.id.rawValue))
                    where id = \(other.id.rawValue)
                    """
                )
                await #expect(throws: SecretBox.Failure.self) {
                    try await AhrefsConnections.key(of: other, openedBy: box, in: tx)
                }
            }
        }
    }
}
