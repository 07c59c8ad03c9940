import DomainModel
import Foundation

/// A random life of an agency's clients: subscriptions that begin, change, pause and end in any zone, cards that decline,
/// runs that are late or done twice, money that comes in any order, and a process that dies at any statement. A history is
/// its seed: the same seed is the same life.
struct History {
    static let domain = Domain("client.example")!
    static let zones = [
        "Pacific/Pago_Pago", "Pacific/Kiritimati", "Pacific/Apia", "Europe/London", "America/New_York",
        "America/Havana", "America/Sao_Paulo", "Asia/Kathmandu", "Asia/Beirut", "Africa/Cairo",
        "Australia/Lord_Howe", "UTC",
    ].compactMap { TimeZone(identifier: $0) }
    private static let rates = ["0", "0", "0.2", "0.0725", "0.19", "0.125"].compactMap { Ratio($0) }
    private static let currencies: [Currency] = [.usd, .usd, .jpy, .bhd, .eur]

    var books: HistoryBooks
    var gateway: HistoryGateway
    var dice: Dice
    private(set) var now: Date
    /// How often something was done twice, and how often the process died: a history without either proves less.
    private(set) var doubled = 0
    private(set) var crashes = 0

    init(seed: Int) throws {
        var dice = Dice(seed)
        now = Date(timeIntervalSince1970: Double(1_670_000_000 + dice.roll(0...200_000_000)))
        let clients = (0..<dice.roll(1...3)).map { _ in
            let currency = dice.pick(Self.currencies)
            return HistoryBooks.Client(
                currency: currency,
                zone: dice.pick(Self.zones),
                taxRate: dice.pick(Self.rates),
                hasCard: !dice.chance(5),
                credit: .zero(currency)
            )
        }
        books = HistoryBooks(clients: clients)
        gateway = HistoryGateway(banks: clients.map { _ in .pays })
        for client in clients.indices {
            for _ in 0..<dice.roll(1...2) { Self.sell(to: client, &books, &dice, at: now) }
        }
        self.dice = dice
    }

    /// Lives one calendar month and lets its end be quiet: every run has run, every notice has come.
    mutating func month() throws {
        let end = now.addingTimeInterval(Double(30 * 86_400 + dice.roll(0...86_400)))
        while now < end {
            // Mostly a day or two; now and then nothing runs for several days.
            now = now.addingTimeInterval(
                Double(dice.chance(8) ? dice.roll(200_000...500_000) : dice.roll(3_000...200_000))
            )
            for _ in 0..<dice.roll(0...2) { try happen() }
            if !dice.chance(4) { try work() }
        }
        gateway.arrive()
        for _ in 0..<3 { try work() }
        while !gateway.outbox.isEmpty { try hear() }
    }

    static func sell(to client: Int, _ books: inout HistoryBooks, _ dice: inout Dice, at now: Date) {
        let price = dice.chance(20) ? 0 : dice.roll(1...60_000)
        books.subscriptions.append(
            ManagedSubscription(
                id: ManagedSubscription.ID(Int64(books.subscriptions.count + 1)),
                accountID: Account.ID(Int64(client + 1)),
                siteID: Site.ID(Int64(books.subscriptions.count + 1)),
                tier: dice.pick([.lite, .pro]),
                monthlyPrice: Money(minor: Int64(price), currency: books.clients[client].currency),
                articlesPerMonth: dice.roll(0...60),
                serviceConfig: .defaults(for: .pro),
                createdAt: now
            )
        )
        books.movements.append([])
        books.quotas.append([:])
        books.spans.append([])
    }

    // MARK: Crashes

    /// Runs a transaction as the services do: all of it or nothing, again after a crash, and sometimes twice.
    /// - Parameter isRepeatable: whether doing it twice must change nothing, as with every task.
    mutating func transaction(
        isRepeatable: Bool = false,
        _ body: (inout HistoryBooks) throws -> Void
    ) throws {
        while true {
            var copy = books
            copy.fuse = dice.chance(5) ? dice.roll(1...14) : nil
            do {
                try body(&copy)
                copy.fuse = nil
            } catch is Crash {
                crashes += 1
                continue
            }
            books = copy
            break
        }
        guard isRepeatable, dice.chance(4) else { return }
        doubled += 1
        let before = books.fingerprint
        try body(&books)
        guard books.fingerprint == before else {
            throw HistoryFault("done twice, it changed \(before) to \(books.fingerprint)")
        }
    }

    // MARK: What the workers do

    /// One round of every task, in any order.
    mutating func work() throws {
        var tasks = [0, 1, 2, 3]
        tasks.shuffle(using: &dice)
        for task in tasks {
            switch task {
            case 0: try bill()
            case 1: try earn()
            case 2: try collect()
            default: try hear()
            }
        }
    }

    /// `process_managed_billing`.
    private mutating func bill() throws {
        let now = now
        for index in books.subscriptions.indices {
            try transaction(isRepeatable: true) { books in
                var subscription = books.subscriptions[index]
                let owner = books.client(of: index)
                let (today, zone) = (books.today(owner, now), books.clients[owner].zone)
                if subscription.beginMonth(today.calendarMonth) { books.serve(index, subscription) }
                while let served = subscription.dueProration(on: today, in: zone) {
                    let before = subscription.articlesPerMonth
                    subscription.adoptNextTerms(from: served)
                    if before != subscription.articlesPerMonth, let start = subscription.currentMonthStart {
                        let first = max(start, served.from)
                        if first.calendarMonth == start.calendarMonth {
                            books.owe(index, subscription.articlesPerMonth, from: first)
                        }
                    }
                    _ = try books.issue(subscription, served: served, at: now)
                    subscription.invoiced(served)
                }
                if subscription.endsBy(today) { try subscription.cancel(at: now) }
                if subscription != books.subscriptions[index] { try books.save(subscription, index, today: today) }
            }
        }
    }

    /// `earn_revenue`.
    private mutating func earn() throws {
        let now = now
        try transaction(isRepeatable: true) { books in
            for index in books.invoices.indices {
                let invoice = books.invoices[index]
                guard invoice.earnedOn == nil, [.pending, .paid, .uncollectible].contains(invoice.status),
                    let served = invoice.served, served.to <= books.today(books.client(of: invoice), now)
                else { continue }
                try books.earn(index)
            }
        }
    }

    /// `collect_payment`, for each attempt that is planned and due.
    private mutating func collect() throws {
        for plan in books.plans.filter({ $0.at <= now }).sorted(by: { ($0.at, $0.invoice) < ($1.at, $1.invoice) }) {
            try collect(plan)
        }
    }

    private mutating func collect(_ plan: HistoryBooks.Plan) throws {
        let now = now
        let index = plan.invoice
        try transaction { books in
            if books.underWay(index) == nil {
                try books.useCredit(index, at: now)
                try books.settled(index, at: now)
            }
            let invoice = books.invoices[index]
            let owner = books.client(of: invoice)
            guard invoice.status == .pending, invoice.due.isPositive, invoice.collection == .automatic,
                books.clients[owner].hasCard || books.underWay(index) != nil
            else {
                books.plans.remove(plan)
                return
            }
            guard books.underWay(index) == nil else { return }
            var payment = try books.attempt(at: index, amount: invoice.due, by: .stripe, status: .pending, at: now)
            try payment.send(at: now)
            try books.statement()
            books.payments.append(payment)
        }
        guard let open = books.underWay(index) else { return }
        let client = books.client(of: books.invoices[index])
        // The process may die before the call, or before it has heard the answer.
        if dice.chance(12) { return crashes += 1 }
        let answer = try gateway.charge(books.payments[open], invoice: index, client: client)
        if dice.chance(10) { return crashes += 1 }
        try transaction { books in
            books.plans.remove(plan)
            try Self.settle(answer, index, open, &books, at: now)
        }
    }

    /// `process_webhook`, in any order and any number of times.
    private mutating func hear() throws {
        let now = now
        gateway.outbox.shuffle(using: &dice)
        var told = gateway.outbox
        told += gateway.outbox.filter { _ in dice.chance(3) }
        gateway.outbox = []
        for notice in told {
            let isPaid = gateway.paid[notice.invoice] != nil
            try transaction(isRepeatable: true) { books in
                guard books.handled.insert(notice.id).inserted, isPaid else { return }
                let id = books.invoices[notice.invoice].id
                guard books.invoices[notice.invoice].status != .paid,
                    let payment = books.payments.lastIndex(where: { $0.invoiceID == id && $0.kind == .stripe })
                else { return }
                try Self.settle(.paid, notice.invoice, payment, &books, at: now)
            }
        }
    }

    /// `Office.settle`.
    private static func settle(
        _ answer: HistoryGateway.Answer,
        _ index: Int,
        _ payment: Int,
        _ books: inout HistoryBooks,
        at now: Date
    ) throws {
        let owner = books.client(of: books.invoices[index])
        switch answer {
        case .paid:
            guard !books.payments[payment].status.isSettled, books.payments[payment].status != .refunded else { return }
            let amount = books.payments[payment].amount
            let wasWrittenOff = books.invoices[index].status == .uncollectible
            let fee = Money(minor: min(amount.minor, 30), currency: amount.currency)
            try books.statement()
            try books.payments[payment].succeed(reference: "pi_\(index)", fee: fee, at: now)
            try books.invoices[index].receive(amount, at: now)
            try books.post(
                .paid(
                    books.invoices[index],
                    with: books.payments[payment],
                    wasWrittenOff: wasWrittenOff,
                    on: books.today(owner, now)
                )
            )
            try books.settled(index, at: now)
        case .processing:
            books.plans.insert(HistoryBooks.Plan(invoice: index, at: now.addingTimeInterval(86_400)))
        case .declined(let code):
            guard books.payments[payment].status == .processing else { return }
            let decline = Decline(code: code, message: "no")
            try books.statement()
            try books.payments[payment].fail(decline, reference: nil, at: now)
            guard books.invoices[index].status == .pending else { return }
            let zone = books.clients[owner].zone
            let today = CalendarDay(of: now, in: zone)
            let first = CalendarDay(of: books.invoices[index].firstFailedAt ?? now, in: zone)
            let next = DunningSchedule.standard.next(after: decline.severity, firstAttempt: first, today: today)
            var retryAt: Date?
            if case .retry(let day) = next {
                let moment = day.moment(hour: 10, in: zone)
                retryAt = moment
                books.plans.insert(HistoryBooks.Plan(invoice: index, at: moment))
            }
            books.invoices[index].attemptFailed(at: now, next: retryAt)
            guard next == .pauseService, let id = books.invoices[index].subscriptionID else { return }
            let subscription = Int(id.rawValue) - 1
            guard books.subscriptions[subscription].status == .active else { return }
            var changed = books.subscriptions[subscription]
            try changed.pause(at: now)
            books.pausedByDunning.insert(subscription)
            try books.save(changed, subscription, today: today)
        }
    }
}
