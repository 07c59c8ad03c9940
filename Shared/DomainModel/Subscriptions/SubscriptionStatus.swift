/// Where a managed subscription stands (spec 2).
public enum SubscriptionStatus: String, StateMachine {
    /// Bought; onboarding runs.
    case pending
    /// Delivered and billed.
    case active
    /// Neither delivered nor billed; nothing is lost.
    case paused
    /// Over.
    case cancelled

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case activate
        case pause
        case resume
        case cancel
    }

    /// In errors and audit events.
    public static let subject = "managed_subscription"

    /// The table.
    public func target(of transition: Transition) -> SubscriptionStatus? {
        switch (self, transition) {
        case (.pending, .activate): .active
        case (.active, .pause): .paused
        case (.paused, .resume): .active
        case (.pending, .cancel), (.active, .cancel), (.paused, .cancel): .cancelled
        default: nil
        }
    }
}

/// What is sold per site and month.
public enum ServiceTier: String, CaseIterable, Sendable, Codable {
    case lite
    case pro
}
