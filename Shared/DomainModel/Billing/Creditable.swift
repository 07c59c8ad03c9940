/// What can still be credited of an invoice: its lines, less what earlier credit notes took back (spec 9.4: "credit only
/// what was really debited"). It makes the lines of the next credit note, which mirror the original's rate and add up.
public struct Creditable: Hashable, Sendable {
    /// What is left of one line.
    public struct Line: Hashable, Sendable {
        /// Which line of the invoice, from 1.
        public let position: Int
        /// What it is for.
        public let kind: InvoiceLineKind
        /// Before tax.
        public fileprivate(set) var net: Money
        /// The line's own.
        public let taxRate: Ratio
        /// What is left of its tax.
        public fileprivate(set) var tax: Money
        /// Whether it bills days of service.
        public let isPeriod: Bool
        /// The billed days that no credit has taken back.
        public fileprivate(set) var served: Proration?
    }

    /// In the invoice's order.
    public let lines: [Line]
    /// The invoice's.
    public let currency: Currency

    /// - Parameter credits: the lines of the invoice's earlier credit notes.
    public init(_ invoice: Invoice, less credits: [CreditNoteLine]) throws(MoneyError) {
        var lines = invoice.lines.enumerated().map { index, line in
            Line(
                position: index + 1,
                kind: line.kind,
                net: line.net,
                taxRate: line.taxRate,
                tax: line.tax,
                isPeriod: line.served != nil,
                served: line.served
            )
        }
        for credit in credits where lines.indices.contains(credit.position - 1) {
            let index = credit.position - 1
            lines[index].net = try lines[index].net - credit.net
            lines[index].tax = try lines[index].tax - credit.tax
            if let served = lines[index].served, let unserved = credit.unserved, unserved.from < served.to {
                lines[index].served = Proration(of: served.month, from: served.from, to: unserved.from)
            }
        }
        self.lines = lines
        currency = invoice.currency
    }

    /// Net and tax together.
    public var total: Money {
        Money(minor: lines.reduce(0) { $0 + $1.net.minor + $1.tax.minor }, currency: currency)
    }

    /// A credit over all that is left.
    public func everything() -> [CreditNoteLine] {
        lines.compactMap { line in
            let isNothing = line.net.isZero && line.tax.isZero
            return isNothing ? nil : line.credit(net: line.net, tax: line.tax, unserved: nil)
        }
    }

    /// A credit over an amount, tax included: split over the lines by what is left of them, remainders by largest
    /// remainder, each part taken apart into net and tax at its line's rate.
    /// - Throws: ``CreditExceedsInvoice``.
    public func amount(_ gross: Money) throws -> [CreditNoteLine] {
        guard try !total.isLess(than: gross), gross.isPositive else {
            throw CreditExceedsInvoice(amount: gross, left: total)
        }
        if gross == total { return everything() }
        let shares = try gross.allocated(by: lines.map { max($0.net.minor + $0.tax.minor, 0) })
        return try zip(lines, shares).compactMap { line, share in
            share.isZero ? nil : try line.credit(gross: share)
        }
    }

    /// A credit over net amounts of some lines.
    /// - Parameter nets: by the line's position.
    /// - Throws: ``CreditExceedsInvoice``.
    public func nets(_ nets: [Int: Money]) throws -> [CreditNoteLine] {
        try nets.sorted { $0.key < $1.key }.map { position, net in
            let line = lines.first { $0.position == position }
            guard let line, net.isPositive, try !line.net.isLess(than: net) else {
                throw CreditExceedsInvoice(amount: net, left: line?.net ?? .zero(currency))
            }
            return try line.credit(net: net, unserved: nil)
        }
    }

    /// A credit for the billed days from a day on: of each line what is left of it, cut by unused over remaining days.
    /// - Returns: nothing when no billed day is left.
    public func unusedDays(from day: CalendarDay) throws(MoneyError) -> [CreditNoteLine] {
        var credits: [CreditNoteLine] = []
        for line in lines {
            guard let served = line.served, served.to > day, served.days > 0 else { continue }
            let unused = served.unused(from: day)
            guard let share = Fraction(Int64(unused.days), Int64(served.days)) else { continue }
            // Also over nothing, for a free month: its days are taken back all the same.
            credits.append(try line.credit(net: line.net.scaled(by: share), unserved: unused))
        }
        return credits
    }
}

extension Creditable.Line {
    fileprivate func credit(net: Money, tax: Money, unserved: Proration?) -> CreditNoteLine {
        CreditNoteLine(position: position, kind: kind, net: net, taxRate: taxRate, tax: tax, unserved: unserved)
    }

    /// The tax of a net part: at the line's rate, what is left of it for the last part.
    fileprivate func credit(net: Money, unserved: Proration?) throws(MoneyError) -> CreditNoteLine {
        let tax = net == self.net ? self.tax : try net.scaled(by: taxRate).capped(at: self.tax)
        return credit(net: net, tax: tax, unserved: unserved)
    }

    /// Net = gross / (1 + rate), within what is left of both.
    fileprivate func credit(gross: Money) throws(MoneyError) -> CreditNoteLine {
        let rate = taxRate.fraction
        let part = Fraction(rate.denominator, rate.denominator + rate.numerator) ?? .one
        let least = try gross - self.tax
        let net = try gross.scaled(by: part).capped(at: self.net)
        let chosen = try net.isLess(than: least) ? least : net
        return credit(net: chosen, tax: try gross - chosen, unserved: nil)
    }
}

/// A credit over more than what is left of the invoice or the line.
public struct CreditExceedsInvoice: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was to be credited.
    public let amount: Money
    /// What can be.
    public let left: Money

    /// Records the two amounts.
    public init(amount: Money, left: Money) {
        self.amount = amount
        self.left = left
    }

    /// One sentence.
    public var description: String { "\(amount) cannot be credited: \(left) is left." }
}
