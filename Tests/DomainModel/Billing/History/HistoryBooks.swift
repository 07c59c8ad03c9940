import DomainModel
import Foundation

/// The process died at a statement; what its transaction had written is gone.
struct Crash: Error {}

/// The tables of a random history, as a value: a transaction works on a copy, and a crash throws the copy away.
struct HistoryBooks {
    struct Client {
        let currency: Currency
        var zone: TimeZone
        var taxRate: Ratio
        var hasCard: Bool
        var credit: Money
    }

    /// An attempt that is planned; the same invoice is planned once.
    struct Plan: Hashable {
        let invoice: Int
        let at: Date
    }

    var clients: [Client]
    var subscriptions: [ManagedSubscription] = []
    /// What the price of each has been, move by move.
    var movements: [[Money]] = []
    /// The articles a month that each day of the current month owes, kept apart from the subscription's own reckoning.
    var quotas: [[CalendarDay: Int]] = []
    /// When each was active: the first day and the first day no longer, where it has ended.
    var spans: [[(from: CalendarDay, to: CalendarDay?)]] = []
    var pausedByDunning: Set<Int> = []
    var invoices: [Invoice] = []
    var notes: [CreditNote] = []
    var payments: [Payment] = []
    var refunds: [Refund] = []
    var entries: [LedgerEntry] = []
    var keys: Set<String> = []
    var numbers: [String: Int] = [:]
    var plans: Set<Plan> = []
    var handled: Set<Int> = []
    /// How many statements are left until the process dies; nil when it lives.
    var fuse: Int?

    /// A statement has been executed.
    mutating func statement() throws {
        guard let left = fuse else { return }
        fuse = left - 1
        if left <= 1 { throw Crash() }
    }

    // MARK: What repositories do

    func today(_ client: Int, _ now: Date) -> CalendarDay { CalendarDay(of: now, in: clients[client].zone) }
    func client(of subscription: Int) -> Int { Int(subscriptions[subscription].accountID.rawValue) - 1 }
    func client(of invoice: Invoice) -> Int { Int(invoice.accountID.rawValue) - 1 }
    func credits(of invoice: Int) -> [CreditNoteLine] {
        notes.filter { $0.invoiceID == invoices[invoice].id }.flatMap(\.lines)
    }
    func underWay(_ invoice: Int) -> Int? {
        let (id, status) = (invoices[invoice].id, invoices[invoice].status)
        // What is paid or withdrawn has no open attempt; the payments of all the others are few.
        guard status == .pending || status == .uncollectible else { return nil }
        return payments.lastIndex { $0.invoiceID == id && ($0.status == .pending || $0.status == .processing) }
    }

    mutating func next(_ series: String, _ year: Int) throws -> Int {
        try statement()
        numbers["\(series) \(year)", default: 0] += 1
        return numbers["\(series) \(year)", default: 0]
    }

    /// Books an entry once.
    mutating func post(_ entry: LedgerEntry?) throws {
        guard let entry else { return }
        try statement()
        if keys.insert(entry.key).inserted { entries.append(entry) }
    }

    /// Saves a subscription with what follows from it in the database and in the test's own reckoning.
    mutating func save(_ subscription: ManagedSubscription, _ index: Int, today: CalendarDay) throws {
        try statement()
        let before = subscriptions[index]
        subscriptions[index] = subscription
        func price(_ state: ManagedSubscription) -> Money {
            state.status == .active ? state.monthlyPrice : .zero(state.monthlyPrice.currency)
        }
        let move = try price(subscription) - price(before)
        if !move.isZero { movements[index].append(move) }
        switch (before.status, subscription.status) {
        case (.pending, .active), (.paused, .active): spans[index].append((today, nil))
        case (.active, .paused), (.active, .cancelled):
            // A run that is late ends a service later than was agreed; nothing of that is owed.
            spans[index][spans[index].count - 1].to = min(today, before.cancelsOn ?? today)
        default: break
        }
    }

    // MARK: What the services do

    /// `ManagedInvoices.issue`.
    mutating func issue(_ subscription: ManagedSubscription, served: Proration, at now: Date) throws -> Int {
        let owner = Int(subscription.accountID.rawValue) - 1
        let day = today(owner, now)
        var invoice = try Invoice(
            draft: Invoice.ID(Int64(invoices.count + 1)),
            accountID: subscription.accountID,
            subscriptionID: subscription.id,
            currency: clients[owner].currency,
            served: served,
            lines: [
                InvoiceLine.managedMonth(
                    of: subscription,
                    domain: History.domain,
                    served: served,
                    taxRate: clients[owner].taxRate
                )
            ],
            seller: .agency,
            buyer: Party(name: "Client", email: "c@example.com"),
            collection: clients[owner].hasCard ? .automatic : .manual
        )
        let sequence = try next("invoice", day.year)
        guard let number = InvoiceNumber(year: day.year, sequence: sequence) else { throw HistoryFault("number") }
        try invoice.issue(number: number, at: now, on: day)
        try statement()
        invoices.append(invoice)
        let index = invoices.count - 1
        if !invoice.total.isZero { try post(.issued(invoice, on: day)) }
        try useCredit(index, at: now)
        if served.to <= day { try earn(index) }
        if invoices[index].status == .pending, invoice.collection == .automatic {
            plans.insert(Plan(invoice: index, at: now))
        }
        return index
    }

    /// `CustomerCredits.apply`.
    mutating func useCredit(_ index: Int, at now: Date) throws {
        let owner = client(of: invoices[index])
        guard underWay(index) == nil else { return }
        let amount = try invoices[index].usable(of: clients[owner].credit)
        if amount.isPositive { try receive(amount, index, by: .wallet, at: now) }
    }

    /// `Invoices.receive`.
    mutating func receive(_ amount: Money, _ index: Int, by kind: PaymentMethodKind, at now: Date) throws {
        guard underWay(index) == nil else { return }
        let owner = client(of: invoices[index])
        let wasWrittenOff = invoices[index].status == .uncollectible
        try invoices[index].receive(amount, at: now)
        try statement()
        let payment = try attempt(at: index, amount: amount, by: kind, status: .completed, at: now)
        payments.append(payment)
        if kind == .wallet { clients[owner].credit = try clients[owner].credit - amount }
        try post(.paid(invoices[index], with: payment, wasWrittenOff: wasWrittenOff, on: today(owner, now)))
    }

    func attempt(
        at index: Int,
        amount: Money,
        by kind: PaymentMethodKind,
        status: PaymentStatus,
        at now: Date
    ) throws -> Payment {
        guard let number = invoices[index].number else { throw HistoryFault("an attempt at a draft") }
        let count = payments.count { $0.invoiceID == invoices[index].id } + 1
        return Payment(
            id: Payment.ID(Int64(payments.count + 1)),
            accountID: invoices[index].accountID,
            invoiceID: invoices[index].id,
            methodID: nil,
            kind: kind,
            attempt: count,
            idempotencyKey: AttemptKey(paying: number, attempt: count),
            amount: amount,
            status: status,
            createdAt: now
        )
    }

    /// `Office.clearPaymentFlag`: a service that dunning paused goes on when nothing is owed.
    mutating func settled(_ index: Int, at now: Date) throws {
        guard invoices[index].status == .paid || invoices[index].status == .void,
            let id = invoices[index].subscriptionID
        else { return }
        let subscription = Int(id.rawValue) - 1
        guard pausedByDunning.contains(subscription), subscriptions[subscription].status == .paused,
            !invoices.contains(where: {
                $0.subscriptionID == id && $0.status == .pending && $0.firstFailedAt != nil
            })
        else { return }
        let owner = client(of: subscription)
        var changed = subscriptions[subscription]
        while let served = changed.dueProration(on: today(owner, now), in: clients[owner].zone) {
            changed.adoptNextTerms(from: served)
            _ = try issue(changed, served: served, at: now)
            changed.invoiced(served)
        }
        let isUnbilled = changed.nextBillingDay.map { $0 <= today(owner, now) } ?? false
        try changed.resume(at: now, in: clients[owner].zone)
        if isUnbilled { serve(subscription, changed) }
        pausedByDunning.remove(subscription)
        try save(changed, subscription, today: today(owner, now))
    }

    /// Notes what each day of a month that has just begun to count owes.
    mutating func serve(_ index: Int, _ subscription: ManagedSubscription) {
        guard let start = subscription.currentMonthStart else { return }
        quotas[index] = [:]
        owe(index, subscription.articlesPerMonth, from: start)
    }

    /// Notes that the days of a month from one on owe so many articles a month.
    mutating func owe(_ index: Int, _ articles: Int, from day: CalendarDay) {
        for offset in 0..<day.days(until: day.calendarMonth.next.firstDay) {
            quotas[index][day.adding(days: offset)] = articles
        }
    }

    /// `EarnedRevenue.earn`.
    mutating func earn(_ index: Int) throws {
        guard let served = invoices[index].served, let issued = invoices[index].issuedOn else { return }
        let day = max(served.lastDay, issued)
        try post(.earned(invoices[index], less: credits(of: index), on: day))
        try statement()
        invoices[index].earn(on: day)
    }

    /// `CreditNotes.issue`.
    mutating func credit(_ lines: [CreditNoteLine], _ index: Int, at now: Date) throws {
        let owner = client(of: invoices[index])
        let day = today(owner, now)
        let currency = clients[owner].currency
        let gross = try lines.gross(in: currency)
        let net = try lines.map(\.net).total(in: currency)
        let excess = try invoices[index].apply(
            credit: gross,
            underWay: underWay(index).map { payments[$0].amount },
            at: now
        )
        let sequence = try next("credit note", day.year)
        let note = CreditNote(
            id: CreditNote.ID(Int64(notes.count + 1)),
            accountID: invoices[index].accountID,
            invoiceID: invoices[index].id,
            number: "IG-C-\(day.year)-\(sequence)",
            lines: lines,
            net: net,
            tax: try gross - net,
            appliedToDue: try gross - excess,
            excess: excess,
            reason: "test",
            issuedAt: now
        )
        try statement()
        notes.append(note)
        clients[owner].credit = try clients[owner].credit + excess
        if !gross.isZero { try post(.credited(note, on: invoices[index], on: day)) }
        try settled(index, at: now)
    }

    /// `UnusedDays.credit`.
    mutating func creditUnused(_ subscription: Int, from day: CalendarDay, billsAnew: Bool, at now: Date) throws {
        for index in billed(beyond: day, of: subscription) {
            let lines = try billed(index).unusedDays(from: day)
            let isNothing = try lines.gross(in: invoices[index].currency).isZero
            if lines.isEmpty || (isNothing && !billsAnew) { continue }
            try credit(lines, index, at: now)
        }
    }

    /// The invoices of a subscription whose days reach beyond a day.
    func billed(beyond day: CalendarDay, of subscription: Int) -> [Int] {
        let id = subscriptions[subscription].id
        return invoices.indices.filter { index in
            invoices[index].subscriptionID == id && (invoices[index].served.map { $0.to > day } ?? false)
        }
    }

    func billed(_ index: Int) -> SubscriptionChange.Billed {
        SubscriptionChange.Billed(
            invoices[index],
            credits: credits(of: index),
            underWay: underWay(index).map { payments[$0].amount }
        )
    }
}

/// The test itself has gone wrong.
struct HistoryFault: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
