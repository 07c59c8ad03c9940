/// What something cost us (spec 9.2): the posting rule of links bought, URLs submitted for indexing, Ahrefs units spent and
/// platform credits used.
///
/// It debits the cost and credits `vendor_payable`, exact to the ten-thousandth: a URL may cost less than a cent, and a
/// thousand of them must cost a thousand times as much. Whoever spends calls ``Ledger`` with it in the transaction that
/// stores what was spent; the same cost again is booked once.
public struct VendorCost: Hashable, Sendable {
    /// For what.
    public enum Kind: String, CaseIterable, Sendable {
        /// A link bought of a publisher or marketplace; its reference is the link's.
        case link
        /// A URL submitted to an indexing service; its reference is the submission's, of which a request may have two.
        case indexing
        /// Units of an Ahrefs call; its reference is the call's.
        case ahrefs
        /// Platform credits that a client's work used; its reference is the credit transaction's.
        case platformCredits = "platform_credits"

        /// Where it is booked.
        public var account: LedgerAccount {
            switch self {
            case .link: .costLinks
            case .indexing: .costIndexing
            case .ahrefs: .costAhrefs
            case .platformCredits: .costPlatformCredits
            }
        }
    }

    /// For what.
    public let kind: Kind
    /// Names it once and for all within its kind: the id of the row that says what was spent.
    public let reference: String
    /// All of it; above zero.
    public let amount: UnitCost
    /// The day it counts for, in the account's zone.
    public let effectiveOn: CalendarDay
    /// What it was spent on: at least whose money; the site, the order and the link where they are known.
    public let tags: LedgerTags

    /// Notes a cost. It refuses nothing, on purpose: release builds of Swift 6.3.1 saw an error thrown where a throwing
    /// form was called for each row of a batch (`Shared/Persistence/Decisions.md`);
    /// what can fail is said by ``UnitCost/multiplied(by:)``.
    public init(_ kind: Kind, reference: String, _ amount: UnitCost, on day: CalendarDay, tags: LedgerTags) {
        self.kind = kind
        self.reference = reference
        self.amount = amount
        effectiveOn = day
        self.tags = tags
    }

    /// The entry's key in the books.
    public var key: String { "cost_incurred:\(kind.rawValue):\(reference)" }
}
