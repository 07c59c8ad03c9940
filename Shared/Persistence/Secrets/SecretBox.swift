import Crypto
public import DomainModel
import NIOConcurrencyHelpers
public import Postgres

/// Seals secrets of accounts for the database: AES-256-GCM under a data key of the account, which is itself sealed under
/// a key that the database never sees (spec 10).
///
/// 1. A sealed secret is bound to its table, row, account and data key: moved anywhere else it does not open.
/// 2. The format is a version byte (1), the data key's id (8 bytes, big-endian), nonce (12), ciphertext, tag (16).
/// 3. Rotating the key-encryption key wraps the data keys anew (``KeyRotation``); no secret is touched.
public final class SecretBox: Sendable {
    /// Where a sealed secret stands.
    public struct Place: Hashable, Sendable {
        /// The table.
        public let table: String
        /// The row.
        public let row: Int64
        /// Whose.
        public let account: Account.ID

        /// Names a place.
        public init(table: String, row: Int64, account: Account.ID) {
            self.table = table
            self.row = row
            self.account = account
        }

        func additionalData(_ keyID: Int64) -> [UInt8] {
            Array("igny8|\(table)|\(row)|\(account)|\(keyID)".utf8)
        }
    }

    /// Why a secret does not open, without saying what is in it.
    public enum Failure: Error, Hashable, Sendable {
        /// The bytes are no sealed secret.
        case malformed
        /// The data key is unknown, or another account's.
        case unknownKey
        /// The data key was wrapped by a key that this process does not have.
        case unknownKeyEncryptionKey(id: String)
        /// The secret was changed, or stands where it was not put.
        case refused
    }

    /// What wraps new data keys.
    public let current: KeyEncryptionKey
    let previous: KeyEncryptionKey?
    private let opened = NIOLockedValueBox<[Int64: DataKey]>([:])

    /// - Parameters:
    ///   - current: wraps new data keys.
    ///   - previous: still opens old ones while a rotation is under way.
    public init(current: KeyEncryptionKey, previous: KeyEncryptionKey? = nil) {
        self.current = current
        self.previous = previous
    }

    /// Seals a secret for its place. The account's first secret makes its data key.
    public func seal(
        _ secret: some Collection<UInt8>,
        for place: Place,
        in tx: PostgresTransaction
    ) async throws -> [UInt8] {
        let dataKey = try await currentDataKey(of: place.account, in: tx)
        let box = try AES.GCM.seal(
            Array(secret),
            using: dataKey.key,
            authenticating: place.additionalData(dataKey.id)
        )
        guard let combined = box.combined else { throw Failure.malformed }
        return [1] + withUnsafeBytes(of: dataKey.id.bigEndian) { Array($0) } + Array(combined)
    }

    /// Opens what ``seal(_:for:in:)`` made for that place.
    /// - Throws: ``Failure``.
    public func open(
        _ sealed: [UInt8],
        from place: Place,
        in queries: some PostgresQuerying
    ) async throws -> [UInt8] {
        guard sealed.count > 9 + 28, sealed[0] == 1 else { throw Failure.malformed }
        let keyID = sealed[1..<9].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let dataKey = try await dataKey(keyID, of: place.account, in: queries)
        do {
            let box = try AES.GCM.SealedBox(combined: sealed[9...])
            return Array(try AES.GCM.open(box, using: dataKey.key, authenticating: place.additionalData(keyID)))
        } catch {
            throw Failure.refused
        }
    }

    // MARK: Data keys

    struct DataKey {
        let id: Int64
        let account: Account.ID
        let key: SymmetricKey
    }

    private func currentDataKey(of account: Account.ID, in tx: PostgresTransaction) async throws -> DataKey {
        if let row = try await DataKeys.current(of: account, in: tx) { return try opened(row) }
        let fresh = SymmetricKey(size: .bits256)
        let wrapped = try wrap(fresh, of: account, generation: 1)
        try await DataKeys.insert(wrapped, by: current.id, of: account, generation: 1, in: tx)
        // Another transaction may have been first; its key is the one that counts.
        guard let row = try await DataKeys.current(of: account, in: tx) else { throw Failure.unknownKey }
        return try unwrapped(row)
    }

    private func dataKey(
        _ id: Int64,
        of account: Account.ID,
        in queries: some PostgresQuerying
    ) async throws -> DataKey {
        if let known = opened.withLockedValue({ $0[id] }) {
            guard known.account == account else { throw Failure.unknownKey }
            return known
        }
        guard let row = try await DataKeys.find(id, of: account, in: queries) else { throw Failure.unknownKey }
        return try opened(row)
    }

    private func opened(_ row: DataKeys.Row) throws -> DataKey {
        if let known = opened.withLockedValue({ $0[row.id] }) { return known }
        let key = try unwrapped(row)
        opened.withLockedValue { $0[row.id] = key }
        return key
    }

    func wrap(_ key: SymmetricKey, of account: Account.ID, generation: Int) throws -> [UInt8] {
        let bytes = key.withUnsafeBytes { Array($0) }
        let box = try AES.GCM.seal(bytes, using: current.key, authenticating: Self.label(account, generation))
        guard let combined = box.combined else { throw Failure.malformed }
        return Array(combined)
    }

    func unwrapped(_ row: DataKeys.Row) throws -> DataKey {
        guard let wrapper = [current, previous].compactMap({ $0 }).first(where: { $0.id == row.wrappedBy }) else {
            throw Failure.unknownKeyEncryptionKey(id: row.wrappedBy)
        }
        do {
            let box = try AES.GCM.SealedBox(combined: row.wrapped)
            let label = Self.label(row.account, row.generation)
            let bytes = try AES.GCM.open(box, using: wrapper.key, authenticating: label)
            return DataKey(id: row.id, account: row.account, key: SymmetricKey(data: bytes))
        } catch {
            throw Failure.refused
        }
    }

    private static func label(_ account: Account.ID, _ generation: Int) -> [UInt8] {
        Array("igny8 data key|\(account)|\(generation)".utf8)
    }
}
