import DomainModel

/// A provider whose methods are made on its own pages.
protocol WalletGateway: PaymentGateway {
    /// Begins a wallet that the client approves on the provider's page.
    /// - Parameter key: a repetition with it gives the same wallet.
    func prepareWallet(returningTo url: String, key: String) async throws(PaymentGatewayError) -> WalletSetup
}

/// A wallet that waits for its client.
struct WalletSetup: Codable, Hashable, Sendable {
    /// Saved as the token of a payment method once it is approved.
    let token: String
    /// Where the client approves it.
    let approve_url: String
}

extension PayPalGateway: WalletGateway {
    private struct SetupToken: Decodable {
        struct Link: Decodable {
            let rel: String
            let href: String
        }
        let id: String
        let links: [Link]
    }

    func prepareWallet(returningTo url: String, key: String) async throws(PaymentGatewayError) -> WalletSetup {
        let answer = try await post(
            "v3/vault/setup-tokens",
            [
                "payment_source": [
                    "paypal": [
                        "usage_type": "MERCHANT",
                        "experience_context": ["return_url": .string(url), "cancel_url": .string(url)],
                    ]
                ]
            ],
            key: key
        )
        let setup = try decode(SetupToken.self, from: accepted(answer))
        guard let approve = setup.links.first(where: { $0.rel == "approve" }) else {
            throw .refused("PayPal's set-up token \(setup.id) cannot be approved anywhere")
        }
        return WalletSetup(token: setup.id, approve_url: approve.href)
    }
}
