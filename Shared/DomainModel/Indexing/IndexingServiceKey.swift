/// Who makes search engines look at a page (spec 5.3).
public enum IndexingServiceKey: String, CaseIterable, Sendable, Codable {
    case speedyindex
    case omega
    case linkcentaur
    case indexnow
    /// Nobody has published its wire format: spoken to through the configurable adapter.
    case colossus
    /// A person submits it by hand.
    case manual

    /// Whether it takes only pages of hosts whose key we hold.
    public var isOwnPagesOnly: Bool { self == .indexnow }

    /// Whether it can be told a secret at all.
    public var hasKey: Bool { self != .manual }

    /// Whether it can say what became of what it was sent.
    public var reports: Bool { self == .speedyindex }

    /// Whether it says whether any page is in the index.
    public var checks: Bool { self == .speedyindex }
}

/// Whether a service's key works.
public enum IndexingKeyStatus: String, StateMachine {
    /// Given; a job asks the service about it.
    case testing
    case active
    /// The key works, and what was paid for is used up.
    case empty
    /// The service does not take it.
    case refused

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case accept
        case refuse
        case exhaust
    }

    /// In errors and audit events.
    public static let subject = "indexing_key"

    /// The table.
    public func target(of transition: Transition) -> IndexingKeyStatus? {
        switch transition {
        case .accept: .active
        case .refuse: .refused
        case .exhaust: .empty
        }
    }
}
