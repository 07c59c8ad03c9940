/// Where an invoice stands (spec 9.5).
public enum InvoiceStatus: String, StateMachine {
    /// Being put together; it has no number and nobody owes it.
    case draft
    /// Issued with a number; owed.
    case pending
    /// Nothing is due any more.
    case paid
    /// Withdrawn; its number stays.
    case void
    /// Given up by staff; written off.
    case uncollectible

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case issue
        case pay
        case void
        case writeOff = "write_off"
    }

    /// In errors and audit events.
    public static let subject = "invoice"

    /// The table. A written-off invoice can still be paid: money that comes late is taken.
    public func target(of transition: Transition) -> InvoiceStatus? {
        switch (self, transition) {
        case (.draft, .issue): .pending
        case (.pending, .pay), (.uncollectible, .pay): .paid
        case (.draft, .void), (.pending, .void): .void
        case (.pending, .writeOff): .uncollectible
        default: nil
        }
    }
}
