public import Postgres

/// Moves every data key from the previous key-encryption key to the current one. It runs beside the services: they hold
/// both keys while it does, and no secret changes.
public enum KeyRotation {
    /// What stands before the operator.
    public struct Plan: Hashable, Sendable {
        /// How many data keys each key-encryption key wraps, by its id.
        public let wrapped: [String: Int]
        /// The current key's id.
        public let current: String

        /// How many are still to be wrapped anew.
        public var remaining: Int { wrapped.reduce(0) { $0 + ($1.key == current ? 0 : $1.value) } }
    }

    /// Counts, changes nothing; under the system.
    public static func plan(_ box: SecretBox, in queries: some PostgresQuerying) async throws -> Plan {
        var wrapped: [String: Int] = [:]
        for row in try await queries.query("select wrapped_by, count(*) as count from igny8_data_keys group by 1") {
            wrapped[try row.decode("wrapped_by")] = try row.decode("count")
        }
        return Plan(wrapped: wrapped, current: box.current.id)
    }

    /// Wraps some data keys anew; call it until it answers 0. Under the system.
    /// - Throws: ``SecretBox/Failure/unknownKeyEncryptionKey(id:)`` for a key wrapped by neither.
    /// - Returns: how many were wrapped.
    public static func step(_ box: SecretBox, limit: Int = 100, in tx: PostgresTransaction) async throws -> Int {
        let rows = try await DataKeys.wrapped(notBy: box.current.id, limit: limit, in: tx)
        let fresh = try rows.map { row in
            let key = try box.unwrapped(row)
            return (id: row.id, bytes: try box.wrap(key.key, of: row.account, generation: row.generation))
        }
        try await DataKeys.replace(fresh, by: box.current.id, in: tx)
        return rows.count
    }
}
