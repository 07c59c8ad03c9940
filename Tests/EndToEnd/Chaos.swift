/// Makes things go wrong around a stack at random moments, of a seed that is printed, until it is cancelled.
actor Chaos {
    private enum Fault: CaseIterable {
        case killGateway, killSubscriptions, killBacklinkOrders, killIndexing, killReporting, killSandbox, killPostgres,
            killRedis, killSimulation, flushRedis, stripeTimesOut, indexerIsCutOff, indexerTalksGarbage
    }

    private let stack: Stack
    private let simulation: RunningProcess
    private var random: SplitMix
    private var done: [String: Int] = [:]

    init(stack: Stack, simulation: RunningProcess, seed: UInt64) {
        self.stack = stack
        self.simulation = simulation
        random = SplitMix(state: seed)
    }

    /// How many faults happened.
    var faults: Int { done.values.reduce(0, +) }

    /// How often each happened.
    var summary: String { done.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ") }

    /// A fault every one to four seconds: several fall into each month that is lived.
    func strike() async throws {
        while true {
            try await Task.sleep(for: .milliseconds(1_000 + Int(random.next() % 3_000)))
            try await strikeOnce()
        }
    }

    private func strikeOnce() async throws {
        let fault = Fault.allCases[Int(random.next() % UInt64(Fault.allCases.count))]
        switch fault {
        case .killGateway: if try stack.kill("gateway") { note("kill -9 gateway") }
        case .killSubscriptions: if try stack.kill("subscriptions") { note("kill -9 subscriptions") }
        case .killBacklinkOrders: if try stack.kill("backlink-orders") { note("kill -9 backlink-orders") }
        case .killIndexing: if try stack.kill("indexing") { note("kill -9 indexing") }
        case .killReporting: if try stack.kill("reporting") { note("kill -9 reporting") }
        case .killSandbox: if try stack.kill("sandbox") { note("kill -9 sandbox") }
        case .killPostgres: if try stack.kill("postgres") { note("kill -9 postgres") }
        case .killRedis: if try stack.kill("redis") { note("kill -9 redis") }
        case .killSimulation: if simulation.kill() { note("kill -9 simulation") }
        case .flushRedis: if try await stack.redis("FLUSHALL").succeeded { note("FLUSHALL") }
        // The next charge takes effect and is not answered.
        case .stripeTimesOut:
            if try await arm("stripe", "POST /v1/invoices/*/pay", "timeout_after_effect") {
                note("Stripe times out after the effect")
            }
        // The next pages are taken, and nobody says so.
        case .indexerIsCutOff:
            if try await arm("speedyindex", "POST /**/create", "reset_after_effect") {
                note("SpeedyIndex is cut off after the effect")
            }
        case .indexerTalksGarbage:
            if try await arm("speedyindex", "POST /**/fullreport", "garbage") { note("SpeedyIndex talks garbage") }
        }
    }

    /// - Returns: false when the sandbox was not there to be told.
    private func arm(_ provider: String, _ match: String, _ kind: String) async throws -> Bool {
        let fault = "{\"provider\": \"\(provider)\", \"match\": \"\(match)\", \"kind\": \"\(kind)\", \"count\": 1}"
        return try await Stack.run(
            "/usr/bin/curl",
            [
                "-sf", "-m", "5", "-H", "Content-Type: application/json", "-d", fault,
                "\(stack.description.sandbox)/faults/",
            ]
        ).succeeded
    }

    private func note(_ what: String) { done[what, default: 0] += 1 }
}

/// A small generator with a seed (SplitMix64), because the system's has none.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
