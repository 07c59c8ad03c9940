public import Foundation

/// What an account owes beyond its day (spec 9.8): the reason to spend nothing more for it.
public struct PastDue: Hashable, Sendable {
    /// What is owed, one sum a currency, in the order of their codes.
    public let amounts: [Money]
    /// Since when the oldest of it has been tried in vain.
    public let since: Date

    /// Records what is owed.
    public init(amounts: [Money], since: Date) {
        self.amounts = amounts
        self.since = since
    }
}

/// Whether paid vendor actions may be done for an account: placing links, paid indexing. While it is past due they stop,
/// unless staff have let them go on, with a reason (spec 9.8).
public enum SpendGuard: Hashable, Sendable {
    /// Nothing is past due.
    case open
    /// Past due, but let go on until then.
    case overridden(PastDue, until: Date)
    /// Nothing may be spent.
    case closed(PastDue)

    /// Decides.
    /// - Parameters:
    ///   - pastDue: what is owed, if anything.
    ///   - override: until when staff have let spending go on.
    ///   - now: business time.
    public init(_ pastDue: PastDue?, overriddenUntil override: Date?, now: Date) {
        switch (pastDue, override) {
        case (nil, _): self = .open
        case (let pastDue?, let until?) where now < until: self = .overridden(pastDue, until: until)
        case (let pastDue?, _): self = .closed(pastDue)
        }
    }

    /// Asks before a vendor is paid.
    /// - Parameter amount: what would be spent.
    /// - Throws: ``SpendStopped`` with the money at risk.
    public func allow(_ amount: Money) throws(SpendStopped) {
        guard case .closed(let pastDue) = self, !amount.isZero else { return }
        throw SpendStopped(pastDue: pastDue, spending: amount)
    }
}

/// Nothing is spent for an account that is past due.
public struct SpendStopped: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is owed already.
    public let pastDue: PastDue
    /// What would have been spent beside it.
    public let spending: Money

    /// Records what is at risk.
    public init(pastDue: PastDue, spending: Money) {
        self.pastDue = pastDue
        self.spending = spending
    }

    /// What is lost if the account never pays: what it owes and what would be spent, one sum a currency.
    public var atRisk: [Money] {
        var amounts = pastDue.amounts
        if let index = amounts.firstIndex(where: { $0.currency == spending.currency }) {
            amounts[index] = Money(minor: amounts[index].minor + spending.minor, currency: spending.currency)
        } else {
            amounts.append(spending)
        }
        return amounts
    }

    /// One sentence.
    public var description: String {
        "The account is past due: spending \(spending) would put "
            + atRisk.map(\.description).joined(separator: " and ") + " at risk."
    }
}
