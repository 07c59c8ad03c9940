/// Where one attempt at an invoice stands (spec 2).
public enum PaymentStatus: String, StateMachine {
    /// Stored with its idempotency key; the gateway has not been called.
    case pending
    /// The gateway has been called and its answer is not known: neither paid nor failed (spec 9.7).
    case processing
    /// The gateway has the money.
    case succeeded
    /// Confirmed by hand or by a bank statement: `manual` and `bank` payments.
    case completed
    /// Declined.
    case failed
    /// All of it was given back.
    case refunded
    /// Never made.
    case cancelled

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case send
        case succeed
        case complete
        case fail
        case refund
        case cancel
    }

    /// In errors and audit events.
    public static let subject = "payment"

    /// The table. A failed or abandoned attempt can turn out to have succeeded: webhooks come in any order.
    public func target(of transition: Transition) -> PaymentStatus? {
        switch (self, transition) {
        case (.pending, .send): .processing
        case (.pending, .succeed), (.processing, .succeed), (.failed, .succeed), (.cancelled, .succeed): .succeeded
        case (.pending, .complete), (.processing, .complete): .completed
        case (.pending, .fail), (.processing, .fail): .failed
        case (.succeeded, .refund), (.completed, .refund): .refunded
        case (.pending, .cancel), (.processing, .cancel): .cancelled
        default: nil
        }
    }

    /// Whether the money is there.
    public var isSettled: Bool { self == .succeeded || self == .completed }
}
