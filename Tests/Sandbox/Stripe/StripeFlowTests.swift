import Testing
import WebClient

@testable import Sandbox

@Suite(.timeLimit(.minutes(2))) struct StripeFlowTests {
    @Test("an invoice is drafted, frozen, paid, and its money is on the balance less the fee")
    func invoice() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            let (customer, method) = try await stripe.customer(with: "pm_card_visa")
            let invoice = try await stripe.openInvoice(of: customer, 10_000, 29_900)
            let late = try await stripe.post("invoiceitems", "customer=\(customer)&invoice=\(invoice)&amount=1")
            #expect(late.status == 400)
            #expect(late.text("error.code") == "invoice_not_editable")

            let paid = try await stripe.post("invoices/\(invoice)/pay", "payment_method=\(method)&off_session=true")
            #expect(paid.status == 200)
            #expect(paid.text("status") == "paid")
            #expect(paid.integer("amount_paid") == 39_900)
            #expect(paid["payment_intent"] == nil)
            let again = try await stripe.post("invoices/\(invoice)/pay")
            #expect(again.status == 400)
            #expect(again.text("error.code") == "invoice_already_paid")

            let payments = try await stripe.get("invoice_payments?invoice=\(invoice)&status=paid")
            let intent = try #require(payments.text("data.0.payment.payment_intent"))
            let shown = try await stripe.get("payment_intents/\(intent)?expand[]=latest_charge.balance_transaction")
            #expect(shown.text("status") == "succeeded")
            #expect(shown.integer("latest_charge.balance_transaction.fee") == 1_187)
            #expect(shown.integer("latest_charge.balance_transaction.net") == 38_713)
            let expanded = try await stripe.get("invoices/\(invoice)?expand[]=payments&expand[]=customer")
            #expect(expanded.text("payments.data.0.payment.payment_intent") == intent)
            #expect(expanded.text("customer.id") == customer)
        }
    }

    @Test(
        "a declining card is 402 with its reason, the attempt is counted, and another card pays",
        arguments: [
            ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
            ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
            ("pm_card_authenticationRequired", "authentication_required", "authentication_required"),
        ]
    )
    func declines(_ token: String, _ code: String, _ reason: String) async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            let (customer, _) = try await stripe.customer(with: token)
            let invoice = try await stripe.openInvoice(of: customer, 10_000)
            let refused = try await stripe.post("invoices/\(invoice)/pay")
            #expect(refused.status == 402)
            #expect(refused.text("error.type") == "card_error")
            #expect(refused.text("error.code") == code)
            #expect(refused.text("error.decline_code") == reason)
            #expect(refused.text("error.payment_intent.status") == "requires_payment_method")
            let open = try await stripe.get("invoices/\(invoice)")
            #expect(open.text("status") == "open")
            #expect(open.integer("attempt_count") == 1)
            let charge = try #require(refused.text("error.charge"))
            #expect(try await stripe.get("charges/\(charge)").text("status") == "failed")

            let good = try #require(
                try await stripe.post("payment_methods/pm_card_mastercard/attach", "customer=\(customer)").text("id")
            )
            let paid = try await stripe.post("invoices/\(invoice)/pay", "payment_method=\(good)")
            #expect(paid.text("status") == "paid")
            #expect(paid.integer("attempt_count") == 2)
        }
    }

    @Test("refunds never exceed what was captured")
    func refunds() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            let (customer, method) = try await stripe.customer(with: "pm_card_visa")
            let payment = try await stripe.post(
                "payment_intents",
                "amount=5000&currency=usd&customer=\(customer)&payment_method=\(method)&confirm=true&off_session=true"
            )
            #expect(payment.text("status") == "succeeded")
            let intent = try #require(payment.text("id"))
            #expect(
                try await stripe.post("refunds", "payment_intent=\(intent)&amount=3000").text("status") == "succeeded"
            )
            let tooMuch = try await stripe.post("refunds", "payment_intent=\(intent)&amount=2001")
            #expect(tooMuch.status == 400)
            #expect(tooMuch.text("error.param") == "amount")
            async let one = stripe.post("refunds", "payment_intent=\(intent)&amount=2000")
            async let other = stripe.post("refunds", "payment_intent=\(intent)&amount=2000")
            let statuses = [try await one.status, try await other.status].sorted()
            #expect(statuses == [200, 400])
            let done = try await stripe.post("refunds", "payment_intent=\(intent)")
            #expect(done.text("error.code") == "charge_already_refunded")
            let charge = try #require(payment.text("latest_charge"))
            let refunded = try await stripe.get("charges/\(charge)")
            #expect(refunded.integer("amount_refunded") == 5_000)
            #expect(refunded["refunded"] == .bool(true))
        }
    }

    @Test("void, uncollectible, delete and a detached card end where Stripe ends them")
    func endings() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            let (customer, method) = try await stripe.customer(with: "pm_card_visa")
            let first = try await stripe.openInvoice(of: customer, 10_000)
            #expect(try await stripe.post("invoices/\(first)/mark_uncollectible").text("status") == "uncollectible")
            #expect(try await stripe.post("invoices/\(first)/void").text("status") == "void")
            #expect(try await stripe.post("invoices/\(first)/pay").status == 400)
            #expect(try await stripe.delete("invoices/\(first)").status == 400)
            let draft = try #require(try await stripe.post("invoices", "customer=\(customer)").text("id"))
            #expect(try await stripe.delete("invoices/\(draft)")["deleted"] == .bool(true))
            #expect(try await stripe.get("invoices/\(draft)").status == 404)

            #expect(try await stripe.post("payment_methods/\(method)/detach")["customer"] == .null)
            let reused = try await stripe.post("payment_methods/\(method)/attach", "customer=\(customer)")
            #expect(reused.status == 400)
            let bare = try await stripe.openInvoice(of: customer, 500)
            #expect(try await stripe.post("invoices/\(bare)/pay").status == 400)
        }
    }

    @Test("a set-up intent saves a card, declines a stolen one, and lets 3-D Secure be passed on its page")
    func setUp() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            let customer = try #require(try await stripe.post("customers", "name=A").text("id"))
            let base = "customer=\(customer)&usage=off_session&confirm=true&payment_method="
            let saved = try await stripe.post("setup_intents", base + "pm_card_visa")
            #expect(saved.text("status") == "succeeded")
            let stolen = try await stripe.post("setup_intents", base + "pm_card_visa_chargeDeclinedStolenCard")
            #expect(stolen.status == 402)
            #expect(stolen.text("error.setup_intent.status") == "requires_payment_method")

            let waiting = try await stripe.post("setup_intents", base + "pm_card_authenticationRequiredOnSetup")
            #expect(waiting.text("status") == "requires_action")
            let page = try #require(waiting.text("next_action.redirect_to_url.url"))
            let path = String(page.dropFirst(sandbox.url.count))
            #expect(try await sandbox.send(.get, path).status == 200)
            #expect(try await sandbox.send(.post, path, body: "result=pass").text("status") == "succeeded")
            let method = try #require(waiting.text("payment_method"))
            let charged = try await stripe.post(
                "payment_intents",
                "amount=900&currency=usd&customer=\(customer)&payment_method=\(method)&confirm=true&off_session=true"
            )
            #expect(charged.text("status") == "succeeded")
        }
    }

    @Test("lists page by cursor, newest first")
    func paging() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            var ids: [String] = []
            for number in 0..<5 {
                ids.append(try #require(try await stripe.post("customers", "name=c\(number)").text("id")))
            }
            let first = try await stripe.get("customers?limit=2")
            #expect([first.text("data.0.id"), first.text("data.1.id")] == [ids[4], ids[3]])
            #expect(first["has_more"] == .bool(true))
            let second = try await stripe.get("customers?limit=10&starting_after=\(ids[3])")
            #expect(second.count("data") == 3)
            #expect(second["has_more"] == .bool(false))
            let before = try await stripe.get("customers?limit=2&ending_before=\(ids[0])")
            #expect([before.text("data.0.id"), before.text("data.1.id")] == [ids[2], ids[1]])
            #expect(try await stripe.get("customers?limit=101").status == 400)
        }
    }

    @Test("refusals have Stripe's shapes")
    func refusals() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            let unknown = try await stripe.post("customers", "nonsense=1")
            #expect(unknown.text("error.code") == "parameter_unknown")
            #expect(unknown.text("error.param") == "nonsense")
            #expect(unknown.response.header("Request-Id")?.hasPrefix("req_") == true)
            #expect(try await stripe.get("customers/cus_none").text("error.code") == "resource_missing")
            #expect(try await stripe.get("nothing").status == 404)
            let anonymous = try await sandbox.send(.get, "/stripe/v1/customers")
            #expect(anonymous.status == 401)
            let old = try await sandbox.send(
                .get,
                "/stripe/v1/customers",
                headers: [("Authorization", "Bearer \(RunningSandbox.key)"), ("Stripe-Version", "2023-10-16")]
            )
            #expect(old.status == 400)
        }
    }
}
