/// The prepared statements of one connection, by text and parameter types; the least recently used goes first.
struct StatementCache {
    struct Key: Hashable {
        let text: String
        let types: [UInt32]
    }

    /// How a statement is to be sent.
    enum Plan: Equatable {
        /// The server knows it by this name.
        case prepared(name: String)
        /// Prepare it under this name first, having deallocated the other.
        case prepare(name: String, evicted: String?)
        /// Its preparation is on the way and may still fail: send the text.
        case once
    }

    /// A class, so that a use costs one lookup: the keys are long.
    private final class Entry {
        let name: String
        var isConfirmed = false
        var lastUse: Int

        init(name: String, lastUse: Int) {
            self.name = name
            self.lastUse = lastUse
        }
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var uses = 0
    private var names = 0

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { entries.count }

    mutating func plan(_ key: Key) -> Plan {
        uses += 1
        if let entry = entries[key] {
            guard entry.isConfirmed else { return .once }
            entry.lastUse = uses
            return .prepared(name: entry.name)
        }
        guard capacity > 0 else { return .once }
        var evicted: String?
        if entries.count >= capacity {
            // Only what the server is known to have can be deallocated.
            guard let oldest = entries.filter({ $0.value.isConfirmed }).min(by: { $0.value.lastUse < $1.value.lastUse })
            else { return .once }
            evicted = oldest.value.name
            entries[oldest.key] = nil
        }
        names += 1
        let entry = Entry(name: "s\(names)", lastUse: uses)
        entries[key] = entry
        return .prepare(name: entry.name, evicted: evicted)
    }

    /// The server has prepared it.
    mutating func confirm(_ key: Key) { entries[key]?.isConfirmed = true }

    /// The server has not, or no longer, got it.
    mutating func forget(_ key: Key) { entries[key] = nil }
}
