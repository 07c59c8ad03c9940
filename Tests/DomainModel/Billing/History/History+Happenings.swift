import DomainModel
import Foundation

/// What clients, staff, banks and the calendar do to a history. What the domain refuses is no happening.
extension History {
    mutating func happen() throws {
        do {
            switch dice.roll(1...20) {
            case 1...4: try begin()
            case 5: try pause()
            case 6, 7: try resume()
            case 8: try cancel()
            case 9...11: try changeTerms()
            case 12, 13: try writeCreditNote()
            case 14: try withdraw()
            case 15: try markPaid()
            case 16: try giveUp()
            case 17: try refund()
            case 18: moveClient()
            case 19: changeBank()
            default: gateway.arrive()
            }
        } catch is IllegalTransition {
        } catch is BillingDue {
        } catch is AmountExceedsDue {
        } catch is CreditExceedsInvoice {
        }
    }

    private func subscriptions(_ status: SubscriptionStatus) -> [Int] {
        books.subscriptions.indices.filter { books.subscriptions[$0].status == status }
    }

    private func invoices(_ isSuitable: (Invoice) -> Bool) -> [Int] {
        books.invoices.indices.filter { isSuitable(books.invoices[$0]) }
    }

    private mutating func begin() throws {
        let now = now
        guard let index = subscriptions(.pending).randomElement(using: &dice) else {
            if books.subscriptions.count < 5, dice.chance(3) {
                Self.sell(to: dice.roll(0...books.clients.count - 1), &books, &dice, at: now)
            }
            return
        }
        try transaction { books in
            var subscription = books.subscriptions[index]
            let owner = books.client(of: index)
            try subscription.activate(at: now, in: books.clients[owner].zone)
            books.serve(index, subscription)
            try books.save(subscription, index, today: books.today(owner, now))
        }
    }

    private mutating func pause() throws {
        let now = now
        guard let index = subscriptions(.active).randomElement(using: &dice) else { return }
        try transaction { books in
            var subscription = books.subscriptions[index]
            try subscription.pause(at: now)
            try books.save(subscription, index, today: books.today(books.client(of: index), now))
        }
    }

    private mutating func resume() throws {
        let now = now
        guard let index = subscriptions(.paused).randomElement(using: &dice) else { return }
        try transaction { books in
            var subscription = books.subscriptions[index]
            let owner = books.client(of: index)
            let (today, zone) = (books.today(owner, now), books.clients[owner].zone)
            try subscription.requireInvoiced(on: today, in: zone)
            let isUnbilled = subscription.nextBillingDay.map { $0 <= today } ?? false
            try subscription.resume(at: now, in: zone)
            if isUnbilled { books.serve(index, subscription) }
            books.pausedByDunning.remove(index)
            try books.save(subscription, index, today: today)
        }
    }

    private mutating func cancel() throws {
        let now = now
        let isAtOnce = dice.chance(2)
        guard dice.chance(3), let index = books.subscriptions.indices.randomElement(using: &dice) else { return }
        try transaction { books in
            var subscription = books.subscriptions[index]
            let owner = books.client(of: index)
            let (today, zone) = (books.today(owner, now), books.clients[owner].zone)
            try subscription.requireInvoiced(on: today, in: zone)
            if isAtOnce {
                try subscription.cancel(at: now)
            } else {
                try subscription.cancelAtPeriodEnd(at: now, in: zone)
            }
            try books.save(subscription, index, today: today)
            guard subscription.status == .cancelled else { return }
            try books.creditUnused(index, from: today, billsAnew: false, at: now)
        }
    }

    /// A change of terms: previewed, and applied if the preview still stands.
    private mutating func changeTerms() throws {
        let now = now
        let candidates = books.subscriptions.indices.filter { books.subscriptions[$0].status != .cancelled }
        guard let index = candidates.randomElement(using: &dice) else { return }
        let owner = books.client(of: index)
        let terms = ServiceTerms(
            tier: dice.pick([.lite, .pro]),
            monthlyPrice: Money(
                minor: Int64(dice.chance(15) ? 0 : dice.roll(1...60_000)),
                currency: books.clients[owner].currency
            ),
            articlesPerMonth: dice.roll(0...60)
        )
        let timing = dice.pick([SubscriptionChange.Timing.now, .now, .nextPeriod])
        func reckon(_ books: HistoryBooks) throws -> SubscriptionChange {
            try SubscriptionChange(
                of: books.subscriptions[index],
                to: terms,
                timing,
                invoices: books.billed(beyond: books.today(owner, now), of: index).map { books.billed($0) },
                SubscriptionChange.Circumstances(
                    now: now,
                    zone: books.clients[owner].zone,
                    domain: Self.domain,
                    taxRate: books.clients[owner].taxRate,
                    credit: books.clients[owner].credit
                )
            )
        }
        let preview = try reckon(books)
        if dice.chance(5) { try happen() }
        try transaction { books in
            // A stale preview is refused.
            guard let change = try? reckon(books), change == preview else { return }
            let before = (invoices: books.invoices.count, notes: books.notes.count, credit: books.clients[owner].credit)
            try Self.apply(change, to: index, &books, at: now)
            try Self.checkPromise(change, before, books, owner)
        }
    }

    /// `SubscriptionChanges.apply`.
    private static func apply(
        _ change: SubscriptionChange,
        to index: Int,
        _ books: inout HistoryBooks,
        at now: Date
    ) throws {
        var subscription = books.subscriptions[index]
        let owner = books.client(of: index)
        let (today, zone) = (books.today(owner, now), books.clients[owner].zone)
        guard change.timing == .now, subscription.status != .pending else {
            subscription.agree(to: change.after)
            return try books.save(subscription, index, today: today)
        }
        let start = subscription.currentMonthStart
        try subscription.change(to: change.after, on: today, in: zone)
        if start != subscription.currentMonthStart {
            // The month began with the change: its days before today owe what they owed.
            books.quotas[index] = [:]
            books.owe(index, change.before.articlesPerMonth, from: today.calendarMonth.firstDay)
        }
        books.owe(index, change.after.articlesPerMonth, from: today)
        try books.creditUnused(index, from: today, billsAnew: true, at: now)
        if let served = subscription.dueProration(on: today, in: zone) {
            _ = try books.issue(subscription, served: served, at: now)
            subscription.invoiced(served)
        }
        try books.save(subscription, index, today: today)
    }

    /// What was previewed is what was done, to the last unit.
    private static func checkPromise(
        _ change: SubscriptionChange,
        _ before: (invoices: Int, notes: Int, credit: Money),
        _ books: HistoryBooks,
        _ owner: Int
    ) throws {
        let notes = books.notes.dropFirst(before.notes)
        let currency = books.clients[owner].currency
        let lowered = try notes.map(\.appliedToDue).total(in: currency)
        let excess = try notes.map(\.excess).total(in: currency)
        guard lowered == change.lowersDue, excess == change.becomesCredit else {
            throw HistoryFault(
                "credited \(lowered) and \(excess), previewed \(change.lowersDue), \(change.becomesCredit)"
            )
        }
        let issued = books.invoices.dropFirst(before.invoices)
        let total = try issued.map(\.total).total(in: currency)
        let due = try issued.map(\.due).total(in: currency)
        guard total == change.invoiced, due == change.dueNow else {
            throw HistoryFault("invoiced \(total), due \(due); previewed \(change.invoiced), \(change.dueNow)")
        }
        let left = try (before.credit + excess) - change.usesCredit
        guard books.clients[owner].credit == left else {
            throw HistoryFault("the credit is \(books.clients[owner].credit), previewed \(left)")
        }
    }

    private mutating func writeCreditNote() throws {
        let now = now
        let suitable = invoices { [.pending, .paid, .uncollectible].contains($0.status) }
        guard let index = suitable.randomElement(using: &dice) else { return }
        let left = try Creditable(books.invoices[index], less: books.credits(of: index))
        guard left.total.isPositive else { return }
        let part = Money(minor: Int64(dice.roll(1...Int(left.total.minor))), currency: left.currency)
        let lines = dice.chance(4) ? left.everything() : try left.amount(part)
        try transaction { books in try books.credit(lines, index, at: now) }
    }

    private mutating func withdraw() throws {
        let now = now
        guard dice.chance(2), let index = invoices({ $0.status == .pending }).randomElement(using: &dice) else {
            return
        }
        try transaction { books in
            guard books.underWay(index) == nil else { return }
            try books.invoices[index].void(less: books.credits(of: index))
            let day = books.today(books.client(of: books.invoices[index]), now)
            for entry in try LedgerEntry.voided(books.invoices[index], on: day) { try books.post(entry) }
            try books.settled(index, at: now)
        }
    }

    private mutating func markPaid() throws {
        let now = now
        let owed = invoices { ($0.status == .pending || $0.status == .uncollectible) && $0.due.isPositive }
        guard let index = owed.randomElement(using: &dice) else { return }
        let due = books.invoices[index].due
        let amount = dice.chance(3) ? Money(minor: Int64(dice.roll(1...Int(due.minor))), currency: due.currency) : due
        try transaction { books in
            guard books.underWay(index) == nil else { return }
            try books.receive(amount, index, by: .bank, at: now)
            try books.settled(index, at: now)
        }
    }

    private mutating func giveUp() throws {
        let now = now
        let failing = invoices { $0.status == .pending && $0.due.isPositive }
        guard let index = failing.randomElement(using: &dice) else { return }
        try transaction { books in
            let due = books.invoices[index].due
            try books.statement()
            try books.invoices[index].writeOff()
            let day = books.today(books.client(of: books.invoices[index]), now)
            try books.post(.writtenOff(books.invoices[index], due: due, on: day))
        }
    }

    /// Money back on a card payment, for a credit note's excess or out of goodwill; never beyond what was captured.
    private mutating func refund() throws {
        let now = now
        let settled = books.payments.indices.filter {
            books.payments[$0].kind == .stripe && books.payments[$0].status.isSettled
        }
        guard let index = settled.randomElement(using: &dice) else { return }
        let payment = books.payments[index]
        let given = books.refunds.filter { $0.paymentID == payment.id }.map(\.amount.minor).reduce(0, +)
        guard payment.amount.minor > given else { return }
        let owner = Int(payment.accountID.rawValue) - 1
        let credit = books.clients[owner].credit
        let note = books.notes.last { $0.invoiceID == payment.invoiceID && $0.excess.isPositive }
        let isOfCredit = note != nil && credit.isPositive && dice.chance(2)
        let most = isOfCredit ? min(credit.minor, payment.amount.minor - given) : payment.amount.minor - given
        let amount = Money(minor: Int64(dice.roll(1...Int(most))), currency: payment.amount.currency)
        try transaction { books in
            let day = books.today(owner, now)
            let sequence = try books.next("refund", day.year)
            let refund = Refund(
                id: Refund.ID(Int64(books.refunds.count + 1)),
                accountID: payment.accountID,
                paymentID: payment.id,
                creditNoteID: isOfCredit ? note?.id : nil,
                number: "IG-R-\(day.year)-\(sequence)",
                amount: amount,
                reason: "test",
                providerReference: nil,
                status: .succeeded,
                createdAt: now
            )
            try books.statement()
            books.refunds.append(refund)
            if isOfCredit { books.clients[owner].credit = try books.clients[owner].credit - amount }
            try books.post(
                .refunded(
                    refund,
                    of: payment,
                    againstCustomerCredit: isOfCredit,
                    tags: LedgerTags(accountID: payment.accountID, invoiceID: payment.invoiceID),
                    reference: refund.number,
                    on: day
                )
            )
        }
        gateway.refund(amount)
    }

    /// The client moves to another zone, or the tax of its country changes.
    private mutating func moveClient() {
        let index = dice.roll(0...books.clients.count - 1)
        books.clients[index].zone = dice.pick(Self.zones)
        if dice.chance(2) { books.clients[index].taxRate = dice.pick(Self.taxRates) }
    }

    private static let taxRates = ["0", "0.2", "0.21", "0.081"].compactMap { Ratio($0) }

    /// Another card, whose bank may say no; a new one is charged at once.
    private mutating func changeBank() {
        let client = dice.roll(0...books.clients.count - 1)
        gateway.banks[client] = dice.pick([
            .pays, .pays, .declines("insufficient_funds"), .declines("stolen_card"), .isSlow,
        ])
        books.clients[client].hasCard = !dice.chance(6)
        for index in invoices({ $0.status == .pending && $0.firstFailedAt != nil })
        where books.client(of: books.invoices[index]) == client {
            books.plans.insert(HistoryBooks.Plan(invoice: index, at: now))
        }
    }
}
