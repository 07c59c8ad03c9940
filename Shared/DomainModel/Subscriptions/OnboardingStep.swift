/// One step of onboarding; the cases stand in the order of the sequence (spec 4).
public enum OnboardingStep: String, CaseIterable, Sendable, Codable, Comparable {
    /// An active WordPress integration whose connection test passes.
    case verifyPlugin = "verify_plugin"
    /// A blueprint exists and the client approved it.
    case blueprint
    /// The core's automation is set up from the service's configuration.
    case automation
    /// The client is welcomed, once.
    case welcomeEmail = "welcome_email"
    /// The first month's content tasks exist, hubs first for Pro.
    case contentTasks = "content_tasks"
    /// The account manager knows.
    case notifyManager = "notify_manager"
    /// The subscription is active and its first invoice issued.
    case activate

    /// 0 for the first.
    public var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// The step after this one; nil after the last.
    public var next: OnboardingStep? { Self.allCases.dropFirst(index + 1).first }

    /// In the order of the sequence.
    public static func < (left: Self, right: Self) -> Bool { left.index < right.index }
}

/// Where one step stands.
public enum OnboardingStepStatus: String, StateMachine {
    case waiting
    case running
    case done
    /// It cannot go on before somebody has done something.
    case blocked
    /// Staff decided to do without it.
    case skipped
    case failed

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case start
        case finish
        case block
        case fail
        case skip
    }

    /// In errors and audit events.
    public static let subject = "onboarding_step"

    /// The table. A step found running was cut off by a crash, so it may start again.
    public func target(of transition: Transition) -> OnboardingStepStatus? {
        switch (self, transition) {
        case (.waiting, .start), (.running, .start), (.blocked, .start), (.failed, .start): .running
        case (.running, .finish): .done
        case (.running, .block): .blocked
        case (.running, .fail): .failed
        case (.waiting, .skip), (.blocked, .skip), (.failed, .skip): .skipped
        default: nil
        }
    }

    /// Whether the sequence may go past it.
    public var isPassed: Bool { self == .done || self == .skipped }
}

/// Whom a blocked step waits for. While it is the client, our deadline stands still (spec 11.16).
public enum OnboardingWait: String, CaseIterable, Sendable, Codable {
    case client
    case core
    case staff
}
