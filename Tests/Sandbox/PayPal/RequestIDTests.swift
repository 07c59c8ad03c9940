import Foundation
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Sandbox

/// The PayPal side of a running sandbox, as a client library calls it.
private struct PayPalClient {
    let sandbox: RunningSandbox
    let token: String

    init(_ sandbox: RunningSandbox) async throws {
        self.sandbox = sandbox
        let answer = try await sandbox.send(
            .post,
            "/paypal/v1/oauth2/token",
            headers: [
                ("Authorization", "Basic \(Data("id:secret".utf8).base64EncodedString())"),
                ("Content-Type", "application/x-www-form-urlencoded"),
            ],
            body: "grant_type=client_credentials"
        )
        token = try #require(answer.text("access_token"))
    }

    func get(_ path: String) async throws -> Reply {
        try await sandbox.send(.get, "/paypal/\(path)", headers: [("Authorization", "Bearer \(token)")])
    }

    func post(_ path: String, _ body: String, id: String?) async throws -> Reply {
        var headers = [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")]
        if let id { headers.append(("PayPal-Request-Id", id)) }
        return try await sandbox.send(.post, "/paypal/\(path)", headers: headers, body: body)
    }

    func wallet(_ setup: String) async throws -> String {
        let answer = try await post(
            "v3/vault/payment-tokens",
            #"{"payment_source": {"token": {"id": "\#(setup)", "type": "SETUP_TOKEN"}}}"#,
            id: "vault-\(setup)"
        )
        return try #require(answer.text("id"))
    }

    func order(_ wallet: String, invoice: String?, value: String = "10.00", id: String?) async throws -> Reply {
        let number = invoice.map { #", "invoice_id": "\#($0)""# } ?? ""
        return try await post(
            "v2/checkout/orders",
            #"{"intent": "CAPTURE", "purchase_units": [{"amount": {"currency_code": "USD", "value": "\#(value)"}\#(number)}], "#
                + #""payment_source": {"paypal": {"vault_id": "\#(wallet)"}}}"#,
            id: id
        )
    }

    func captures() async throws -> Int {
        try await sandbox.test.owner.query("select count(*) from sandbox.paypal_objects where kind = 'capture'")[0]
            .decode(0)
    }
}

@Suite(.timeLimit(.minutes(2))) struct RequestIDTests {
    private func freeze(_ sandbox: RunningSandbox, _ moment: String) async throws {
        _ = try await sandbox.json(.post, "/clock/", #"{"freeze": "\#(moment)"}"#)
    }

    @Test("the same request id is told what became of the first request; for six hours, then it is a new request")
    func sixHours() async throws {
        try await RunningSandbox.start { sandbox in
            try await freeze(sandbox, "2026-09-17T08:00:00Z")
            let paypal = try await PayPalClient(sandbox)
            let wallet = try await paypal.wallet("setup_slow")
            let first = try await paypal.order(wallet, invoice: nil, id: "a")
            #expect(first.status == 201)
            #expect(first.text("purchase_units.0.payments.captures.0.status") == "PENDING")
            let again = try await paypal.order(wallet, invoice: nil, id: "a")
            #expect(again.status == 200 && again.text("id") == first.text("id"))
            #expect(try await paypal.order(wallet, invoice: nil, value: "11.00", id: "a").status == 422)
            #expect(try await paypal.captures() == 1)
            try await freeze(sandbox, "2026-09-17T13:59:59Z")
            #expect(try await paypal.order(wallet, invoice: nil, id: "a").text("id") == first.text("id"))
            try await freeze(sandbox, "2026-09-17T14:00:00Z")
            #expect(try await paypal.order(wallet, invoice: nil, id: "a").status == 201)
            #expect(try await paypal.captures() == 2)
        }
    }

    @Test("an invoice id pays once, long after the request id is forgotten, and after a decline it may try again")
    func invoiceID() async throws {
        try await RunningSandbox.start { sandbox in
            try await freeze(sandbox, "2026-09-17T08:00:00Z")
            let paypal = try await PayPalClient(sandbox)
            let (good, poor) = (try await paypal.wallet("setup_good"), try await paypal.wallet("setup_poor"))
            let declined = try await paypal.order(poor, invoice: "IG-1", id: "a")
            #expect(declined.status == 422 && declined.text("details.0.issue") == "INSTRUMENT_DECLINED")
            #expect(try await paypal.order(good, invoice: "IG-1", id: "b").status == 201)
            try await freeze(sandbox, "2026-09-18T08:00:00Z")
            let twice = try await paypal.order(good, invoice: "IG-1", id: "b")
            #expect(twice.status == 422 && twice.text("details.0.issue") == "DUPLICATE_INVOICE_ID")
            #expect(try await paypal.captures() == 1)
        }
    }

    @Test("a vaulted payer's order needs a request id, an amount its currency's decimals, a token a client")
    func refusals() async throws {
        try await RunningSandbox.start { sandbox in
            let paypal = try await PayPalClient(sandbox)
            let wallet = try await paypal.wallet("setup_good")
            let missing = try await paypal.order(wallet, invoice: nil, id: nil)
            #expect(missing.text("details.0.issue") == "PAYPAL_REQUEST_ID_REQUIRED")
            let fine = try await paypal.order(wallet, invoice: nil, value: "1.005", id: "a")
            #expect(fine.text("details.0.issue") == "DECIMAL_PRECISION")
            let unknown = try await paypal.order("nobody", invoice: nil, id: "b")
            #expect(unknown.text("details.0.issue") == "TOKEN_ID_NOT_FOUND")
            let stranger = try await sandbox.send(
                .get,
                "/paypal/v2/checkout/orders/X",
                headers: [("Authorization", "Bearer A21AA.9999999999.00")]
            )
            #expect(stranger.status == 401 && stranger.text("name") == "AUTHENTICATION_FAILURE")
        }
    }

    @Test("50 requests at once with one id take the money once")
    func parallel() async throws {
        try await RunningSandbox.start { sandbox in
            let paypal = try await PayPalClient(sandbox)
            let wallet = try await paypal.wallet("setup_good")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await paypal.order(wallet, invoice: nil, id: "a").status }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses[201] == 1 && Set(statuses.keys).isSubset(of: [200, 201, 409]))
            #expect(try await paypal.captures() == 1)
        }
    }

    @Test("refunds stay within their capture, and the transaction search lists three hours late")
    func books() async throws {
        try await RunningSandbox.start { sandbox in
            try await freeze(sandbox, "2026-09-17T08:00:00Z")
            let paypal = try await PayPalClient(sandbox)
            let wallet = try await paypal.wallet("setup_good")
            let order = try await paypal.order(wallet, invoice: "IG-1", id: "a")
            let capture = try #require(order.text("purchase_units.0.payments.captures.0.id"))
            let path = "v2/payments/captures/\(capture)/refund"
            let part = #"{"amount": {"currency_code": "USD", "value": "4.00"}, "custom_id": "IG-R-1"}"#
            #expect(try await paypal.post(path, part, id: "r1").status == 201)
            #expect(try await paypal.post(path, part, id: "r1").status == 200)
            let over = #"{"amount": {"currency_code": "USD", "value": "6.01"}}"#
            #expect(try await paypal.post(path, over, id: "r2").text("details.0.issue") == "REFUND_AMOUNT_EXCEEDED")
            #expect(try await paypal.get("v2/payments/captures/\(capture)").text("status") == "PARTIALLY_REFUNDED")
            let search =
                "v1/reporting/transactions?start_date=2026-09-17T00:00:00Z&end_date=2026-09-18T00:00:00Z&page_size=1"
            #expect(try await paypal.get(search).integer("total_items") == 0)
            try await freeze(sandbox, "2026-09-17T11:00:00Z")
            let first = try await paypal.get(search)
            #expect(first.integer("total_pages") == 2)
            #expect(first.text("transaction_details.0.transaction_info.invoice_id") == "IG-1")
            let second = try await paypal.get(search + "&page=2")
            #expect(second.text("transaction_details.0.transaction_info.transaction_amount.value") == "-4.00")
            #expect(second.text("transaction_details.0.transaction_info.paypal_reference_id") == capture)
        }
    }
}
