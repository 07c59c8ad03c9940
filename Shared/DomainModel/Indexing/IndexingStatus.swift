/// Where a request for indexing stands (spec 2, `igny8_backlink_indexing_requests`).
public enum IndexingStatus: String, StateMachine {
    /// Wanted; nothing has been paid for it yet.
    case queued
    /// Sent to a service.
    case submitted
    /// Looked at since it was sent.
    case checking
    /// Found in the index.
    case indexed
    /// Given up; people decide.
    case failed
    /// Sent a second time.
    case resubmitted

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case submit
        case look
        case find
        case resubmit
        case giveUp = "give_up"
    }

    /// In errors and audit events.
    public static let subject = "indexing_request"

    /// Whether something may still become of it.
    public var isOpen: Bool { self != .indexed && self != .failed }

    /// The table.
    public func target(of transition: Transition) -> IndexingStatus? {
        switch (self, transition) {
        case (.queued, .submit): .submitted
        case (.submitted, .look), (.checking, .look), (.resubmitted, .look): .checking
        case (.submitted, .resubmit), (.checking, .resubmit): .resubmitted
        case (.queued, .find), (.submitted, .find), (.checking, .find), (.resubmitted, .find): .indexed
        case (.queued, .giveUp), (.submitted, .giveUp), (.checking, .giveUp), (.resubmitted, .giveUp): .failed
        default: nil
        }
    }
}

/// What a look at the index came to. Not to know is ordinary: a service that tells nothing, a page it has not come to yet.
public enum IndexFinding: String, CaseIterable, Sendable, Codable {
    case indexed
    case notIndexed = "not_indexed"
    case unknown
}
