import Testing
import WebClient

@testable import Sandbox

/// The Stripe side of a running sandbox, as a client library calls it.
struct StripeClient: Sendable {
    let sandbox: RunningSandbox

    func get(_ path: String) async throws -> Reply {
        try await sandbox.send(.get, "/stripe/v1/\(path)", headers: [authorization])
    }

    func delete(_ path: String) async throws -> Reply {
        try await sandbox.send(.delete, "/stripe/v1/\(path)", headers: [authorization])
    }

    func post(
        _ path: String,
        _ form: String = "",
        key: String? = nil,
        timeout: Duration = .seconds(60)
    ) async throws -> Reply {
        var headers = [authorization, ("Content-Type", "application/x-www-form-urlencoded")]
        headers.append(("Stripe-Version", StripeVersion.pinned))
        if let key { headers.append(("Idempotency-Key", key)) }
        return try await sandbox.send(.post, "/stripe/v1/\(path)", headers: headers, body: form, timeout: timeout)
    }

    private var authorization: (name: String, value: String) { ("Authorization", "Bearer \(RunningSandbox.key)") }

    /// A customer whose default card is that of a test token.
    func customer(with token: String) async throws -> (customer: String, method: String) {
        let customer = try #require(try await post("customers", "email=a@x.example&name=A").text("id"))
        let attached = try await post("payment_methods/\(token)/attach", "customer=\(customer)")
        let method = try #require(attached.text("id"))
        let updated = try await post(
            "customers/\(customer)",
            "invoice_settings[default_payment_method]=\(method)"
        )
        #expect(updated.text("invoice_settings.default_payment_method") == method)
        return (customer, method)
    }

    /// A finalized invoice over these amounts.
    func openInvoice(of customer: String, _ amounts: Int64...) async throws -> String {
        let draft = try await post("invoices", "customer=\(customer)&currency=usd&auto_advance=false")
        let invoice = try #require(draft.text("id"))
        for amount in amounts {
            let item = try await post("invoiceitems", "customer=\(customer)&invoice=\(invoice)&amount=\(amount)")
            #expect(item.status == 200)
        }
        #expect(try await post("invoices/\(invoice)/finalize").text("status") == "open")
        return invoice
    }
}
