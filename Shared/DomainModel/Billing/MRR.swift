/// The monthly recurring revenue of one month and what moved it, in one currency, tax excluded (spec 9.11).
///
/// `start + new + expansion + reactivation − contraction − churn = end` is asserted whenever it is computed.
public struct MRR: Hashable, Sendable {
    public private(set) var start: Money
    public private(set) var new: Money
    public private(set) var expansion: Money
    public private(set) var reactivation: Money
    /// Positive: what was lost by lower prices.
    public private(set) var contraction: Money
    /// Positive: what was lost by ends and pauses.
    public private(set) var churn: Money
    public private(set) var end: Money

    /// One subscription's price at both ends of the month; zero where it was not active.
    public struct Change: Hashable, Sendable {
        /// At the start.
        public let before: Money
        /// At the end.
        public let after: Money
        /// Whether it had ever been active before the month.
        public let wasActiveEarlier: Bool

        /// Records one subscription's month.
        public init(before: Money, after: Money, wasActiveEarlier: Bool) {
            self.before = before
            self.after = after
            self.wasActiveEarlier = wasActiveEarlier
        }
    }

    /// Sums the movements of all subscriptions of a currency.
    /// - Throws: ``MRRError`` when the movements do not lead from start to end; ``MoneyError``.
    public init(of changes: [Change], in currency: Currency) throws {
        let zero = Money.zero(currency)
        (start, new, expansion, reactivation) = (zero, zero, zero, zero)
        (contraction, churn, end) = (zero, zero, zero)
        for change in changes {
            start = try start + change.before
            end = try end + change.after
            let difference = try change.after - change.before
            if change.before.isZero, change.after.isPositive {
                if change.wasActiveEarlier {
                    reactivation = try reactivation + difference
                } else {
                    new = try new + difference
                }
            } else if change.after.isZero {
                churn = try churn - difference
            } else if difference.isPositive {
                expansion = try expansion + difference
            } else {
                contraction = try contraction - difference
            }
        }
        let expected = try expectedEnd()
        guard expected == end else { throw MRRError(expected: expected, end: end) }
    }

    /// Takes over what was added up elsewhere; contraction and churn are positive.
    /// - Throws: ``MRRError`` when the movements do not lead from start to end; ``MoneyError``.
    public init(
        start: Money,
        new: Money,
        expansion: Money,
        reactivation: Money,
        contraction: Money,
        churn: Money,
        end: Money
    ) throws {
        (self.start, self.new, self.expansion, self.reactivation) = (start, new, expansion, reactivation)
        (self.contraction, self.churn, self.end) = (contraction, churn, end)
        let expected = try expectedEnd()
        guard expected == end else { throw MRRError(expected: expected, end: end) }
    }

    /// `start + new + expansion + reactivation − contraction − churn`; equals ``end``.
    public func expectedEnd() throws(MoneyError) -> Money {
        let gained = try [start, new, expansion, reactivation].total(in: start.currency)
        return try (try gained - contraction) - churn
    }
}

/// The movements do not lead from the start to the end.
public struct MRRError: Error, Hashable, Sendable {
    /// Start and movements.
    public let expected: Money
    /// The end.
    public let end: Money
}
