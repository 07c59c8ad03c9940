import Postgres
import Testing

@testable import JobQueue

/// The queue's statements driven one by one in a random order, with hints that get lost, doubled and stale, workers that
/// die, keepers that are replaced, and outcomes that come late. After each step the invariants are asked of PostgreSQL.
///
/// All transitions are walked: T1 enqueue, T2 and T11 admit and pause, T3 claim (hinted or not), T4 to T7 acknowledge and
/// complete in a transaction, T8 die or outlive a deadline, T9 cancel, T10 revive; and beside them repair and self-audit.
struct Model {
    /// A claim as its worker remembers it; it may be stale by now.
    struct Claim {
        let job: Int64
        let nonce: Int64
        let worker: Int64
    }

    let shop: Shop
    let database: QueueDatabase
    let seed: UInt64
    var lease: Lease
    /// Leases of keepers that were replaced, and do not know it.
    var lostLeases: [Lease] = []
    var number = 0
    var action = "begin"
    var random: Seeded
    var hints: [Int64] = []
    var workers: [Int64] = []
    var claims: [Claim] = []
    var enqueued = 0
    var lastTenant: Int64 = -1
    var completions: [Int64: Int] = [:]
    /// The claim that is current, as the claims were answered.
    var current: [Int64: Int64] = [:]

    /// Where the walk is, for a failure's message.
    var place: Comment {
        "seed \(seed), step \(number), \(action); IGNY8_MODEL_SEED=\(seed) walks the same way"
    }

    init(_ shop: Shop, seed: UInt64) async throws {
        self.shop = shop
        database = QueueDatabase(shop.database)
        self.seed = seed
        random = Seeded(state: seed)
        try await database.query("insert into igny8_queues (name) values (\(shop.queue))")
        let name = Lease.name(ofQueue: shop.queue)
        let row = try await database.query(Lease.acquire(name, holder: 1, lasting: .seconds(600)))[0]
        lease = Lease(name: name, holder: 1, fence: try row.decode("fence"))
        for _ in 0..<3 { try await hire() }
    }

    // MARK: One step of the walk

    mutating func step() async throws {
        number += 1
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<14: try await take("enqueue") { try await $0.enqueue() }
        case 14..<28: try await take("admit") { try await $0.admit() }
        case 28..<51: try await take("claim") { try await $0.claim() }
        case 51..<70: try await take("acknowledge") { try await $0.acknowledge() }
        case 70..<75: try await take("complete in a transaction") { try await $0.completeInTransaction() }
        case 75..<79: try await take("die and reap") { try await $0.dieAndReap() }
        case 79..<81: try await take("outlive a deadline") { try await $0.outliveDeadline() }
        case 81..<84: try await take("cancel") { try await $0.cancelSome() }
        case 84..<87: try await take("revive") { try await $0.reviveSome() }
        case 87..<89: try await take("pause and resume") { try await $0.pauseAndResume() }
        case 89..<91: try await take("change the keeper") { try await $0.changeKeeper() }
        case 91..<93: try await take("audit") { try await $0.audit() }
        case 93..<95: try await take("repair") { try await $0.repair() }
        case 95..<97: try await take("shuffle hints") { $0.hints.shuffle(using: &$0.random) }
        default: try await take("lose hints") { $0.hints.removeLast($0.hints.count / 2) }
        }
    }

    private mutating func take(_ action: String, _ body: (inout Model) async throws -> Void) async throws {
        self.action = action
        try await body(&self)
    }

    mutating func hire() async throws {
        let worker = Int64.random(in: 2 ... .max, using: &random)
        try await database.query(
            """
            insert into igny8_workers (id, queue, capacity, lease, host, process, version)
            values (\(worker), \(shop.queue), 8, interval '600 s', 'here', 1, '0')
            """
        )
        workers.append(worker)
    }
}

/// SplitMix64: the same walk for the same seed.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
