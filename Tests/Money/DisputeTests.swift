import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

extension MoneyTests {
    @Suite("Disputes and reconciliation", .timeLimit(.minutes(5))) struct DisputeTests {
        private func balance(_ account: LedgerAccount, _ house: House) async throws -> Int64 {
            try await house.transaction { tx in
                try await Ledger.balances(for: House.system, in: tx).first { $0.account == account }?.amount.minor ?? 0
            }
        }

        private func pay(_ minor: Int64, _ house: House) async throws -> Invoice.ID {
            let invoice = try await house.issue(minor)
            let owner = try await house.signIn(house.client.owner)
            _ = try await house.api(.post, "billing/invoices/\(invoice)/pay/", as: owner, .object([:]))
            try await house.until("the invoice is paid") { try await house.invoice(invoice).status == .paid }
            return invoice
        }

        @Test(
            "a dispute is opened, told to staff and decided, through signed events in any order",
            arguments: [
                ("stripe", "pm_card_createDispute", true), ("stripe", "pm_card_createDispute", false),
                ("paypal", "setup_disputes", true), ("paypal", "setup_disputes", false),
            ]
        )
        func decided(kind: String, token: String, won: Bool) async throws {
            try await House.open { house in
                try await house.sandbox("webhooks/weather/", ["seed": 5, "duplicates": 1, "disorder": 1])
                try await house.working {
                    _ = try await house.addMethod(kind, token)
                    _ = try await pay(39_900, house)
                    try await house.advance(to: "2026-09-17T08:10:00Z")
                    try await house.until("the dispute is booked") { try await balance(.disputes, house) == 39_900 }
                    try await house.settle()
                    let mails = try await house.send(
                        .get,
                        "\(house.sandboxURL)/mailbox/?to=admin@alorig.example"
                    )
                    #expect(mails.text.contains("banner disputes 399.00 USD"))
                    let flags = try await house.count(
                        "select count(*) from igny8_delivery_flags where kind = 'payment_disputed' and cleared_at is null"
                    )
                    #expect(flags == 1)
                    let reference: String = try await house.transaction { tx in
                        try await tx.query("select provider_reference from igny8_disputes")[0].decode(0)
                    }
                    try await house.sandbox(
                        "world/",
                        [
                            "events": [
                                [
                                    "name": "decision", "kind": "decide_dispute", "due_at": "2026-09-20T08:00:00Z",
                                    "payload": ["dispute": .string(reference), "won": .bool(won)],
                                ]
                            ]
                        ]
                    )
                    try await house.advance(to: "2026-09-20T08:00:00Z")
                    try await house.settle()
                    try await house.advance(to: "2026-09-20T08:10:00Z")
                    try await house.until("the decision is booked") { try await balance(.disputes, house) == 0 }
                    try await house.settle()
                    #expect(try await balance(.badDebt, house) == (won ? 0 : 39_900))
                    let entries = try await house.count(
                        "select count(*) from igny8_ledger_entries where kind like 'dispute%'"
                    )
                    // Stripe's own fee for it stays, whoever wins, and is booked once.
                    #expect(entries == (kind == "stripe" ? 3 : 2))
                    let fees = try await house.count(
                        """
                        select coalesce(sum(line.amount) * 100, 0)::bigint from igny8_ledger_entries entry
                        join igny8_ledger_lines line on line.entry_id = entry.id and line.ledger_account = 'gateway_fees'
                        where entry.kind = 'dispute_fee'
                        """
                    )
                    #expect(fees == (kind == "stripe" ? 1_500 : 0))
                    try await house.expectBalancedBooks()
                }
            }
        }

        @Test("the nightly comparison flags what only the gateways know, and heals what a lost event would have told")
        func reconciliation() async throws {
            try await House.open { house in
                try await house.working {
                    _ = try await house.addMethod("stripe", "pm_card_visa")
                    let first = try await pay(39_900, house)
                    _ = try await house.addMethod("paypal", "setup_good")
                    let second = try await pay(10_000, house)
                    try await house.settle()
                    // Somebody charges a card in Stripe's own console, and refunds a wallet in PayPal's.
                    let intent = try await house.send(
                        .post,
                        "\(house.sandboxURL)/stripe/v1/payment_intents?amount=777&currency=usd&confirm=true"
                            + "&payment_method=pm_card_visa&payment_method_types[]=card",
                        headers: [("Authorization", "Bearer sk_test_money")]
                    )
                    try #require(intent.status == 200, "\(intent.text)")
                    // The event of PayPal's refund never comes.
                    let capture = try #require(try await house.payments(second).last?.providerCharge)
                    try await house.test.owner.query(
                        """
                        insert into sandbox.paypal_objects (id, kind, created, parent, status, currency, amount, body)
                        values ('CONSOLE', 'refund', igny8_now(), \(capture), 'COMPLETED', 'USD', 2500,
                            jsonb_build_object('id', 'CONSOLE', 'status', 'COMPLETED', 'capture', \(capture)::text,
                                'amount', jsonb_build_object('currency_code', 'USD', 'value', '25.00'),
                                'create_time', '2026-09-17T08:00:00Z', 'update_time', '2026-09-17T08:00:00Z'))
                        """
                    )
                    // The schedule's own moment, half past five.
                    try await house.advance(to: "2026-09-18T05:30:00Z")
                    try await house.until("the night is over") {
                        try await house.count("select count(*) from igny8_reconciliation_differences") >= 2
                    }
                    try await house.settle()
                    let staff = try await house.signIn(house.client.staff)
                    let open = try await house.api(.get, "billing/reconciliation/?is_open=true", as: staff)
                    #expect(open.count("results") == 1, "\(open.text)")
                    #expect(open.string("results.0.kind") == "missing_here")
                    #expect(open.string("results.0.theirs") == "7.77 USD succeeded")
                    let healed = try await house.api(.get, "billing/reconciliation/?is_open=false", as: staff)
                    #expect(healed.string("results.0.provider_reference") == "CONSOLE")
                    #expect(try await house.payments(second).last?.refunded.minor == 2_500)
                    #expect(try await house.payments(first).last?.refunded.isZero == true)
                    // Run again it finds the same, and notes nothing twice.
                    #expect(
                        try await house.api(.post, "billing/reconciliation/", as: staff, .object([:])).status == 202
                    )
                    try await house.settle()
                    #expect(try await house.count("select count(*) from igny8_reconciliation_differences") == 2)
                    try await house.expectBalancedBooks()
                }
            }
        }
    }
}
