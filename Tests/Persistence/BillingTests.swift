import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Billing", .timeLimit(.minutes(3))) struct BillingTests {
    @Test("numbers have no gap after 50 parallel issues of which every third is rolled back")
    func gaplessNumbers() async throws {
        try await Fixture.with { fixture in
            struct ChangedMind: Error {}
            let numbers = try await withThrowingTaskGroup(of: Int?.self) { group in
                for attempt in 0..<50 {
                    group.addTask {
                        let client = attempt.isMultiple(of: 2) ? fixture.one : fixture.other
                        do {
                            return try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                                let invoice = try await Fixture.issue(client, month: attempt, in: tx)
                                if attempt.isMultiple(of: 3) { throw ChangedMind() }
                                return invoice.number?.sequence
                            }
                        } catch is ChangedMind {
                            return nil
                        }
                    }
                }
                return try await group.reduce(into: [Int]()) { numbers, number in
                    if let number { numbers.append(number) }
                }
            }
            #expect(numbers.sorted() == Array(1...33))
            let report = try await fixture.store.read(as: Fixture.system, actor: "test") {
                try await LedgerCheck.run(in: $0)
            }
            #expect(report.findings == [])
        }
    }

    @Test("a period is invoiced once, and one that overlaps it never")
    func periodOnce() async throws {
        try await Fixture.with { fixture in
            let october = try Fixture.month(0)
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                _ = try await Fixture.issue(fixture.one, month: 0, in: tx)
                await #expect(throws: PeriodInvoiced.self) {
                    _ = try await Invoices.create(try Fixture.draft(fixture.one, october), in: tx)
                }
                // The transaction can go on.
                _ = try await Fixture.issue(fixture.one, month: 1, in: tx)
            }
            let late = Proration(startingOn: october.from.adding(days: 20))
            let error = await failure {
                try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                    _ = try await Invoices.create(try Fixture.draft(fixture.one, late), in: tx)
                }
            }
            #expect((error as? PostgresError)?.constraint == "igny8_invoices_period_once")
        }
    }

    @Test("50 that invoice the same period at once make one invoice")
    func periodOnceInParallel() async throws {
        try await Fixture.with { fixture in
            let created = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        do {
                            return try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                                _ = try await Fixture.issue(fixture.one, month: 0, in: tx)
                                return 1
                            }
                        } catch is PeriodInvoiced {
                            return 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(created == 1)
        }
    }

    @Test("an issued invoice does not change, whoever tries")
    func immutableInvoice() async throws {
        try await Fixture.with { fixture in
            let invoice = try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                try await Fixture.issue(fixture.one, month: 0, in: tx)
            }
            let id = invoice.id.rawValue
            let attempts: [SQL] = [
                "update igny8_invoices set total = total + 1, net = net + 1 where id = \(id)",
                "update igny8_invoices set number = 'IG-2026-000009' where id = \(id)",
                "update igny8_invoices set buyer = '{}' where id = \(id)",
                "update igny8_invoices set period_end = period_end + 1 where id = \(id)",
                "update igny8_invoices set account_id = \(fixture.other.account.id.rawValue) where id = \(id)",
                "update igny8_invoices set status = 'draft' where id = \(id)",
                "delete from igny8_invoices where id = \(id)",
                "update igny8_invoice_lines set net = 1 where invoice_id = \(id)",
                "delete from igny8_invoice_lines where invoice_id = \(id)",
                """
                insert into igny8_invoice_lines (account_id, invoice_id, position, kind, description, unit_price, net)
                values (\(fixture.one.account.id.rawValue), \(id), 2, 'other', 'more', 1, 1)
                """,
                "truncate igny8_invoice_lines cascade",
            ]
            for attempt in attempts {
                for database in [fixture.test.owner, fixture.test.service] {
                    let error = await failure {
                        _ = try await database.batch([attempt], settings: Fixture.system.settings(actor: "test"))
                    }
                    let known: [SQLState?] = [
                        SQLState(rawValue: "23001"), .insufficientPrivilege, .checkViolation, .foreignKeyViolation,
                    ]
                    #expect(known.contains(state(of: error)), "\(attempt): \(String(describing: error))")
                }
            }
        }
    }

    @Test("a draft whose lines do not add up to it is not issued")
    func linesMustAddUp() async throws {
        try await Fixture.with { fixture in
            let error = await failure {
                try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                    var invoice = try await Invoices.create(
                        try Fixture.draft(fixture.one, try Fixture.month(0)),
                        in: tx
                    )
                    let id = invoice.id.rawValue
                    try await tx.query("update igny8_invoices set net = net - 1, total = total - 1 where id = \(id)")
                    invoice = try #require(try await Invoices.find(invoice.id, for: Fixture.system, in: tx))
                    try await Invoices.issue(&invoice, at: Fixture.moment, on: Fixture.day, in: tx)
                }
            }
            #expect((error as? PostgresError)?.constraint == "igny8_invoices_lines_add_up")
        }
    }

    @Test("what was stored of an invoice is what is read")
    func roundTrip() async throws {
        try await Fixture.with { fixture in
            let (stored, read) = try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                let served = Proration(startingOn: try Fixture.month(0).from.adding(days: 16))
                var invoice = try await Invoices.create(try Fixture.draft(fixture.one, served), in: tx)
                try await Invoices.issue(&invoice, at: Fixture.moment, on: Fixture.day, in: tx)
                invoice.value.attemptFailed(at: Fixture.moment, next: Fixture.moment.addingTimeInterval(86_400))
                invoice.value.providerReference = "in_1"
                try await Invoices.save(&invoice, in: tx)
                let number = try #require(invoice.number)
                return (invoice, try await Invoices.find(number, for: fixture.one.tenant, in: tx))
            }
            #expect(read == stored)
            #expect(stored.number?.description == "IG-2026-000001")
            #expect(stored.lines.count == 1 && stored.lines[0].served == stored.served)
        }
    }

    @Test("refunds never exceed what was captured, however many are asked for at once")
    func refundsWithinPayment() async throws {
        try await Fixture.with { fixture in
            let payment = try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                var invoice = try await Fixture.issue(fixture.one, month: 0, in: tx)
                return try await Fixture.pay(&invoice, in: tx)
            }
            #expect(payment.amount.decimalString == "399.00")
            let granted = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            return try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                                _ = try await Refunds.create(
                                    of: payment.value,
                                    amount: Money(minor: 10_000, currency: .usd),
                                    reason: "test",
                                    on: Fixture.day,
                                    in: tx
                                )
                                return 1
                            }
                        } catch is RefundExceedsPayment {
                            return 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(granted == 3)
            let refunded = try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                var refunds = try await Refunds.all(of: [payment.id], for: Fixture.system, in: tx)
                #expect(refunds.map(\.number) == ["IG-R-2026-000001", "IG-R-2026-000002", "IG-R-2026-000003"])
                refunds[0].value.status = .failed
                try await Refunds.save(&refunds[0], in: tx)
                return try await Payments.find(payment.id, for: Fixture.system, in: tx)?.refunded
            }
            #expect(refunded == Money(minor: 20_000, currency: .usd), "a refund that failed gives its amount free")
        }
    }

    @Test("credit notes never exceed their invoice")
    func creditNotesWithinInvoice() async throws {
        try await Fixture.with { fixture in
            let usd = { (minor: Int64) in Money(minor: minor, currency: .usd) }
            let invoice = try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                var invoice = try await Fixture.issue(fixture.one, month: 0, in: tx)
                let note = try await Fixture.credit(usd(10_000), on: &invoice, in: tx)
                #expect(note.number == "IG-C-2026-000001")
                #expect(note.appliedToDue == usd(10_000) && note.excess == usd(0))
                #expect(invoice.due == usd(29_900))
                return invoice
            }
            let error = await failure {
                try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                    var invoice = try #require(try await Invoices.find(invoice.id, for: Fixture.system, in: tx))
                    let tooMuch = CreditNoteLine(
                        position: 1,
                        kind: .managedPro,
                        net: usd(29_901),
                        taxRate: .zero,
                        tax: usd(0)
                    )
                    // The domain refuses it; the database would, too.
                    #expect(throws: AmountExceedsDue.self) {
                        var copy = invoice.value
                        _ = try copy.apply(credit: usd(29_901), at: Fixture.moment)
                    }
                    try await tx.query("update igny8_invoices set credited = 0 where id = \(invoice.id.rawValue)")
                    invoice = try #require(try await Invoices.find(invoice.id, for: Fixture.system, in: tx))
                    _ = try await CreditNotes.issue(
                        [tooMuch],
                        on: &invoice,
                        reason: "too much",
                        at: Fixture.moment,
                        on: Fixture.day,
                        in: tx
                    )
                }
            }
            #expect((error as? PostgresError)?.constraint == "igny8_credit_notes_within")
            let report = try await fixture.store.read(as: Fixture.system, actor: "test") {
                try await LedgerCheck.run(in: $0)
            }
            #expect(report.findings == [])
        }
    }

    @Test("one attempt at a time is under way for an invoice")
    func oneAttempt() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                let invoice = try await Fixture.issue(fixture.one, month: 0, in: tx)
                let number = try #require(invoice.number)
                func attempt(_ count: Int) -> Payment {
                    Payment(
                        accountID: invoice.accountID,
                        invoiceID: invoice.id,
                        methodID: nil,
                        kind: .stripe,
                        attempt: count,
                        idempotencyKey: AttemptKey(paying: number, attempt: count),
                        amount: invoice.due,
                        createdAt: Fixture.moment
                    )
                }
                var first = try await Payments.create(attempt(1), in: tx)
                await #expect(throws: AttemptUnderWay.self) { _ = try await Payments.create(attempt(2), in: tx) }
                try first.value.fail(
                    Decline(code: "insufficient_funds", message: "no money"),
                    reference: "pi_1",
                    at: Fixture.moment
                )
                try await Payments.save(&first, in: tx)
                #expect(try await Payments.nextAttempt(of: invoice.id, in: tx) == 2)
                _ = try await Payments.create(attempt(2), in: tx)
                let all = try await Payments.all(of: invoice.id, for: fixture.one.tenant, in: tx)
                #expect(all.first == first && all.map(\.attempt) == [1, 2])
            }
        }
    }

    @Test("the first way to pay is the default; another takes its place when it is removed")
    func paymentMethods() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                let account = fixture.one.account.id
                func add(_ reference: String) async throws -> Stored<PaymentMethod> {
                    try await PaymentMethods.add(
                        account: account,
                        kind: .stripe,
                        providerReference: reference,
                        displayName: "Visa ending in 4242",
                        face: .init(brand: "visa", last4: "4242", expiresMonth: 12, expiresYear: 2030),
                        isVerified: true,
                        in: tx
                    )
                }
                let first = try await add("pm_1")
                let second = try await add("pm_2")
                let again = try await add("pm_2")
                #expect(first.isDefault && !second.isDefault && again.id == second.id)
                try await PaymentMethods.setDefault(second.id, of: account, in: tx)
                #expect(try await PaymentMethods.standard(of: account, in: tx)?.id == second.id)
                #expect(try await PaymentMethods.remove(second.id, of: account, in: tx))
                #expect(try await PaymentMethods.standard(of: account, in: tx)?.id == first.id)
                #expect(try await PaymentMethods.find(second.id, for: fixture.one.tenant, in: tx) == nil)
            }
        }
    }

    @Test("a webhook event is stored once and waits until its effect is taken")
    func webhooks() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                func store() async throws -> (id: Int64, isNew: Bool) {
                    try await WebhookEvents.store(
                        provider: .stripe,
                        eventID: "evt_1",
                        type: "invoice.paid",
                        objectID: "in_1",
                        payload: Array(#"{"id": "evt_1"}"#.utf8),
                        occurredAt: Fixture.moment,
                        in: tx
                    )
                }
                let (first, again) = (try await store(), try await store())
                #expect(first.isNew && !again.isNew && first.id == again.id)
                #expect(try await WebhookEvents.waiting(in: tx) == [first.id])
                let event = try #require(try await WebhookEvents.take(first.id, in: tx))
                #expect(event.payload == ["id": "evt_1"] && event.processedAt == nil)
                try await WebhookEvents.finish(first.id, .applied, account: fixture.one.account.id, in: tx)
                #expect(try await WebhookEvents.waiting(in: tx).isEmpty)
            }
        }
    }

    @Test("MRR moves with status and price, and start and movements give the end")
    func mrr() async throws {
        try await Fixture.with { fixture in
            let zone = fixture.one.account.timeZone
            let start = Fixture.moment
            try await BusinessClock.freeze(at: start, in: fixture.test.service)
            var one = fixture.one.subscription
            var other = fixture.other.subscription
            func save(_ subscription: inout Stored<ManagedSubscription>) async throws {
                subscription = try await fixture.store.transaction(as: Fixture.system, actor: "test") {
                    [subscription] tx in
                    var saved = subscription
                    try await ManagedSubscriptions.save(&saved, in: tx)
                    return saved
                }
            }
            try one.value.activate(at: start, in: zone)
            try await save(&one)
            try other.value.activate(at: start, in: zone)
            try await save(&other)
            let second = start.addingTimeInterval(86_400)
            try await BusinessClock.advance(to: second, in: fixture.test.service)
            try one.value.pause(at: second)
            try await save(&one)
            let third = second.addingTimeInterval(86_400)
            try await BusinessClock.advance(to: third, in: fixture.test.service)
            try one.value.resume(at: third, in: zone)
            try await save(&one)
            try other.value.cancel(at: third)
            try await save(&other)
            let figures = try await fixture.store.read(as: Fixture.system, actor: "test") { tx in
                (
                    try await MRRMovements.figures(from: start, until: second, for: Fixture.system, in: tx),
                    try await MRRMovements.figures(
                        from: third,
                        until: third.addingTimeInterval(1),
                        for: Fixture.system,
                        in: tx
                    )
                )
            }
            let first = try #require(figures.0.first)
            #expect(first.new == Money(minor: 79_800, currency: .usd) && first.end == first.new)
            let last = try #require(figures.1.first)
            #expect(last.start == Money(minor: 39_900, currency: .usd))
            #expect(last.reactivation == Money(minor: 39_900, currency: .usd))
            #expect(last.churn == Money(minor: 39_900, currency: .usd))
            #expect(try last.expectedEnd() == last.end)
        }
    }
}
