import NIOConcurrencyHelpers
import Persistence
import Postgres

/// Which account an API key belongs to. That never changes, so it is remembered by the key's hash; whether the key still
/// opens anything is asked of the database at each request.
final class KeyDirectory: Sendable {
    private static let remembered = 10_000

    private let store: Store
    private let accounts = NIOLockedValueBox<[[UInt8]: Int64]>([:])

    init(store: Store) {
        self.store = store
    }

    func credentials(of key: String) async throws -> Credentials {
        let hash = SecretToken.hash(of: key)
        return Credentials(
            proof: .key(hash: hash),
            accountID: try await account(of: hash),
            isStaff: false,
            actor: "api-key:" + String(key.prefix(12))
        )
    }

    private func account(of hash: [UInt8]) async throws -> Int64 {
        if let account = accounts.withLockedValue({ $0[hash] }) { return account }
        let rows = try await store.batch(
            as: .system(reason: "whose key this is"),
            actor: "gateway",
            ["select account_id from igny8_api_keys where key_hash = \(hash)"]
        )[0]
        guard let account = try rows.first?.decode(0, as: Int64.self) else {
            throw Problem.unauthorized("There is no such API key.")
        }
        accounts.withLockedValue { accounts in
            if accounts.count >= Self.remembered { accounts.removeAll(keepingCapacity: true) }
            accounts[hash] = account
        }
        return account
    }
}
