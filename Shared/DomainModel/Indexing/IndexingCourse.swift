public import Foundation

/// The 7/14/28-day line of a request (spec 4, "Link to index"). Days count from the first submission.
///
/// | day | found | not found | unknown |
/// |---|---|---|---|
/// | 7 | indexed | look again on day 14 | look again on day 14 |
/// | 14 | indexed | submit once more, look again on day 28 | look again on day 28 |
/// | 28 | indexed | failed | failed |
///
/// A look that comes late, because nobody was there to look, does what its day asks for: the last one that has passed. What
/// is not known to be missing is not paid for twice.
public struct IndexingCourse: Sendable, Hashable {
    /// Where it stands.
    public var status: IndexingStatus
    /// When it was first sent.
    public var submittedAt: Date
    /// Whether it has been, or is about to be, sent a second time.
    public var isResubmitted: Bool

    /// A request that was sent.
    public init(status: IndexingStatus, submittedAt: Date, isResubmitted: Bool) {
        self.status = status
        self.submittedAt = submittedAt
        self.isResubmitted = isResubmitted
    }

    /// What a look leads to.
    public enum Step: Sendable, Hashable {
        /// It is in the index.
        case indexed
        /// To be looked at again.
        case wait(until: Date)
        /// To be sent once more, and looked at again.
        case resubmit(until: Date)
        /// Given up.
        case failed
    }

    private static let day: TimeInterval = 86_400
    /// The days of the looks.
    public static let days = [7, 14, 28]
    /// How long a page of the hold-out is left alone: as long as the others have until they are sent again.
    public static let holdout: TimeInterval = 14 * day

    /// When a request that is sent now is first looked at.
    public static func firstLook(after moment: Date) -> Date { moment.addingTimeInterval(Double(days[0]) * day) }

    /// When a request that is sent again is looked at for the last time.
    public static func lastLook(after moment: Date) -> Date { moment.addingTimeInterval(28 * day) }

    /// What is to be done after a look.
    /// - Throws: ``IllegalTransition`` for one that is not under way.
    public func step(_ finding: IndexFinding, at now: Date) throws(IllegalTransition) -> Step {
        guard finding != .indexed else {
            _ = try status.applying(.find)
            return .indexed
        }
        _ = try status.applying(.look)
        let elapsed = now.timeIntervalSince(submittedAt)
        guard elapsed < 28 * Self.day else { return .failed }
        guard elapsed >= 14 * Self.day else {
            let next = elapsed < 7 * Self.day ? 7.0 : 14.0
            return .wait(until: submittedAt.addingTimeInterval(next * Self.day))
        }
        let last = Self.lastLook(after: submittedAt)
        return finding == .notIndexed && !isResubmitted ? .resubmit(until: last) : .wait(until: last)
    }
}
