import DomainModel
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Secret box", .timeLimit(.minutes(1))) struct SecretBoxTests {
    private let box: SecretBox
    private let canary = Array("canary-4f1c-do-not-leak".utf8)

    init() throws {
        box = SecretBox(current: try #require(KeyEncryptionKey(bytes: [UInt8](repeating: 7, count: 32))))
    }

    private func place(_ row: Int64, _ client: Fixture.Client) -> SecretBox.Place {
        SecretBox.Place(table: "igny8_site_integrations", row: row, account: client.account.id)
    }

    @Test("a secret opens where it was put")
    func opens() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                let sealed = try await box.seal(canary, for: place(1, fixture.one), in: tx)
                #expect(try await box.open(sealed, from: place(1, fixture.one), in: tx) == canary)
                let again = try await box.seal(canary, for: place(1, fixture.one), in: tx)
                #expect(sealed != again, "the same secret twice must not look the same")
            }
        }
    }

    @Test("a ciphertext that was moved to another row, table or account does not open")
    func swapped() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                let one = try await box.seal(canary, for: place(1, fixture.one), in: tx)
                let other = try await box.seal(canary, for: place(1, fixture.other), in: tx)
                await #expect(throws: SecretBox.Failure.refused) {
                    _ = try await box.open(one, from: place(2, fixture.one), in: tx)
                }
                await #expect(throws: SecretBox.Failure.refused) {
                    let table = SecretBox.Place(table: "igny8_users", row: 1, account: fixture.one.account.id)
                    _ = try await box.open(one, from: table, in: tx)
                }
                await #expect(throws: SecretBox.Failure.unknownKey) {
                    _ = try await box.open(one, from: place(1, fixture.other), in: tx)
                }
                await #expect(throws: SecretBox.Failure.unknownKey) {
                    _ = try await box.open(other, from: place(1, fixture.one), in: tx)
                }
            }
        }
    }

    @Test("a ciphertext with one bit turned does not open, whichever it is")
    func tampered() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                let sealed = try await box.seal(canary, for: place(1, fixture.one), in: tx)
                for index in sealed.indices {
                    var turned = sealed
                    turned[index] ^= 1
                    await #expect(throws: SecretBox.Failure.self) {
                        _ = try await box.open(turned, from: place(1, fixture.one), in: tx)
                    }
                }
                await #expect(throws: SecretBox.Failure.malformed) {
                    _ = try await box.open([1, 2, 3], from: place(1, fixture.one), in: tx)
                }
            }
        }
    }

    @Test("transactions that seal an account's first secret at once agree on its data key")
    func firstAtOnce() async throws {
        try await Fixture.with { fixture in
            let sealed = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                            try await box.seal(canary, for: place(1, fixture.one), in: tx)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await fixture.store.read(as: fixture.one.tenant, actor: "test") { tx in
                for secret in sealed {
                    let opened = try await box.open(secret, from: place(1, fixture.one), in: tx)
                    #expect(opened == canary)
                }
                let keys = try await tx.query("select from igny8_data_keys")
                #expect(keys.count == 1)
            }
        }
    }

    @Test("rotation wraps the data keys anew and leaves every secret as it is")
    func rotation() async throws {
        try await Fixture.with { fixture in
            let next = try #require(KeyEncryptionKey(bytes: [UInt8](repeating: 8, count: 32)))
            let both = SecretBox(current: next, previous: box.current)
            let secrets = try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                [
                    try await box.seal(canary, for: place(1, fixture.one), in: tx),
                    try await box.seal(canary, for: place(1, fixture.other), in: tx),
                ]
            }
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                let plan = try await KeyRotation.plan(both, in: tx)
                #expect(plan.remaining == 2 && plan.current == next.id)
                #expect(try await both.open(secrets[0], from: place(1, fixture.one), in: tx) == canary)
                #expect(try await KeyRotation.step(both, limit: 1, in: tx) == 1)
                #expect(try await KeyRotation.step(both, in: tx) == 1)
                #expect(try await KeyRotation.step(both, in: tx) == 0)
                #expect(try await KeyRotation.plan(both, in: tx).remaining == 0)
            }
            try await fixture.store.read(as: Fixture.system, actor: "test") { tx in
                let after = SecretBox(current: next)
                let opened = try await after.open(secrets[1], from: place(1, fixture.other), in: tx)
                #expect(opened == canary)
                let before = SecretBox(current: box.current)
                await #expect(throws: SecretBox.Failure.unknownKeyEncryptionKey(id: next.id)) {
                    _ = try await before.open(secrets[1], from: place(1, fixture.other), in: tx)
                }
            }
        }
    }
}
