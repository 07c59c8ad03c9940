/// Something that waits for the client.
public struct ReportNeed: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case approval
        case invoice
        case onboarding
        /// Google must be allowed again to give its figures.
        case searchConsole = "search_console"
    }

    public var kind: Kind
    /// What it is about: ``ApprovalSubject`` of an approval, ``OnboardingStep`` of a step; nil otherwise.
    public var subject: String?
    /// Its name for a person: an article's title, an invoice's number, an order's number.
    public var name: String?
    /// Until when; nil without a day.
    public var by: CalendarDay?
    /// What happens without an answer (spec 11.10): `approve` or `escalate`; nil where nothing is agreed.
    public var otherwise: String?
    /// What is due, or what would be spent.
    public var amount: Money?

    public init(
        kind: Kind,
        subject: String? = nil,
        name: String? = nil,
        by: CalendarDay? = nil,
        otherwise: String? = nil,
        amount: Money? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.name = name
        self.by = by
        self.otherwise = otherwise
        self.amount = amount
    }
}
