public import Foundation

/// What a change of a subscription's terms does: every line and amount, before it is done (spec 9.4). Made twice from the
/// same facts it is the same, which is how a preview is a promise: applied is only what would be previewed again.
public struct SubscriptionChange: Hashable, Sendable, Codable {
    /// When the new terms begin.
    public enum Timing: String, CaseIterable, Sendable, Codable {
        /// Today: the invoiced days from today on are credited and billed anew.
        case now
        /// With the next period: nothing of what is invoiced changes.
        case nextPeriod = "next_period"
    }

    /// One line of the documents that follow.
    public struct Line: Hashable, Sendable, Codable {
        /// The invoice that is credited; nil for the line of the new invoice.
        public let invoice: Invoice.ID?
        /// That invoice's number.
        public let number: String?
        /// Which line of it is credited; 1 on the new invoice.
        public let position: Int
        /// For the client.
        public let description: String
        /// The first day.
        public let from: CalendarDay
        /// The first day after.
        public let to: CalendarDay
        /// Before tax; negative for a credit.
        public let net: Money
        /// Of the original for a credit, of today for the new invoice.
        public let taxRate: Ratio
        /// Tax of the line; negative for a credit.
        public let tax: Money
    }

    /// From when.
    public let timing: Timing
    /// The first day of the new terms.
    public let effectiveOn: CalendarDay
    /// What it is sold at now.
    public let before: ServiceTerms
    /// What it will be sold at.
    public let after: ServiceTerms
    /// The articles the current month owes now.
    public let targetBefore: Int?
    /// The articles the current month will owe.
    public let targetAfter: Int?
    /// Credits first.
    public let lines: [Line]
    /// The part of the credits that lowers what is due on open invoices.
    public let lowersDue: Money
    /// The part of the credits that becomes the customer's credit.
    public let becomesCredit: Money
    /// What the new invoice is over, tax included.
    public let invoiced: Money
    /// How much of the customer's credit goes into the new invoice.
    public let usesCredit: Money
    /// What is left to pay on the new invoice.
    public let dueNow: Money
}

extension SubscriptionChange {
    /// An invoice of the subscription, with what else decides a credit on it.
    public struct Billed: Sendable {
        /// The invoice.
        public var invoice: Invoice
        /// The lines of its credit notes.
        public let credits: [CreditNoteLine]
        /// What an attempt of unknown outcome may bring in.
        public let underWay: Money?

        /// Collects them.
        public init(_ invoice: Invoice, credits: [CreditNoteLine], underWay: Money?) {
            self.invoice = invoice
            self.credits = credits
            self.underWay = underWay
        }

        /// Whether a credit can be written on it.
        public var isCreditable: Bool {
            invoice.status == .pending || invoice.status == .paid || invoice.status == .uncollectible
        }

        /// What a credit note takes back when its days from a day on are not served.
        public func unusedDays(from day: CalendarDay) throws(MoneyError) -> [CreditNoteLine] {
            guard isCreditable else { return [] }
            return try Creditable(invoice, less: credits).unusedDays(from: day)
        }
    }

    /// What else decides the amounts.
    public struct Circumstances: Sendable {
        /// Business time.
        public let now: Date
        /// The account's.
        public let zone: TimeZone
        /// The site that stands on the line.
        public let domain: Domain
        /// Of today.
        public let taxRate: Ratio
        /// The customer's credit.
        public let credit: Money

        /// Collects them.
        public init(now: Date, zone: TimeZone, domain: Domain, taxRate: Ratio, credit: Money) {
            self.now = now
            self.zone = zone
            self.domain = domain
            self.taxRate = taxRate
            self.credit = credit
        }

        /// The day in the account's zone.
        public var today: CalendarDay { CalendarDay(of: now, in: zone) }
    }

    /// Reckons a change.
    /// - Throws: ``BillingDue``; ``IllegalTransition`` when it is cancelled, or paused and to be changed now;
    ///   ``MoneyError`` for a price in another currency.
    public init(
        of subscription: ManagedSubscription,
        to terms: ServiceTerms,
        _ timing: Timing,
        invoices: [Billed],
        _ at: Circumstances
    ) throws {
        let zero = Money.zero(subscription.monthlyPrice.currency)
        guard terms.monthlyPrice.currency == zero.currency else {
            throw MoneyError.currencyMismatch(zero.currency, terms.monthlyPrice.currency)
        }
        var changed = subscription
        var lines: [Line] = []
        var (lowersDue, becomesCredit, invoiced, usesCredit) = (zero, zero, zero, zero)
        let isLater = timing == .nextPeriod || subscription.status == .pending
        if isLater {
            guard subscription.status != .cancelled else {
                throw IllegalTransition(
                    subject: SubscriptionStatus.subject,
                    from: subscription.status.rawValue,
                    transition: "change",
                    allowed: []
                )
            }
            changed.agree(to: terms)
        } else {
            try changed.change(to: terms, on: at.today, in: at.zone)
            for billed in invoices {
                let credits = try billed.unusedDays(from: at.today)
                guard !credits.isEmpty else { continue }
                lines += try credits.map { try Line($0, of: billed.invoice, from: at.today) }
                let gross = try credits.gross(in: zero.currency)
                var invoice = billed.invoice
                let excess = try invoice.apply(credit: gross, underWay: billed.underWay, at: at.now)
                lowersDue = try lowersDue + (gross - excess)
                becomesCredit = try becomesCredit + excess
            }
            // Days whose end is agreed are not billed anew.
            if let served = changed.dueProration(on: at.today, in: at.zone) {
                let line = try InvoiceLine.managedMonth(
                    of: changed,
                    domain: at.domain,
                    served: served,
                    taxRate: at.taxRate
                )
                lines.append(Line(line, served))
                invoiced = try line.net + line.tax
                usesCredit = try (at.credit + becomesCredit).capped(at: invoiced)
            }
        }
        self.timing = timing
        effectiveOn = isLater ? max(subscription.nextBillingDay ?? at.today, at.today) : at.today
        before = subscription.terms
        after = terms
        targetBefore = subscription.currentMonthTarget
        targetAfter = changed.currentMonthTarget
        self.lines = lines
        self.lowersDue = lowersDue
        self.becomesCredit = becomesCredit
        self.invoiced = invoiced
        self.usesCredit = usesCredit
        dueNow = try invoiced - usesCredit
    }
}

extension SubscriptionChange.Line {
    fileprivate init(_ credit: CreditNoteLine, of invoice: Invoice, from day: CalendarDay) throws {
        let days = credit.unserved
        self.init(
            invoice: invoice.id,
            number: invoice.number?.description,
            position: credit.position,
            description: "Credit: \(invoice.lines[credit.position - 1].description)",
            from: days?.from ?? day,
            to: days?.to ?? day,
            net: -credit.net,
            taxRate: credit.taxRate,
            tax: -credit.tax
        )
    }

    fileprivate init(_ line: InvoiceLine, _ served: Proration) {
        self.init(
            invoice: nil,
            number: nil,
            position: 1,
            description: line.description,
            from: served.from,
            to: served.to,
            net: line.net,
            taxRate: line.taxRate,
            tax: line.tax
        )
    }
}

extension Sequence<CreditNoteLine> {
    /// Net and tax of all of them.
    public func gross(in currency: Currency) throws(MoneyError) -> Money {
        var sum = Money.zero(currency)
        for line in self { sum = try (try sum + line.net) + line.tax }
        return sum
    }
}
