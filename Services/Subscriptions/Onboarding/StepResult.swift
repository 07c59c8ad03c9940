import DomainModel

/// What came of a step.
enum StepResult: Hashable, Sendable {
    case done(String)
    /// Somebody has to do something first.
    case blocked(OnboardingWait, String)

    var isDone: Bool {
        if case .done = self { true } else { false }
    }
}

/// What a step saw of the world outside before its transaction.
enum StepSight: Hashable, Sendable {
    case nothing
    /// The connection test of the client's site; nil when there is no connection to test.
    case connection(id: Int64, SiteProbeResult)
}
