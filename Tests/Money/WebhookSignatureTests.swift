import Foundation
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Sandbox

extension MoneyTests {
    @Suite("PayPal's signatures", .timeLimit(.minutes(5))) struct WebhookSignatureTests {
        private let event = #"{"id":"WH-1","event_type":"CHECKOUT.ORDER.APPROVED","resource":{"id":"O-1"}}"#

        private func signer(_ house: House, webhook: String = "WH-NEW") -> PayPalSigner {
            PayPalSigner(
                database: house.test.owner,
                baseURL: "\(house.sandboxURL)/paypal",
                webhookID: webhook,
                clock: .system
            )
        }

        private func deliver(
            _ house: House,
            _ body: String,
            signed: String? = nil,
            webhook: String = "WH-NEW",
            change: (inout [(name: String, value: String)]) -> Void = { _ in }
        ) async throws -> Int {
            var headers = try await signer(house, webhook: webhook).headers(
                of: Array((signed ?? body).utf8),
                delivery: 1
            )
            change(&headers)
            let request = WebRequest(
                method: .post,
                url: "\(house.gatewayURL)/api/v1/webhooks/paypal/",
                headers: headers,
                body: Array(body.utf8),
                guardAddresses: false
            )
            return try await house.web.send(request).status
        }

        private func stored(_ house: House) async throws -> Int {
            try await house.count("select count(*) from igny8_webhook_events where provider = 'paypal'")
        }

        @Test("the first event waits for the certificate, which the worker fetches; then it is stored once")
        func certificate() async throws {
            try await House.open { house in
                #expect(try await deliver(house, event) == 503)
                #expect(try await stored(house) == 0)
                try await house.working {
                    try await house.until("the certificate is here") {
                        try await house.count("select count(*) from igny8_gateway_certificates") == 1
                    }
                }
                for _ in 0..<3 { #expect(try await deliver(house, event) == 200) }
                #expect(try await stored(house) == 1)
                // The id that is being exchanged for another still counts; a third does not.
                let second = event.replacing("WH-1", with: "WH-2")
                #expect(try await deliver(house, second, webhook: "WH-OLD") == 200)
                #expect(try await deliver(house, event.replacing("WH-1", with: "WH-3"), webhook: "WH-THIRD") == 400)
                #expect(try await deliver(house, second.replacing("O-1", with: "O-2"), signed: second) == 400)
                #expect(try await stored(house) == 2)
            }
        }

        @Test(
            "certificates from elsewhere are never fetched",
            arguments: [
                "https://paypal.com.evil.example/v1/notifications/certs/C",
                "http://api.paypal.com/v1/notifications/certs/C",
                "https://evil.example/v1/notifications/certs/C", "https://api.paypal.com/v1/elsewhere/C",
                "https://api.paypal.com@evil.example/v1/notifications/certs/C",
                "https://api.paypal.com/v1/notifications/certs/../../../x",
                "https://evilpaypal.com/v1/notifications/certs/C",
                "https://api.paypal.com:8443/v1/notifications/certs/C", "file:///v1/notifications/certs/C",
            ]
        )
        func elsewhere(url: String) async throws {
            try await House.open { house in
                let status = try await deliver(house, event) { headers in
                    headers.removeAll { $0.name == "PayPal-Cert-Url" }
                    headers.append(("PayPal-Cert-Url", url))
                }
                #expect(status == 400)
                #expect(try await house.count("select count(*) from igny8_jobs where task = 'fetch_certificate'") == 0)
            }
        }
    }
}
