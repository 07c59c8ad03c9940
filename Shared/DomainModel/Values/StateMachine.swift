/// A closed set of states with named transitions between them (spec 2: "an illegal transition is a typed error").
///
/// The table is one function, ``target(of:)``; everything else follows from it, so that a test can walk every pair.
public protocol StateMachine: RawRepresentable<String>, CaseIterable, Hashable, Sendable, Codable {
    /// The named changes, in the trade's words: `pause`, `void`.
    associatedtype Transition: RawRepresentable<String>, CaseIterable, Hashable, Sendable

    /// What is in this state, as it stands in errors and audit events: `managed_subscription`.
    static var subject: String { get }

    /// The state a transition leads to from here; nil when it is not allowed here.
    func target(of transition: Transition) -> Self?
}

extension StateMachine {
    /// The state after a transition.
    /// - Throws: ``IllegalTransition``, which names what would be allowed.
    public func applying(_ transition: Transition) throws(IllegalTransition) -> Self {
        guard let next = target(of: transition) else {
            throw IllegalTransition(
                subject: Self.subject,
                from: rawValue,
                transition: transition.rawValue,
                allowed: allowed.map(\.rawValue)
            )
        }
        return next
    }

    /// The transitions that are possible from here, in the order of their declaration.
    public var allowed: [Transition] {
        Transition.allCases.filter { target(of: $0) != nil }
    }

    /// Whether nothing can follow.
    public var isFinal: Bool { allowed.isEmpty }
}

/// A transition that the state does not allow; the API answers 409.
public struct IllegalTransition: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was to change: `invoice`.
    public let subject: String
    /// The state it is in.
    public let from: String
    /// The transition that was asked for.
    public let transition: String
    /// The transitions that are possible instead.
    public let allowed: [String]

    /// Records a refused transition.
    public init(subject: String, from: String, transition: String, allowed: [String]) {
        self.subject = subject
        self.from = from
        self.transition = transition
        self.allowed = allowed
    }

    /// One sentence for a person.
    public var description: String {
        let instead = allowed.isEmpty ? "nothing can follow" : "possible: \(allowed.joined(separator: ", "))"
        return "A \(subject.replacing("_", with: " ")) that is \(from) cannot \(transition); \(instead)."
    }
}
