import DomainModel
import Foundation
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Invoices and terms in the hands of staff", .timeLimit(.minutes(3)))
struct InvoiceChangeTests {
    /// The first client's subscription, active since 17 September 2026, with its September invoiced.
    private struct Sold: Sendable {
        let gateway: TestGateway
        let invoice: Int64

        var path: String { "/api/v1/billing/invoices/\(invoice)" }
        var subscription: String { "/api/v1/services/subscriptions/\(gateway.people.one.subscription)" }
        var staff: Person { gateway.people.manager }

        func move(to moment: String) async throws {
            let moment = try Date(moment, strategy: .iso8601)
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                _ = try await BusinessClock.advance(to: moment, in: tx)
            }
        }

        /// Bills what is due of the subscription, as the worker does.
        @discardableResult
        func bill() async throws -> Int64 {
            let client = gateway.people.one
            return try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                var subscription = try #require(
                    try await ManagedSubscriptions.find(
                        client.subscription,
                        for: TestGateway.system,
                        lock: .forUpdate,
                        in: tx
                    )
                )
                let account = try #require(try await Accounts.find(client.account, for: TestGateway.system, in: tx))
                let now = try await BusinessClock.now(in: tx)
                let today = CalendarDay(of: now, in: account.timeZone)
                let served = try #require(subscription.value.dueProration(on: today, in: account.timeZone))
                subscription.value.adoptNextTerms(from: served)
                let invoice = try await ManagedInvoices.issue(
                    for: subscription.value,
                    of: account.value,
                    domain: try #require(Domain("one.example")),
                    served: served,
                    at: now,
                    in: tx
                )
                subscription.value.invoiced(served)
                try await ManagedSubscriptions.save(&subscription, in: tx)
                return invoice.id.rawValue
            }
        }

        func pay(_ invoice: Int64) async throws {
            let answer = try await gateway.send(
                .post,
                "/api/v1/billing/invoices/\(invoice)/mark-paid/",
                as: staff,
                ["reference": .string("statement \(invoice)")]
            )
            #expect(answer.status == 200, "\(answer.text)")
        }

        func expectBalancedBooks() async throws {
            let report = try await gateway.store.read(as: TestGateway.system, actor: "test") { tx in
                try await LedgerCheck.run(in: tx)
            }
            // The fixture's draft has no lines and no number; it is in no book.
            #expect(report.findings.isEmpty)
        }
    }

    private func open(taxed: Bool = false, _ body: @Sendable (Sold) async throws -> Void) async throws {
        try await TestGateway.with { gateway in
            let client = gateway.people.one
            let start = try Date("2026-09-17T08:00:00Z", strategy: .iso8601)
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try await BusinessClock.freeze(at: start, in: tx)
                if taxed {
                    try await tx.query(
                        "insert into igny8_tax_rates (country, name, rate, valid_from, valid_until) values ('GB', 'VAT', 0.2, '2026-01-01', '2026-10-01'), ('GB', 'VAT', 0.25, '2026-10-01', null)"
                    )
                    try await Accounts.save(billing: BillingDetails(country: "GB"), of: client.account, in: tx)
                }
                var subscription = try #require(
                    try await ManagedSubscriptions.find(client.subscription, for: TestGateway.system, in: tx)
                )
                try subscription.value.activate(at: start, in: try #require(TimeZone(identifier: "Europe/London")))
                try await ManagedSubscriptions.save(&subscription, in: tx)
            }
            var sold = Sold(gateway: gateway, invoice: 0)
            sold = Sold(gateway: gateway, invoice: try await sold.bill())
            try await body(sold)
        }
    }

    @Test("a credit note first lowers what is due; what it covers beyond becomes credit, and pays the next invoice")
    func creditNote() async throws {
        try await open { sold in
            let (gateway, staff) = (sold.gateway, sold.staff)
            let first = try await gateway.send(
                .post,
                "\(sold.path)/credit-note/",
                as: staff,
                ["reason": "late start", "amount": "86.20"]
            )
            #expect(first.status == 201, "\(first.text)")
            #expect(first.json["due"]?.string == "100.00" && first.json["credited"]?.string == "86.20")
            try await sold.pay(sold.invoice)
            let second = try await gateway.send(.post, "\(sold.path)/credit-note/", as: staff, ["reason": "goodwill"])
            let note = try #require(second.json["credit_notes"]?.array?.last)
            #expect(note["number"]?.string == "IG-C-2026-000002")
            #expect(note["applied_to_due"]?.string == "0.00" && note["excess"]?.string == "100.00")
            let more = try await gateway.send(.post, "\(sold.path)/credit-note/", as: staff, ["reason": "again"])
            #expect(more.status == 409, "nothing is left to credit")
            try await sold.move(to: "2026-10-01T08:00:00Z")
            let october = try await sold.bill()
            let next = try await gateway.send(
                .get,
                "/api/v1/billing/invoices/\(october)/",
                as: gateway.people.one.owner
            )
            #expect(next.json["total"]?.string == "399.00" && next.json["paid"]?.string == "100.00")
            #expect(next.json["due"]?.string == "299.00")
            try await sold.expectBalancedBooks()
        }
    }

    @Test("a credit note mirrors the rate of the original, though another rate holds by now")
    func originalRate() async throws {
        try await open(taxed: true) { sold in
            try await sold.move(to: "2026-10-05T08:00:00Z")
            let october = try await sold.bill()
            let answer = try await sold.gateway.send(
                .post,
                "\(sold.path)/credit-note/",
                as: sold.staff,
                ["reason": "goodwill", "lines": [["position": 1, "net": "100.00"]]]
            )
            let note = try #require(answer.json["credit_notes"]?.array?.first)
            #expect(note["net"]?.string == "100.00" && note["tax"]?.string == "20.00")
            let newer = try await sold.gateway.send(
                .post,
                "/api/v1/billing/invoices/\(october)/credit-note/",
                as: sold.staff,
                ["reason": "goodwill", "amount": "125.00"]
            )
            let second = try #require(newer.json["credit_notes"]?.array?.first)
            #expect(second["net"]?.string == "100.00" && second["tax"]?.string == "25.00")
            try await sold.expectBalancedBooks()
        }
    }

    @Test("an invoice is withdrawn only untouched; given up, it can still be paid")
    func voidAndGiveUp() async throws {
        try await open { sold in
            let (gateway, staff) = (sold.gateway, sold.staff)
            let part = try await gateway.send(
                .post,
                "\(sold.path)/mark-paid/",
                as: staff,
                ["amount": "6.20", "kind": "manual"]
            )
            #expect(part.json["status"]?.string == "pending" && part.json["due"]?.string == "180.00")
            #expect(try await gateway.send(.post, "\(sold.path)/void/", as: staff, [:]).status == 409)
            let lost = try await gateway.send(.post, "\(sold.path)/uncollectible/", as: staff, ["reason": "gone"])
            #expect(lost.json["status"]?.string == "uncollectible")
            try await sold.expectBalancedBooks()
            let tooMuch = try await gateway.send(.post, "\(sold.path)/mark-paid/", as: staff, ["amount": "180.01"])
            #expect(tooMuch.status == 409 && tooMuch.json["type"]?.string == "urn:igny8:problem:exceeds-due")
            try await sold.pay(sold.invoice)
            try await sold.move(to: "2026-10-01T08:00:00Z")
            let october = try await sold.bill()
            let path = "/api/v1/billing/invoices/\(october)/void/"
            #expect(try await gateway.send(.post, path, as: staff, [:]).json["status"]?.string == "void")
            #expect(try await gateway.send(.post, path, as: staff, [:]).status == 409)
            let follow: Int64 = try await gateway.value(
                "select count(*) from igny8_jobs where task = 'follow_up_invoice'"
            )
            #expect(follow == 4)
            try await sold.expectBalancedBooks()
        }
    }

    @Test("while an attempt is under way nothing is withdrawn or marked paid, and a credit lowers nothing")
    func attemptUnderWay() async throws {
        try await open { sold in
            let (gateway, staff) = (sold.gateway, sold.staff)
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                let invoice = try #require(
                    try await Invoices.find(Invoice.ID(sold.invoice), for: TestGateway.system, in: tx)
                )
                let number = try #require(invoice.number)
                _ = try await Payments.create(
                    Payment(
                        accountID: invoice.accountID,
                        invoiceID: invoice.id,
                        methodID: nil,
                        kind: .stripe,
                        attempt: 1,
                        idempotencyKey: AttemptKey(paying: number, attempt: 1),
                        amount: invoice.value.due,
                        createdAt: BusinessClock.now(in: tx)
                    ),
                    in: tx
                )
            }
            for call in ["void", "mark-paid"] {
                let answer = try await gateway.send(.post, "\(sold.path)/\(call)/", as: staff, [:])
                #expect(answer.json["type"]?.string == "urn:igny8:problem:attempt-under-way", "\(call)")
            }
            let credit = try await gateway.send(
                .post,
                "\(sold.path)/credit-note/",
                as: staff,
                ["reason": "goodwill", "amount": "50.00"]
            )
            #expect(credit.json["due"]?.string == "186.20")
            #expect(credit.json["credit_notes"]?.array?.first?["excess"]?.string == "50.00")
            try await sold.expectBalancedBooks()
        }
    }

    @Test("the excess of a credit note is refunded on the card that paid it, reserved before the gateway hears of it")
    func excessRefunded() async throws {
        try await open { sold in
            try await sold.gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                var invoice = try #require(
                    try await Invoices.find(Invoice.ID(sold.invoice), for: TestGateway.system, lock: .forUpdate, in: tx)
                )
                let number = try #require(invoice.number)
                let now = try await BusinessClock.now(in: tx)
                var payment = try await Payments.create(
                    Payment(
                        accountID: invoice.accountID,
                        invoiceID: invoice.id,
                        methodID: nil,
                        kind: .stripe,
                        attempt: 1,
                        idempotencyKey: AttemptKey(paying: number, attempt: 1),
                        amount: invoice.value.due,
                        createdAt: now
                    ),
                    in: tx
                )
                try payment.value.succeed(reference: "pi_1", charge: "ch_1", fee: nil, at: now)
                try await Payments.save(&payment, in: tx)
                try invoice.value.receive(payment.amount, at: now)
                try await Invoices.save(&invoice, in: tx)
                try await Ledger.post(
                    .paid(invoice.value, with: payment.value, on: CalendarDay(of: now, in: .gmt)),
                    in: tx
                )
            }
            let answer = try await sold.gateway.send(
                .post,
                "\(sold.path)/credit-note/",
                as: sold.staff,
                ["reason": "goodwill", "amount": "86.20", "excess": "refund"]
            )
            #expect(answer.status == 201, "\(answer.text)")
            let refunds: Int64 = try await sold.gateway.value(
                """
                select count(*) from igny8_refunds r join igny8_jobs j on j.task = 'refund_payment'
                    and (j.payload ->> 'refund_id')::bigint = r.id
                where r.status = 'pending' and r.amount = 86.20 and r.credit_note_id is not null
                """
            )
            #expect(refunds == 1)
            let balance: String = try await sold.gateway.value("select balance::text from igny8_customer_credits")
            #expect(balance == "0.000", "what is being refunded pays no invoice")
            try await sold.expectBalancedBooks()
        }
    }

    @Test("a late upgrade is credited, billed and owed by the same days, exactly as previewed")
    func upgradePreview() async throws {
        try await open(taxed: true) { sold in
            let (gateway, staff) = (sold.gateway, sold.staff)
            try await sold.pay(sold.invoice)
            try await sold.move(to: "2026-09-24T08:00:00Z")
            let preview = try await gateway.send(
                .post,
                "\(sold.subscription)/change/preview/",
                as: staff,
                ["monthly_price": "900.00", "articles_per_month": 60]
            )
            #expect(preview.status == 201, "\(preview.text)")
            let json = preview.json
            // 7 of 14 invoiced days: 93.10 of 186.20; 7 of 30 days at 900.00: 210.00; tax 20 %.
            #expect(json["becomes_credit"]?.string == "111.72" && json["lowers_due"]?.string == "0.00")
            #expect(json["invoiced"]?.string == "252.00" && json["uses_credit"]?.string == "111.72")
            #expect(json["due_now"]?.string == "140.28")
            #expect(json["lines"]?.array?.map { $0["net"]?.string } == ["-93.10", "210.00"])
            // 14 days at 30 a month, the last 7 of them at 60 instead: (14 × 30 + 7 × 30) / 30.
            #expect(json["current_month_target_before"]?.integer == 14)
            #expect(json["current_month_target_after"]?.integer == 21)
            let applied = try await gateway.send(
                .post,
                "\(sold.subscription)/change/",
                as: staff,
                ["preview_id": json["id"] ?? .null]
            )
            #expect(applied.status == 200, "\(applied.text)")
            #expect(applied.json["monthly_price"]?.string == "900.00")
            #expect(applied.json["current_month_target"]?.integer == 21)
            #expect(applied.json["next_billing_date"]?.string == "2026-10-01")
            let due: String = try await gateway.value(
                "select due::text from igny8_invoices where period_start = '2026-09-24'"
            )
            #expect(due == "140.280")
            try await sold.expectBalancedBooks()
        }
    }

    @Test("a stale preview is refused with 409: another day, another hour, other terms, a second time")
    func stalePreview() async throws {
        try await open { sold in
            let (gateway, staff) = (sold.gateway, sold.staff)
            func preview(_ price: String) async throws -> JSON {
                try await gateway.send(
                    .post,
                    "\(sold.subscription)/change/preview/",
                    as: staff,
                    ["monthly_price": .string(price)]
                ).json["id"] ?? .null
            }
            func apply(_ id: JSON) async throws -> TestAnswer {
                try await gateway.send(.post, "\(sold.subscription)/change/", as: staff, ["preview_id": id])
            }
            let (one, other) = (try await preview("500.00"), try await preview("600.00"))
            #expect(try await apply(one).status == 200)
            for id in [one, other] {
                let refused = try await apply(id)
                #expect(refused.status == 409)
                #expect(refused.json["type"]?.string == "urn:igny8:problem:stale-preview")
            }
            let late = try await preview("700.00")
            try await sold.move(to: "2026-09-17T09:00:00Z")
            #expect(try await apply(late).status == 409)
            let unpaid = try await preview("700.00")
            let credited = try await gateway.send(
                .post,
                "\(sold.path)/credit-note/",
                as: staff,
                ["reason": "no longer as it was", "amount": "1.00"]
            )
            // The first invoice's days were all taken back by the first change: nothing is left to credit.
            #expect(credited.status == 409)
            try await sold.pay(try await gateway.value("select max(id) from igny8_invoices where number is not null"))
            #expect(try await apply(unpaid).status == 409, "what would lower the due is a credit by now")
            try await sold.expectBalancedBooks()
        }
    }

    @Test("terms for the next period change nothing that is invoiced, and are adopted by the run")
    func nextPeriod() async throws {
        try await open { sold in
            let preview = try await sold.gateway.send(
                .post,
                "\(sold.subscription)/change/preview/",
                as: sold.staff,
                ["tier": "lite", "effective": "next_period"]
            )
            #expect(preview.json["effective_on"]?.string == "2026-10-01", "\(preview.text)")
            #expect(preview.json["lines"]?.array?.isEmpty == true && preview.json["due_now"]?.string == "0.00")
            let applied = try await sold.gateway.send(
                .post,
                "\(sold.subscription)/change/",
                as: sold.staff,
                ["preview_id": preview.json["id"] ?? .null]
            )
            #expect(applied.json["tier"]?.string == "pro" && applied.json["next_tier"]?.string == "lite")
            #expect(applied.json["next_monthly_price"]?.string == "100.00")
            try await sold.move(to: "2026-10-01T08:00:00Z")
            try await sold.bill()
            let kind: String = try await sold.gateway.value(
                "select kind || ' ' || net from igny8_invoice_lines order by id desc limit 1"
            )
            #expect(kind == "managed_lite 100.000")
            let mrr = try await sold.gateway.store.read(as: TestGateway.system, actor: "test") { tx in
                try await MRRMovements.figures(
                    from: try Date("2026-10-01T00:00:00Z", strategy: .iso8601),
                    until: try Date("2026-11-01T00:00:00Z", strategy: .iso8601),
                    tier: .lite,
                    for: TestGateway.system,
                    in: tx
                )
            }
            #expect(mrr.first?.end == Money(minor: 10_000, currency: .usd), "MRR by tier follows the tier")
            try await sold.expectBalancedBooks()
        }
    }

    @Test("cancelling at once credits what is left of the invoiced days, once; a run that is late comes first")
    func cancelNow() async throws {
        try await open { sold in
            try await sold.move(to: "2026-10-03T08:00:00Z")
            let early = try await sold.gateway.send(
                .post,
                "\(sold.subscription)/cancel/",
                as: sold.staff,
                ["immediately": true]
            )
            #expect(early.status == 409 && early.json["type"]?.string == "urn:igny8:problem:billing-due")
            let october = try await sold.bill()
            let answer = try await sold.gateway.send(
                .post,
                "\(sold.subscription)/cancel/",
                as: sold.staff,
                ["immediately": true]
            )
            #expect(answer.json["status"]?.string == "cancelled", "\(answer.text)")
            // 29 of 31 days are left: 373.26 of 399.00.
            let due: String = try await sold.gateway.value("select due::text from igny8_invoices where id = \(october)")
            #expect(due == "25.740")
            try await sold.expectBalancedBooks()
        }
    }
}
