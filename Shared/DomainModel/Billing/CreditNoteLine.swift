/// What a credit note takes back of one line of its invoice, at that line's tax rate (spec 9.10).
public struct CreditNoteLine: Hashable, Sendable {
    /// Which line of the invoice, from 1.
    public let position: Int
    /// What the line is for.
    public let kind: InvoiceLineKind
    /// Before tax.
    public let net: Money
    /// The original's.
    public let taxRate: Ratio
    /// At that rate; all credits of a line together never take back more tax than it had.
    public let tax: Money
    /// The billed days that will not be served; nil for a credit that takes no days back.
    public let unserved: Proration?

    /// Makes a line from its row.
    public init(
        position: Int,
        kind: InvoiceLineKind,
        net: Money,
        taxRate: Ratio,
        tax: Money,
        unserved: Proration? = nil
    ) {
        self.position = position
        self.kind = kind
        self.net = net
        self.taxRate = taxRate
        self.tax = tax
        self.unserved = unserved
    }
}
