/// What an account may spend on Ahrefs in a month, and what of it is gone (spec 11.9).
///
/// A call reserves its forecast before it is sent and is not sent where that would pass the limit; afterwards the
/// reservation becomes what the answer's headers say was spent.
public struct AhrefsBudget: Sendable, Hashable {
    /// The account's own limit; nil: whatever the key has.
    public var limit: Int?
    /// What is left of the key's units, before the reservations; nil: without limit, or unknown.
    public var keyRemaining: Int?
    /// Units of calls that are under way.
    public var reserved: Int
    /// Units that are gone.
    public var spent: Int

    /// A budget.
    public init(limit: Int?, keyRemaining: Int?, reserved: Int, spent: Int) {
        self.limit = limit
        self.keyRemaining = keyRemaining
        self.reserved = reserved
        self.spent = spent
    }

    /// What may still be reserved; nil: without limit.
    public var left: Int? {
        [limit.map { $0 - spent - reserved }, keyRemaining.map { $0 - reserved }].compactMap(\.self).min()
            .map { max($0, 0) }
    }

    /// Whether a call of this forecast may be sent. What costs nothing always may.
    public func allows(_ forecast: Int) -> Bool {
        forecast == 0 || left.map { forecast <= $0 } ?? true
    }
}
