import Postgres

/// Vault v3: a set-up token that the payer approves becomes a payment token that we may charge.
enum VaultEndpoints {
    static let all = [
        PayPalEndpoint("POST", "v3/vault/setup-tokens", memory: .vault, createSetup),
        PayPalEndpoint("GET", "v3/vault/setup-tokens/*", getSetup),
        PayPalEndpoint("POST", "v3/vault/payment-tokens", memory: .vault, create),
        PayPalEndpoint("GET", "v3/vault/payment-tokens/*", get),
        PayPalEndpoint("DELETE", "v3/vault/payment-tokens/*", delete),
    ]

    private struct NewToken: Decodable {
        struct Source: Decodable { var token: Token? }
        struct Token: Decodable {
            var id: String
            var type: String
        }
        struct Customer: Decodable { var merchantCustomerId: String? }
        var paymentSource: Source
        var customer: Customer?
    }

    @Sendable
    private static func createSetup(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        try call.requireRequestID()
        let id = PayPalID.make()
        let token = PayPalSetupToken(
            id: id,
            status: "PAYER_ACTION_REQUIRED",
            links: [scope.link("approve/\(id)/", "approve"), scope.link("v3/vault/setup-tokens/\(id)")]
        )
        try await scope.insert(token)
        return try .created(token)
    }

    @Sendable
    private static func getSetup(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        guard let token = try await scope.find(PayPalSetupToken.self, call.arguments[0]) else {
            throw PayPalError.notFound
        }
        return try .ok(token)
    }

    /// The payer, logged in at PayPal, agrees.
    static func approve(_ id: String, by wallet: TestWallet, in scope: PayPalScope) async throws -> PayPalSetupToken {
        guard var token = try await scope.find(PayPalSetupToken.self, id, isLocked: true) else {
            throw PayPalError.notFound
        }
        token.status = "APPROVED"
        token.wallet = wallet
        try await scope.update(token)
        return token
    }

    @Sendable
    private static func create(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        try call.requireRequestID()
        let wanted = try call.decode(NewToken.self)
        guard let source = wanted.paymentSource.token, source.type == "SETUP_TOKEN" else {
            throw PayPalError.invalid("INVALID_PARAMETER_VALUE", "Expected a token of type SETUP_TOKEN.")
        }
        let wallet = try await wallet(of: source.id, scope)
        let id = PayPalID.make(length: 14).lowercased()
        let token = PayPalPaymentToken(
            id: id,
            wallet: wallet,
            customer: .init(id: PayPalID.make(length: 10), merchantCustomerId: wanted.customer?.merchantCustomerId),
            paymentSource: .init(paypal: .init(emailAddress: wallet.address, payerId: PayPalID.make(length: 13))),
            links: [
                scope.link("v3/vault/payment-tokens/\(id)"),
                scope.link("v3/vault/payment-tokens/\(id)", "delete", "DELETE"),
            ]
        )
        try await scope.insert(token)
        try await scope.emit("VAULT.PAYMENT-TOKEN.CREATED", token, "payment_token")
        return try .created(token)
    }

    /// A set-up token can be used once; those that are called after a wallet are fresh each time.
    private static func wallet(of setup: String, _ scope: PayPalScope) async throws -> TestWallet {
        if let wallet = TestWallet(setupToken: setup) { return wallet }
        guard var token = try await scope.find(PayPalSetupToken.self, setup, isLocked: true) else {
            throw PayPalError.unprocessable("TOKEN_ID_NOT_FOUND", "Specified token ID does not exist.")
        }
        guard token.status == "APPROVED", let wallet = token.wallet else {
            throw PayPalError.unprocessable("SETUP_TOKEN_NOT_APPROVED", "The payer has not approved the setup token.")
        }
        token.status = "VAULTED"
        try await scope.update(token)
        return wallet
    }

    @Sendable
    private static func get(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        guard let token = try await scope.find(PayPalPaymentToken.self, call.arguments[0]), token.status != "DELETED"
        else { throw PayPalError.notFound }
        return try .ok(token)
    }

    @Sendable
    private static func delete(_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer {
        if var token = try await scope.find(PayPalPaymentToken.self, call.arguments[0], isLocked: true),
            token.status != "DELETED"
        {
            token.status = "DELETED"
            try await scope.update(token)
            try await scope.emit("VAULT.PAYMENT-TOKEN.DELETED", token, "payment_token")
        }
        return PayPalAnswer(status: 204, body: [])
    }
}
