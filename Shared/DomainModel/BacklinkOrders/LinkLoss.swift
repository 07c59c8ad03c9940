public import Foundation

/// The two-witness rule (spec 11.5): a link is *lost* only after our own fetch failed twice in separate runs a day apart,
/// or a fetch and Ahrefs agree; until then it is *suspected*.
public struct LinkLoss: Hashable, Sendable {
    /// How far two failures must lie apart, in seconds.
    public static let distance: TimeInterval = 86_400

    /// When our fetch first failed, without a success since.
    public let suspectedAt: Date?
    /// When Ahrefs found it lost, without a success since.
    public let ahrefsLostAt: Date?

    /// What is known so far.
    public init(suspectedAt: Date?, ahrefsLostAt: Date?) {
        self.suspectedAt = suspectedAt
        self.ahrefsLostAt = ahrefsLostAt
    }

    /// What a further failure makes of it.
    public enum Verdict: Hashable, Sendable {
        case suspected
        /// With the witnesses, for a person.
        case lost(reason: String)
    }

    /// The rule.
    public func verdict(afterFailureAt moment: Date) -> Verdict {
        if ahrefsLostAt != nil { return .lost(reason: "as Ahrefs says") }
        if let suspectedAt, moment.timeIntervalSince(suspectedAt) >= Self.distance {
            return .lost(reason: "twice in looks a day apart")
        }
        return .suspected
    }
}
