import Crypto
public import Postgres

/// Reads every chain of the audit log again and names the first row of each that is not what it was.
public enum AuditVerifier {
    /// A row that was changed, or the place where one is missing or too many.
    public struct Finding: Hashable, Sendable, CustomStringConvertible {
        /// The account, 0 for events of no account.
        public let chain: Int64
        /// The place in its chain, from 1.
        public let position: Int64
        /// What is wrong there.
        public let problem: String

        /// One line.
        public var description: String { "audit chain \(chain), event \(position): \(problem)" }
    }

    /// What the reading found.
    public struct Report: Sendable {
        /// How many events were read.
        public let events: Int
        /// At most one a chain; empty when the log is whole.
        public let findings: [Finding]
    }

    /// Reads everything, a thousand rows at a time; under the system.
    public static func run(in tx: PostgresTransaction) async throws -> Report {
        var chain = Chain(id: -1)
        var events = 0
        var heads = try await heads(in: tx)
        var findings: [Finding] = []
        while true {
            let rows = try await tx.query(
                """
                select chain, chain_position, previous_hash, hash, igny8_audit_text(event) as text
                from igny8_audit_events event
                where (chain, chain_position) > (\(chain.id), \(chain.position))
                order by chain, chain_position limit 1000
                """
            )
            if rows.isEmpty { break }
            for row in rows {
                let id: Int64 = try row.decode("chain")
                if id != chain.id {
                    findings += chain.close(against: heads.removeValue(forKey: chain.id))
                    chain = Chain(id: id)
                }
                chain.read(
                    position: try row.decode("chain_position"),
                    previous: try row.decode("previous_hash"),
                    hash: try row.decode("hash"),
                    text: try row.decode("text")
                )
            }
            events += rows.count
        }
        findings += chain.close(against: heads.removeValue(forKey: chain.id))
        for (id, head) in heads where head.position > 0 { findings += Chain(id: id).close(against: head) }
        return Report(events: events, findings: findings.sorted { $0.chain < $1.chain })
    }

    private struct Head {
        let position: Int64
        let hash: [UInt8]
    }

    private static func heads(in tx: PostgresTransaction) async throws -> [Int64: Head] {
        var heads: [Int64: Head] = [:]
        for row in try await tx.query("select chain, last_position, last_hash from igny8_audit_chains") {
            heads[try row.decode("chain")] = Head(
                position: try row.decode("last_position"),
                hash: try row.decode("last_hash")
            )
        }
        return heads
    }

    /// One chain as far as it has been read.
    private struct Chain {
        let id: Int64
        var position: Int64 = 0
        var hash: [UInt8] = []
        var finding: Finding?

        init(id: Int64) { self.id = id }

        mutating func read(position next: Int64, previous: [UInt8], hash stored: [UInt8], text: String) {
            if finding == nil {
                if next != position + 1 {
                    report(position + 1, "the event is missing")
                } else if previous != hash {
                    report(next, "it does not follow the event before it")
                } else if Array(SHA256.hash(data: previous + Array(text.utf8))) != stored {
                    report(next, "it was changed after it had been written")
                }
            }
            position = next
            hash = stored
        }

        func close(against head: Head?) -> [Finding] {
            if let finding { return [finding] }
            guard id >= 0 else { return [] }
            guard let head, head.position == position, head.hash == hash else {
                return [Finding(chain: id, position: position + 1, problem: "the chain does not end where it was left")]
            }
            return []
        }

        private mutating func report(_ position: Int64, _ problem: String) {
            finding = Finding(chain: id, position: position, problem: problem)
        }
    }
}
