import DomainModel
import Foundation
import Persistence
import Postgres
import Testing
import WebClient

extension MoneyTests {
    @Suite("PayPal", .timeLimit(.minutes(5))) struct PayPalTests {
        private func pay(_ invoice: Invoice.ID, _ house: House) async throws {
            let owner = try await house.signIn(house.client.owner)
            let reply = try await house.api(.post, "billing/invoices/\(invoice)/pay/", as: owner, .object([:]))
            try #require(reply.status == 202, "\(reply.text)")
        }

        private func outcomes(_ house: House) async throws -> [String] {
            try await house.transaction { tx in
                try await tx.query(
                    """
                    select event_type || ' ' || coalesce(outcome, 'waiting') as text from igny8_webhook_events
                    where provider = 'paypal' and event_type like 'PAYMENT%' order by 1
                    """
                ).map { row in try row.decode("text") }
            }
        }

        @Test("a capture that is pending is paid when PayPal's signed event tells, doubled and late as it may come")
        func pendingThenCompleted() async throws {
            try await House.open { house in
                try await house.sandbox("webhooks/weather/", ["seed": 3, "duplicates": 1, "disorder": 1])
                try await house.working {
                    _ = try await house.addMethod("paypal", "setup_slow")
                    let invoice = try await house.issue(12_345)
                    try await pay(invoice, house)
                    try await house.until("the answer is known") {
                        try await house.payments(invoice).first?.providerCharge != nil
                    }
                    #expect(try await house.payments(invoice).map(\.status) == [.processing])
                    try await house.settle()
                    // The bank decides after a day; its event comes within minutes, twice.
                    for moment in ["2026-09-17T08:10:00Z", "2026-09-18T08:00:01Z", "2026-09-18T08:05:00Z"] {
                        try await house.advance(to: moment)
                        try await house.settle()
                    }
                    #expect(try await house.invoice(invoice).status == .paid)
                    let payment = try #require(try await house.payments(invoice).first)
                    // 3.49 % and 0.49 of 123.45.
                    #expect(payment.status == .succeeded && payment.fee?.minor == 480)
                    let told = try await outcomes(house)
                    #expect(
                        told.contains("PAYMENT.CAPTURE.COMPLETED applied")
                            || told.contains("PAYMENT.CAPTURE.COMPLETED stale")
                    )
                    #expect(!told.contains { $0.hasSuffix("waiting") })
                    try await house.expectBalancedBooks()
                }
            }
        }

        @Test("a capture that is denied after a day begins the dunning")
        func pendingThenDenied() async throws {
            try await House.open { house in
                try await house.working {
                    _ = try await house.addMethod("paypal", "setup_bounced")
                    let invoice = try await house.issue(12_345)
                    try await pay(invoice, house)
                    try await house.until("the answer is known") {
                        try await house.payments(invoice).first?.providerCharge != nil
                    }
                    try await house.settle()
                    try await house.advance(to: "2026-09-18T08:00:01Z")
                    try await house.settle()
                    // One attempt: what asked about it hourly makes no new one before its day.
                    #expect(try await house.payments(invoice).map(\.status) == [.failed])
                    #expect(try await house.invoice(invoice).nextAttemptAt != nil)
                    try await house.expectBalancedBooks()
                }
            }
        }

        @Test(
            "declines are soft or hard by PayPal's own words",
            arguments: [("setup_poor", true), ("setup_closed", false), ("setup_cautious", false)]
        )
        func declines(token: String, isSoft: Bool) async throws {
            try await House.open { house in
                try await house.working {
                    _ = try await house.addMethod("paypal", token)
                    let invoice = try await house.issue(12_345)
                    try await pay(invoice, house)
                    try await house.until("the decline is known") {
                        try await house.payments(invoice).first?.status == .failed
                    }
                    #expect((try await house.invoice(invoice).nextAttemptAt != nil) == isSoft)
                }
            }
        }

        @Test("a set-up token that the payer approved is exchanged once; a removed wallet is forgotten here as well")
        func vault() async throws {
            try await House.open { house in
                try await house.working {
                    let grant = try await house.send(
                        .post,
                        "\(house.sandboxURL)/paypal/v1/oauth2/token?grant_type=client_credentials",
                        headers: [("Authorization", "Basic \(Data("client:secret".utf8).base64EncodedString())")],
                        ["note": "grant_type=client_credentials"]
                    )
                    let bearer = ("Authorization", "Bearer \(try #require(grant.string("access_token")))")
                    let owner = try await house.signIn(house.client.owner)
                    let asked = try await house.api(.post, "billing/paypal-setups/", as: owner, .object([:]))
                    let job = try #require(asked.integer("job.id"), "\(asked.text)")
                    try await house.until("the wallet is prepared") {
                        try await house.api(.get, "jobs/\(job)/", as: owner).string("result.token") != nil
                    }
                    let prepared = try await house.api(.get, "jobs/\(job)/", as: owner)
                    let token = try #require(prepared.string("result.token"))
                    #expect(prepared.string("result.approve_url")?.hasSuffix("/paypal/approve/\(token)/") == true)
                    try await house.sandbox("paypal/approve/\(token)/", ["wallet": "good"])
                    let id = try await house.addMethod("paypal", token)
                    let reference: String = try await house.transaction { tx in
                        try await tx.query(
                            "select provider_reference from igny8_account_payment_methods where id = \(id)"
                        )[0].decode(0)
                    }
                    let removed = try await house.send(
                        .delete,
                        "\(house.sandboxURL)/paypal/v3/vault/payment-tokens/\(reference)",
                        headers: [bearer]
                    )
                    #expect(removed.status == 204)
                    try await house.until("the method is forgotten") {
                        try await house.count(
                            "select count(*) from igny8_account_payment_methods where id = \(id) and is_deleted"
                        ) == 1
                    }
                }
            }
        }
    }
}
