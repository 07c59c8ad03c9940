/// How badly the post office works: which events come twice, and which come late and so out of order. What happens to
/// the n-th event follows from the seed alone.
struct WebhookWeather: Codable, Hashable, Sendable {
    var seed: Int64 = 0
    /// Probability that an event is delivered a second time.
    var duplicates = 0.0
    /// Probability that an event is held back while later ones pass.
    var disorder = 0.0

    /// When the n-th event is delivered, in seconds of business time after it happened; a second entry is a duplicate.
    func forecast(serial: Int64) -> [Int64] {
        var dice = SplitMix64(seed: UInt64(bitPattern: seed) ^ UInt64(bitPattern: serial) &* 0x9E37_79B9_7F4A_7C15)
        let isLate = dice.chance(disorder)
        let isDoubled = dice.chance(duplicates)
        let first = isLate ? Int64(dice.below(Self.longestDelay)) + 1 : 0
        return isDoubled ? [first, first + Int64(dice.below(Self.longestDelay)) + 1] : [first]
    }

    /// Two minutes: long enough to pass the events of the same call, short enough to stay in the same hour.
    private static let longestDelay: UInt64 = 120
}

/// A small, good and reproducible generator (Steele, Lea and Flood 2014).
struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ probability: Double) -> Bool {
        Double(next() >> 11) * 0x1p-53 < probability
    }

    mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
}
