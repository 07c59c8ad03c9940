/// The onboarding sequence as a pure machine: the rows of a subscription go in, what to do next comes out.
///
/// A crash loses nothing: each step is a row, and ``next`` of the same rows is the same answer.
public struct Onboarding: Hashable, Sendable {
    /// One step's row.
    public struct Row: Hashable, Sendable {
        /// Which step.
        public let step: OnboardingStep
        /// Where it stands.
        public internal(set) var status: OnboardingStepStatus
        /// How often it was started.
        public internal(set) var attempts: Int
        /// For a person: why it is blocked, what was done.
        public internal(set) var detail: String
        /// Whom it waits for while it is blocked.
        public internal(set) var waitsFor: OnboardingWait?

        /// Makes a row.
        public init(
            step: OnboardingStep,
            status: OnboardingStepStatus = .waiting,
            attempts: Int = 0,
            detail: String = "",
            waitsFor: OnboardingWait? = nil
        ) {
            self.step = step
            self.status = status
            self.attempts = attempts
            self.detail = detail
            self.waitsFor = waitsFor
        }
    }

    /// What comes next.
    public enum Next: Hashable, Sendable {
        /// Run this step; a step that was running or blocked is looked at again.
        case run(OnboardingStep)
        /// Every step is done or skipped.
        case finished
    }

    /// All steps in order; those without a row yet are waiting.
    public private(set) var rows: [Row]

    /// The sequence from what is stored of it.
    public init(rows: [Row] = []) {
        self.rows = OnboardingStep.allCases.map { step in
            rows.first { $0.step == step } ?? Row(step: step)
        }
    }

    /// One step's row.
    public subscript(step: OnboardingStep) -> Row { rows[step.index] }

    /// The first step that is not passed.
    public var next: Next {
        rows.first { !$0.status.isPassed }.map { .run($0.step) } ?? .finished
    }

    /// Whom the sequence waits for, when it does.
    public var waitsFor: OnboardingWait? {
        guard case .run(let step) = next, self[step].status == .blocked else { return nil }
        return self[step].waitsFor
    }

    /// → running; only the next step may start.
    public mutating func start(_ step: OnboardingStep) throws(IllegalTransition) {
        guard next == .run(step) else {
            throw IllegalTransition(
                subject: OnboardingStepStatus.subject,
                from: "\(step.rawValue) \(self[step].status.rawValue)",
                transition: OnboardingStepStatus.Transition.start.rawValue,
                allowed: []
            )
        }
        try change(step, .start, detail: self[step].detail)
        rows[step.index].attempts += 1
    }

    /// running → done.
    public mutating func finish(_ step: OnboardingStep, detail: String) throws(IllegalTransition) {
        try change(step, .finish, detail: detail)
    }

    /// running → blocked: somebody has to do something first.
    public mutating func block(
        _ step: OnboardingStep,
        on waitsFor: OnboardingWait,
        detail: String
    ) throws(IllegalTransition) {
        try change(step, .block, detail: detail)
        rows[step.index].waitsFor = waitsFor
    }

    /// running → failed: an error that a retry may cure.
    public mutating func fail(_ step: OnboardingStep, detail: String) throws(IllegalTransition) {
        try change(step, .fail, detail: detail)
    }

    /// → skipped, by staff.
    public mutating func skip(_ step: OnboardingStep, reason: String) throws(IllegalTransition) {
        try change(step, .skip, detail: reason)
    }

    private mutating func change(
        _ step: OnboardingStep,
        _ transition: OnboardingStepStatus.Transition,
        detail: String
    ) throws(IllegalTransition) {
        rows[step.index].status = try self[step].status.applying(transition)
        rows[step.index].detail = detail
        rows[step.index].waitsFor = nil
    }
}
