public import Foundation

/// By when a client's answer is wanted, and what was agreed to happen without one (spec 11.10: silence never means that
/// nothing is delivered).
public struct ApprovalDeadline: Hashable, Sendable {
    /// What silence means.
    public enum Silence: String, CaseIterable, Sendable, Codable {
        /// Yes: the amount lies within what the client has agreed to spend.
        case approve
        /// Staff are told, and settle it with the client; the link goes on working for a while.
        case escalate
    }

    /// Business time.
    public let at: Date
    /// What happens then without an answer.
    public let silence: Silence

    /// Sets a deadline.
    public init(at moment: Date, silence: Silence) {
        at = moment
        self.silence = silence
    }

    /// When the reminder is due: a day before the end, or halfway where there is less time.
    public func reminder(askedAt: Date) -> Date {
        at.addingTimeInterval(-min(86_400, max(at.timeIntervalSince(askedAt), 0) / 2))
    }

    /// When the mailed links stop working. Where silence is a yes there is nothing to say after the deadline; where staff
    /// have to settle it, a late answer is as good, for a week.
    public var linksExpireAt: Date {
        switch silence {
        case .approve: at
        case .escalate: at.addingTimeInterval(7 * 86_400)
        }
    }
}

/// How an approval was decided.
public enum ApprovalWay: String, CaseIterable, Sendable, Codable {
    /// By a member of the account, signed in.
    case member
    /// By staff, for the client.
    case staff
    /// By a link from the mail.
    case link
    /// By the limit up to which the client has agreed beforehand.
    case limit
    /// By the deadline.
    case deadline
}

extension Approval {
    /// What is to be done about an open approval.
    public enum Step: Hashable, Sendable {
        /// Mail the question.
        case ask
        /// Mail the reminder.
        case remind
        /// Nobody has answered: take it for a yes, as agreed.
        case approve
        /// Nobody has answered: tell staff.
        case escalate
        /// Nothing before that moment.
        case wait(until: Date)
        /// Nothing any more.
        case nothing
    }

    /// What is due at a moment of business time. After a long pause a deadline that is past comes before a reminder.
    public func step(at now: Date) -> Step {
        guard status == .pending, let deadline else { return .nothing }
        guard let askedAt else { return .ask }
        if now >= deadline.at {
            switch deadline.silence {
            case .approve: return .approve
            case .escalate: return escalatedAt == nil ? .escalate : .nothing
            }
        }
        guard remindedAt == nil else { return .wait(until: deadline.at) }
        let reminder = deadline.reminder(askedAt: askedAt)
        return now >= reminder ? .remind : .wait(until: reminder)
    }
}
