import NIOConcurrencyHelpers

/// The scripts this client has used, with the hashes the server gave them (the same on every server: SHA-1 of the text).
final class ScriptCache: Sendable {
    private let hashes = NIOLockedValueBox<[RedisScript: String]>([:])

    func hash(of script: RedisScript) -> String? { hashes.withLockedValue { $0[script] } }

    func keep(_ script: RedisScript, hash: String) -> String {
        hashes.withLockedValue { $0[script] = hash }
        return hash
    }

    /// Loads every known script over a new connection: the server may have been restarted without them.
    func loadAll(over connection: RedisConnection, timeout: Duration) async throws(RedisError) {
        let scripts = hashes.withLockedValue { Array($0.keys) }
        let loads = scripts.map { ["SCRIPT", "LOAD", RedisArgument($0.source)] as [RedisArgument] }
        for reply in await connection.send(loads, timeout: timeout) { _ = try reply.get() }
    }
}
