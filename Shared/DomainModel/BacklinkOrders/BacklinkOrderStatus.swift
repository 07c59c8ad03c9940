/// Where an order of links stands (spec 2).
public enum BacklinkOrderStatus: String, StateMachine {
    /// Being put together.
    case draft
    /// Agreed by the client, by staff, or by the limit they agreed on; charged.
    case approved
    /// The first link is ordered.
    case inProgress = "in_progress"
    /// All links are delivered.
    case delivered
    /// All are live, or written off.
    case completed
    /// Taken back before anything was ordered.
    case cancelled

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case approve
        case start
        case deliver
        case complete
        case cancel
    }

    /// In errors and audit events.
    public static let subject = "backlink_order"

    /// The table.
    public func target(of transition: Transition) -> BacklinkOrderStatus? {
        switch (self, transition) {
        case (.draft, .approve): .approved
        case (.approved, .start): .inProgress
        case (.inProgress, .deliver): .delivered
        case (.delivered, .complete): .completed
        case (.draft, .cancel), (.approved, .cancel): .cancelled
        default: nil
        }
    }
}

/// Whether an order comes once or each month.
public enum BacklinkOrderType: String, CaseIterable, Sendable, Codable {
    case oneTime = "one_time"
    case monthly
}
