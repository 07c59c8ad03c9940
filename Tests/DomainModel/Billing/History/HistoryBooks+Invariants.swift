import DomainModel
import Foundation

/// The invariants of spec 9, each as a sentence that should be true.
extension HistoryBooks {
    /// What tells whether anything was written.
    var fingerprint: [Int] {
        [
            invoices.count, notes.count, payments.count, refunds.count, entries.count, numbers.values.reduce(0, +),
            movements.map(\.count).reduce(0, +), invoices.count { $0.status == .paid },
            payments.count { $0.status.isSettled }, subscriptions.hashValue,
        ]
    }

    /// - Returns: what does not hold, in words.
    func contradictions(_ gateway: HistoryGateway, at now: Date) throws -> [String] {
        try ledger() + numbering() + documents() + periods(at: now) + terms() + mrr() + money(gateway)
    }

    private func balance(_ account: LedgerAccount, _ isIncluded: (LedgerEntry) -> Bool) -> [Currency: Int64] {
        var sums: [Currency: Int64] = [:]
        for entry in entries where isIncluded(entry) {
            for line in entry.lines where line.account == account {
                sums[line.amount.currency, default: 0] += line.amount.minor
            }
        }
        return sums.filter { $0.value != 0 }
    }

    private func sums(_ amounts: [Money]) -> [Currency: Int64] {
        amounts.reduce(into: [:]) { $0[$1.currency, default: 0] += $1.minor }.filter { $0.value != 0 }
    }

    private func ledger() -> [String] {
        var wrong: [String] = []
        for entry in entries {
            let sum = Dictionary(grouping: entry.lines, by: \.amount.currency)
                .mapValues { $0.reduce(0) { $0 + $1.amount.minor } }
            if sum.contains(where: { $0.value != 0 }) { wrong.append("\(entry.key) is not zero") }
        }
        let open = sums(invoices.filter { $0.status == .pending }.map(\.due))
        let receivable = balance(.receivable) { _ in true }
        if open != receivable { wrong.append("open invoices are \(open), receivable \(receivable)") }
        for client in clients.indices {
            let id = Account.ID(Int64(client + 1))
            let owed = -(balance(.customerCredit) { $0.tags.accountID == id }[clients[client].currency] ?? 0)
            let held = clients[client].credit
            if owed != held.minor || held.isNegative { wrong.append("client \(id) has \(held), the books owe \(owed)") }
        }
        let taxed = sums(
            invoices.filter { $0.status != .void }.map { -$0.tax }
                + notes.map(\.tax)
        )
        if taxed != balance(.taxPayable, { _ in true }) { wrong.append("tax payable is not the documents' tax") }
        return wrong
    }

    private func numbering() -> [String] {
        var wrong: [String] = []
        let issued = Dictionary(grouping: invoices.compactMap(\.number), by: \.year)
        for (year, found) in issued
        where found.map(\.sequence).sorted() != Array(1...numbers["invoice \(year)", default: 0]) {
            wrong.append("invoice numbers of \(year) have a gap")
        }
        if Set(notes.map(\.number)).count != notes.count { wrong.append("a credit note's number was given twice") }
        if notes.count != numbers.filter({ $0.key.hasPrefix("credit") }).values.reduce(0, +) {
            wrong.append("credit notes' numbers have a gap")
        }
        return wrong
    }

    private struct Held: Hashable {
        let invoice: Invoice.ID?
        let account: LedgerAccount
    }

    private func documents() throws -> [String] {
        var wrong: [String] = []
        var held: [Held: Int64] = [:]
        for entry in entries {
            for line in entry.lines {
                held[Held(invoice: entry.tags.invoiceID, account: line.account), default: 0] += line.amount.minor
            }
        }
        let paymentsOf = Dictionary(grouping: payments, by: \.invoiceID)
        let notesOf = Dictionary(grouping: notes, by: \.invoiceID)
        for invoice in invoices {
            let name = invoice.number?.description ?? "\(invoice.id)"
            let own = paymentsOf[invoice.id] ?? []
            let captured = own.filter { $0.status.isSettled || $0.status == .refunded }.map(\.amount.minor).reduce(0, +)
            if invoice.paid.minor != captured { wrong.append("\(name) says \(invoice.paid), captured is \(captured)") }
            let applied = (notesOf[invoice.id] ?? []).map(\.appliedToDue.minor).reduce(0, +)
            if invoice.credited.minor != applied {
                wrong.append("\(name) says \(invoice.credited), credited is \(applied)")
            }
            if Set(own.map(\.idempotencyKey)).count != own.count { wrong.append("\(name) has a key twice") }
            let credits = (notesOf[invoice.id] ?? []).flatMap(\.lines)
            let left = try Creditable(invoice, less: credits)
            if left.lines.contains(where: { $0.net.isNegative || $0.tax.isNegative }) {
                wrong.append("\(name) is credited beyond a line")
            }
            if credits.contains(where: { $0.taxRate != invoice.lines[$0.position - 1].taxRate }) {
                wrong.append("\(name) is credited at another rate")
            }
            func expect(_ account: LedgerAccount, _ expected: Int64) {
                let found = held[Held(invoice: invoice.id, account: account), default: 0]
                guard found != expected else { return }
                wrong.append(
                    "\(name), \(invoice.status), due \(invoice.due): \(found) in \(account), expected \(expected)"
                )
            }
            let days = left.lines.filter(\.isPeriod).map(\.net.minor).reduce(0, +)
            let isEarned = invoice.earnedOn != nil
            expect(.deferredRevenue, invoice.status == .void || isEarned ? 0 : -days)
            expect(invoice.lines[0].kind.revenueAccount, invoice.status == .void || !isEarned ? 0 : -days)
            expect(.receivable, invoice.status == .pending ? invoice.due.minor : 0)
            expect(.badDebt, invoice.status == .uncollectible ? invoice.due.minor : 0)
        }
        let refundsOf = Dictionary(grouping: refunds, by: \.paymentID)
        for payment in payments {
            let given = (refundsOf[payment.id] ?? []).map(\.amount.minor).reduce(0, +)
            if given > (payment.status.isSettled || payment.status == .refunded ? payment.amount.minor : 0) {
                wrong.append("\(payment.idempotencyKey) is refunded beyond what was captured")
            }
        }
        return wrong
    }

    /// Each day is billed once: none twice, and none of those served is left out.
    private func periods(at now: Date) throws -> [String] {
        var wrong: [String] = []
        let invoicesOf = Dictionary(grouping: invoices, by: \.subscriptionID)
        let notesOf = Dictionary(grouping: notes, by: \.invoiceID)
        for (index, subscription) in subscriptions.enumerated() {
            var billed: [CalendarDay: Int] = [:]
            var withdrawn: Set<CalendarDay> = []
            for invoice in invoicesOf[subscription.id] ?? [] {
                let credits = (notesOf[invoice.id] ?? []).flatMap(\.lines)
                guard let served = try Creditable(invoice, less: credits).lines.first?.served else { continue }
                for offset in 0..<served.days {
                    let day = served.from.adding(days: offset)
                    if invoice.status == .void { withdrawn.insert(day) } else { billed[day, default: 0] += 1 }
                }
            }
            for (day, times) in billed where times > 1 {
                wrong.append("\(day) of \(index + 1) is billed \(times) times")
            }
            let today = self.today(client(of: index), now)
            for span in spans[index] {
                // The days on which a state changes may count for either; a moved client's today may be a day off.
                let (first, last) = (span.from.adding(days: 1), min(span.to ?? today, today).adding(days: -2))
                guard first <= last else { continue }
                for offset in 0...first.days(until: last) {
                    let day = first.adding(days: offset)
                    if billed[day] == nil, !withdrawn.contains(day) {
                        wrong.append("\(day) of \(index + 1) was served and is not billed")
                    }
                }
            }
        }
        return wrong
    }

    /// The month's quota is the sum of what each of its days owes, rounded once.
    private func terms() -> [String] {
        subscriptions.indices.compactMap { index in
            guard let start = subscriptions[index].currentMonthStart,
                let target = subscriptions[index].currentMonthTarget,
                let day = Fraction(1, Int64(start.calendarMonth.numberOfDays))
            else { return nil }
            let owed = day.of(quotas[index].values.reduce(0, +))
            return owed == target ? nil : "subscription \(index + 1) owes \(target) articles, its days \(owed)"
        }
    }

    private func mrr() throws -> [String] {
        var changes: [Currency: [MRR.Change]] = [:]
        for index in subscriptions.indices {
            let currency = subscriptions[index].monthlyPrice.currency
            let half = movements[index].count / 2
            let before = try movements[index].prefix(half).total(in: currency)
            let after = try movements[index].total(in: currency)
            changes[currency, default: []].append(
                MRR.Change(before: before, after: after, wasActiveEarlier: half > 0)
            )
        }
        return try changes.compactMap { currency, changes in
            let end = try MRR(of: changes, in: currency).end
            let prices = try subscriptions.filter { $0.status == .active && $0.monthlyPrice.currency == currency }
                .map(\.monthlyPrice).total(in: currency)
            return end == prices ? nil : "MRR ends at \(end), active prices are \(prices)"
        }
    }

    /// What the gateway holds is what the books say it holds, and it took no invoice's money twice.
    private func money(_ gateway: HistoryGateway) -> [String] {
        var wrong: [String] = []
        var held = sums(Array(gateway.paid.values))
        for (currency, amount) in gateway.refunded { held[currency, default: 0] -= amount }
        let cash = balance(.cashStripe) { _ in true }
        let fees = balance(.gatewayFees) { _ in true }
        let booked = cash.merging(fees) { $0 + $1 }.filter { $0.value != 0 }
        if booked != held.filter({ $0.value != 0 }) {
            wrong.append("the gateway holds \(held), the books say \(booked)")
        }
        for (index, amount) in gateway.paid {
            let card = payments.filter {
                $0.invoiceID == invoices[index].id && $0.kind == .stripe && $0.status.isSettled
            }
            if card.count != 1 || card.first?.amount != amount {
                wrong.append("invoice \(index + 1) was charged \(amount)")
            }
        }
        return wrong
    }
}
