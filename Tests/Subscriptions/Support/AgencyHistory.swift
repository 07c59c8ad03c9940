import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import TestSupport
import Testing

@testable import Subscriptions

/// A random life of an agency over the real database, tasks and queue, by its seed. The random months of the domain's own
/// tests (`History`) hold the rules to ten thousand; these hold the statements, locks and jobs to the same invariants.
struct AgencyHistory {
    let agency: Agency
    private var chance: Chance
    private var clients: [Account.ID] = []
    private var names = 0
    private var events = 0
    private var now: Date

    private static let zones = [
        "Pacific/Pago_Pago", "Pacific/Kiritimati", "Europe/London", "America/Havana", "Asia/Kathmandu",
        "Australia/Lord_Howe", "Africa/Cairo",
    ]

    init(_ agency: Agency, seed: Int) async throws {
        self.agency = agency
        chance = Chance(seed)
        now = try await agency.transaction { tx in try await BusinessClock.now(in: tx) }
        _ = try await agency.transaction { tx in
            try await tx.query(
                """
                insert into igny8_tax_rates (country, name, rate, valid_from, valid_until)
                values ('GB', 'VAT', 0.2, '2026-01-01', '2026-11-05'), ('GB', 'VAT', 0.175, '2026-11-05', null)
                """
            )
        }
        for _ in 0..<chance.roll(1...2) { try await sell() }
        for _ in 0..<2 { try await sell(to: clients.randomElement(using: &chance)) }
    }

    /// Every statement that writes a row of the books fails one time in so many, as in a collision that is tried again:
    /// its transaction is undone wherever it stood, and done again.
    static func collide(_ agency: Agency, oneIn sides: Int) async throws {
        try await agency.test.owner.query(
            """
            create function collide() returns trigger language plpgsql as $$
            begin
                if random() < 1.0 / \(unsafeRaw: String(sides)) then
                    raise exception 'collided' using errcode = 'serialization_failure';
                end if;
                return null;
            end $$
            """
        )
        for table in [
            "igny8_managed_service_subscriptions", "igny8_invoices", "igny8_invoice_lines", "igny8_payments",
            "igny8_credit_notes", "igny8_credit_note_lines", "igny8_ledger_entries", "igny8_customer_credits",
        ] {
            try await agency.test.owner.query(
                """
                create trigger collide after insert or update on \(identifier: table)
                for each statement execute function collide()
                """
            )
        }
    }

    /// About thirty days: a handful of happenings, the clock moved on by days at once, so that runs are late and catch up.
    mutating func month() async throws {
        let end = now.addingTimeInterval(30 * 86_400)
        while now < end {
            for _ in 0..<chance.roll(0...2) { try await happen() }
            now = now.addingTimeInterval(Double(chance.roll(100_000...700_000)))
            let moment = now
            _ = try await agency.transaction { tx in try await BusinessClock.advance(to: moment, in: tx) }
            if chance.isOne(in: 3) { try await happen() }
            try await agency.settle()
        }
        // What was ordered for a minute from now happens too, and slow banks pay in the end.
        now = now.addingTimeInterval(120)
        let rest = now
        _ = try await agency.transaction { tx in try await BusinessClock.advance(to: rest, in: tx) }
        try await agency.settle()
        for invoice in try await invoices("status = 'pending'") {
            if let number = invoice.number { try await arrive(number) }
        }
        try await agency.settle()
    }

    // MARK: What happens

    private mutating func happen() async throws {
        do {
            switch chance.roll(1...16) {
            case 1: try await sell(to: clients.randomElement(using: &chance))
            case 2, 3: try await pauseOrResume()
            case 4: try await cancel()
            case 5...7: try await change()
            case 8, 9: try await credit()
            case 10: try await close { tx, invoice, day in try await Invoices.void(&invoice, on: day, in: tx) }
            case 11: try await close { tx, invoice, day in try await Invoices.writeOff(&invoice, on: day, in: tx) }
            case 12: try await receive()
            case 13: try await move()
            case 14: try await bank()
            case 15: try await tell()
            default: try await again()
            }
        } catch is IllegalTransition {
        } catch is BillingDue {
        } catch is AmountExceedsDue {
        } catch is CreditExceedsInvoice {
        } catch is AttemptUnderWay {
        } catch is MRRError {
            Issue.record("MRR does not add up")
        }
    }

    private mutating func sell(to existing: Account.ID? = nil) async throws {
        names += 1
        let name = "c\(names)"
        let (zone, country) = (chance.pick(Self.zones), chance.isOne(in: 2) ? "GB" : nil)
        let price = Money(minor: Int64(chance.isOne(in: 10) ? 0 : chance.roll(1...60_000)), currency: .usd)
        let articles = chance.roll(0...40)
        let account = try await agency.transaction { tx in
            let account: Account.ID
            if let existing {
                account = existing
            } else {
                account = try await Accounts.create(
                    name: name,
                    plan: .scale,
                    timeZoneName: zone,
                    currency: .usd,
                    billingEmail: try #require(EmailAddress("billing@\(name).example")),
                    in: tx
                ).id
                try await Accounts.save(billing: BillingDetails(country: country), of: account, in: tx)
            }
            let industry = try #require(try await Industries.all(in: tx).first)
            let site = try await Sites.create(
                account: account,
                domain: try #require(Domain("\(name).example")),
                name: name,
                url: "https://\(name).example/",
                industry: industry.id,
                in: tx
            )
            var subscription = try await ManagedSubscriptions.create(
                account: account,
                site: site.id,
                tier: .pro,
                monthlyPrice: price,
                articlesPerMonth: articles,
                serviceConfig: .defaults(for: .pro),
                in: tx
            )
            let now = try await BusinessClock.now(in: tx)
            let zone = try #require(try await Accounts.find(account, for: Agency.system, in: tx)).timeZone
            try subscription.value.activate(at: now, in: zone)
            try await ManagedSubscriptions.save(&subscription, in: tx)
            try await agency.producer.enqueue(SubscriptionsJobs.bill(at: now.addingTimeInterval(60)), in: tx)
            return account
        }
        guard existing == nil else { return }
        clients.append(account)
        guard !chance.isOne(in: 5) else { return }
        try await card(of: account)
    }

    private mutating func card(of account: Account.ID) async throws {
        names += 1
        let reference = "pm_\(names)"
        try await agency.transaction { tx in
            let method = try await PaymentMethods.add(
                account: account,
                kind: .stripe,
                providerReference: reference,
                displayName: "Card",
                isVerified: false,
                makeDefault: true,
                in: tx
            )
            let job = SubscriptionsJobs.registerPaymentMethod(method.id.rawValue, account: account)
            try await agency.producer.enqueue(job, in: tx)
        }
    }

    /// Another card, whose bank may say no, or a charge that goes wrong on its way.
    private mutating func bank() async throws {
        if chance.isOne(in: 2) {
            agency.stripe.fail(chance.pick([.lostAnswer, .keySpent, .slowBank, .lostAnswer]))
            return
        }
        guard let account = clients.randomElement(using: &chance) else { return }
        let next = "pm_\(names + 1)"
        switch chance.roll(1...3) {
        case 1: agency.stripe.set(next, .declines("insufficient_funds"))
        case 2: agency.stripe.set(next, .declines("stolen_card"))
        default: break
        }
        try await card(of: account)
    }

    private mutating func subscription(_ states: [String]) async throws -> ManagedSubscription.ID? {
        let ids = try await agency.transaction { tx in
            try await tx.query(
                "select id from igny8_managed_service_subscriptions where status = any(\(states)) order by id"
            ).map { row in try ManagedSubscription.ID(row.decode("id")) }
        }
        return ids.randomElement(using: &chance)
    }

    /// Runs a change of a subscription as a route does: its row held, at one moment of its account's zone.
    private func change(
        _ id: ManagedSubscription.ID?,
        _ body: @Sendable (PostgresTransaction, inout Stored<ManagedSubscription>, Account, Date) async throws -> Void
    ) async throws {
        guard let id else { return }
        try await agency.transaction { tx in
            guard
                var subscription = try await ManagedSubscriptions.find(
                    id,
                    for: Agency.system,
                    lock: .forUpdate,
                    in: tx
                ),
                let account = try await Accounts.find(subscription.accountID, for: Agency.system, in: tx)
            else { return }
            try await body(tx, &subscription, account.value, BusinessClock.now(in: tx))
        }
    }

    private mutating func pauseOrResume() async throws {
        let producer = agency.producer
        try await change(try await subscription(["active", "paused"])) { tx, subscription, account, now in
            if subscription.status == .active {
                try subscription.value.pause(at: now)
            } else {
                let today = CalendarDay(of: now, in: account.timeZone)
                try subscription.value.requireInvoiced(on: today, in: account.timeZone)
                try subscription.value.resume(at: now, in: account.timeZone)
                try await producer.enqueue(SubscriptionsJobs.bill(at: now.addingTimeInterval(60)), in: tx)
            }
            try await ManagedSubscriptions.save(&subscription, in: tx)
        }
    }

    private mutating func cancel() async throws {
        let (isAtOnce, producer) = (chance.isOne(in: 2), agency.producer)
        guard chance.isOne(in: 2) else { return }
        try await change(try await subscription(["active", "paused"])) { tx, subscription, account, now in
            let today = CalendarDay(of: now, in: account.timeZone)
            try subscription.value.requireInvoiced(on: today, in: account.timeZone)
            if isAtOnce {
                try subscription.value.cancel(at: now)
            } else {
                try subscription.value.cancelAtPeriodEnd(at: now, in: account.timeZone)
            }
            try await ManagedSubscriptions.save(&subscription, in: tx)
            guard subscription.status == .cancelled else { return }
            let notes = try await UnusedDays.credit(
                subscription.id,
                from: today,
                at: now,
                reason: "service cancelled",
                for: Agency.system,
                in: tx
            )
            for note in notes {
                let job = SubscriptionsJobs.followUpInvoice(note.invoiceID.rawValue, account: account.id)
                try await producer.enqueue(job, in: tx)
            }
        }
    }

    /// A change of terms, previewed and applied in one transaction: what is done is what was reckoned.
    private mutating func change() async throws {
        let terms = ServiceTerms(
            tier: chance.pick([.lite, .pro]),
            monthlyPrice: Money(minor: Int64(chance.roll(0...60_000)), currency: .usd),
            articlesPerMonth: chance.roll(0...40)
        )
        let (timing, producer) = (chance.pick([SubscriptionChange.Timing.now, .now, .nextPeriod]), agency.producer)
        try await change(try await subscription(["active", "paused"])) { tx, subscription, account, now in
            let domain = try #require(
                try await Sites.find(subscription.siteID, for: Agency.system, in: tx)
            ).domain
            let preview = try await SubscriptionChanges.reckon(
                subscription.value,
                to: terms,
                timing,
                account: account,
                domain: domain,
                at: now,
                in: tx
            )
            let invoice = try await SubscriptionChanges.apply(
                preview,
                to: &subscription,
                account: account,
                domain: domain,
                at: now,
                in: tx
            )
            #expect((invoice?.value.due ?? .zero(.usd)) == preview.dueNow)
            #expect((invoice?.total ?? .zero(.usd)) == preview.invoiced)
            #expect(subscription.currentMonthTarget == preview.targetAfter)
            if let invoice {
                let job = SubscriptionsJobs.collectPayment(invoice.id.rawValue, account: account.id)
                try await producer.enqueue(job, in: tx)
            }
        }
    }

    private func invoices(_ condition: SQL) async throws -> [Invoice] {
        let ids = try await agency.transaction { tx in
            try await tx.query(
                "select id from igny8_invoices where number is not null and \(fragment: condition) order by id"
            ).map { row in try Invoice.ID(row.decode("id")) }
        }
        var found: [Invoice] = []
        for id in ids {
            let invoice = try await agency.transaction { tx in
                try await Invoices.find(id, for: Agency.system, in: tx)
            }
            if let invoice { found.append(invoice.value) }
        }
        return found
    }

    /// Changes an invoice as staff do, and orders what follows.
    private func desk(
        _ id: Invoice.ID,
        _ body: @Sendable (PostgresTransaction, inout Stored<Invoice>, Date, CalendarDay) async throws -> Void
    ) async throws {
        try await agency.transaction { tx in
            var invoice = try #require(try await Invoices.find(id, for: Agency.system, lock: .forUpdate, in: tx))
            let account = try #require(try await Accounts.find(invoice.accountID, for: Agency.system, in: tx))
            let now = try await BusinessClock.now(in: tx)
            try await body(tx, &invoice, now, CalendarDay(of: now, in: account.timeZone))
            let job = SubscriptionsJobs.followUpInvoice(id.rawValue, account: account.id)
            try await agency.producer.enqueue(job, in: tx)
        }
    }

    private mutating func credit() async throws {
        let creditable = try await invoices("status in ('pending', 'paid', 'uncollectible')")
        guard let invoice = creditable.randomElement(using: &chance) else { return }
        let share = chance.roll(1...100)
        try await desk(invoice.id) { tx, invoice, now, today in
            let credits = try await CreditNotes.lines(of: [invoice.id], in: tx)[invoice.id] ?? []
            let left = try Creditable(invoice.value, less: credits)
            let amount = Money(minor: left.total.minor * Int64(share) / 100, currency: .usd)
            _ = try await CreditNotes.issue(
                left.amount(amount),
                on: &invoice,
                reason: "goodwill",
                at: now,
                on: today,
                in: tx
            )
        }
    }

    private mutating func close(
        _ body: @escaping @Sendable (PostgresTransaction, inout Stored<Invoice>, CalendarDay) async throws -> Void
    ) async throws {
        let owed = try await invoices("status = 'pending' and due > 0")
        guard let invoice = owed.randomElement(using: &chance) else { return }
        try await desk(invoice.id) { tx, invoice, _, today in try await body(tx, &invoice, today) }
    }

    private mutating func receive() async throws {
        let owed = try await invoices("status in ('pending', 'uncollectible') and due > 0")
        guard let invoice = owed.randomElement(using: &chance), let number = invoice.number else { return }
        let isPart = chance.isOne(in: 3)
        try await desk(invoice.id) { tx, invoice, now, today in
            let due = invoice.value.due
            let amount = isPart ? Money(minor: max(1, due.minor / 3), currency: .usd) : due
            guard amount.isPositive else { return }
            try await Invoices.receive(
                amount,
                on: &invoice,
                number,
                by: .bank,
                reference: nil,
                at: now,
                on: today,
                in: tx
            )
        }
    }

    private mutating func move() async throws {
        guard let account = clients.randomElement(using: &chance) else { return }
        let zone = chance.pick(Self.zones)
        try await agency.transaction { tx in
            try await tx.query("update igny8_accounts set time_zone = \(zone) where id = \(account.rawValue)")
            let soon = try await BusinessClock.now(in: tx).addingTimeInterval(60)
            try await agency.producer.enqueue(SubscriptionsJobs.afterMove(of: account, at: soon), in: tx)
        }
    }

    /// Events about invoices, in any order and any number of times.
    private mutating func tell() async throws {
        var numbers = try await invoices("true").compactMap(\.number)
        numbers.shuffle(using: &chance)
        for number in numbers.prefix(3) {
            for _ in 0..<chance.roll(1...3) {
                try await receive(chance.pick(["invoice.paid", "invoice.payment_failed"]), number)
            }
        }
    }

    private mutating func arrive(_ number: InvoiceNumber) async throws {
        guard agency.stripe.debits[number.description] == nil else { return }
        let isProcessing = try await agency.count(
            """
            select count(*) from igny8_payments payment join igny8_invoices invoice on invoice.id = payment.invoice_id
            where invoice.number = \(number.description) and payment.status = 'processing'
            """
        )
        guard isProcessing > 0 else { return }
        agency.stripe.arrive(number.description)
        try await receive("invoice.paid", number)
    }

    private mutating func receive(_ type: String, _ number: InvoiceNumber) async throws {
        events += chance.isOne(in: 3) ? 0 : 1
        let id = "evt_\(events)"
        let payload: JSONValue = [
            "id": .string(id), "type": .string(type), "data": ["object": ["id": .string("in_\(number)")]],
        ]
        let bytes = try Array(JSONEncoder().encode(payload))
        try await agency.transaction { tx in
            let event = try await WebhookEvents.store(
                provider: .stripe,
                eventID: id,
                type: type,
                objectID: nil,
                payload: bytes,
                occurredAt: nil,
                in: tx
            )
            try await agency.producer.enqueue(SubscriptionsJobs.processWebhook(event.id), in: tx)
        }
    }

    /// Everything that runs by a schedule, ordered again, twice at once.
    private mutating func again() async throws {
        events += 1
        let (count, now) = (Double(events), now)
        try await agency.enqueue(
            SubscriptionsJobs.bill(at: now.addingTimeInterval(-count)),
            SubscriptionsJobs.bill(at: now.addingTimeInterval(-count - 0.5 * 86_400))
        )
        try await agency.enqueue(
            SubscriptionsJobs.earnRevenue(at: now.addingTimeInterval(-count)),
            SubscriptionsJobs.earnRevenue(at: now.addingTimeInterval(-count - 0.5 * 86_400))
        )
    }

    /// Does everything that was ever done once more.
    mutating func replay() async throws {
        try await again()
        for invoice in try await invoices("status <> 'pending'") {
            try await agency.enqueue(
                .collect(invoice.id, of: invoice.accountID, because: "replay"),
                SubscriptionsJobs.followUpInvoice(invoice.id.rawValue, account: invoice.accountID)
            )
        }
        let events = try await agency.transaction { tx in
            try await tx.query("select id from igny8_webhook_events order by id desc")
                .map { row in try row.decode("id", as: Int64.self) }
        }
        for event in events { try await agency.enqueue(SubscriptionsJobs.processWebhook(event)) }
        try await agency.settle()
    }
}

/// A seeded generator (SplitMix64), so that a failing history can be had again by its number.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    mutating func pick<Item>(_ items: [Item]) -> Item { items[roll(0...items.count - 1)] }
    mutating func isOne(in sides: Int) -> Bool { roll(1...sides) == 1 }
}
