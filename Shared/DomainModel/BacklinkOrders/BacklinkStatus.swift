/// Where a link stands (spec 2, `igny8_sag_backlinks`).
public enum BacklinkStatus: String, StateMachine {
    /// Wanted; nobody has been asked for it.
    case planned
    /// Ordered from a publisher.
    case ordered
    /// Delivered, not yet seen by us.
    case pending
    /// Seen on its page.
    case live
    /// Was live and is gone: two witnesses agree (spec 11.5).
    case lost
    /// Never came about: refused by us, or by the publisher.
    case rejected

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case order
        case deliver
        case confirm
        case lose
        case recover
        case reject
    }

    /// In errors and audit events.
    public static let subject = "backlink"

    /// The table.
    public func target(of transition: Transition) -> BacklinkStatus? {
        switch (self, transition) {
        case (.planned, .order): .ordered
        case (.ordered, .deliver): .pending
        case (.pending, .confirm): .live
        case (.live, .lose): .lost
        case (.lost, .recover): .live
        case (.planned, .reject), (.ordered, .reject), (.pending, .reject): .rejected
        default: nil
        }
    }
}

/// What the words of a link are to the page they lead to.
public enum AnchorType: String, CaseIterable, Sendable, Codable {
    case exact
    case partial
    case branded
    case generic
    case nakedURL = "naked_url"
    case image
}
