import Hummingbird
import Postgres

/// The page where the holder of a card proves who they are (3-D Secure), as a bank would show it.
struct AuthenticationRoutes: Sendable {
    let api: StripeAPI

    func add(to router: Router<SandboxContext>) {
        router.get("/stripe/authenticate/{id}") { _, context in
            let id = try context.parameters.require("id")
            return Answers.html(Self.page(for: id))
        }
        router.post("/stripe/authenticate/{id}") { request, context in
            let id = try context.parameters.require("id")
            let body = try await request.body.collect(upTo: context.maxUploadSize)
            let fields = (try? FormValue.decode(body.readableBytesView)) ?? [:]
            guard let result = fields["result"], result == .text("pass") || result == .text("fail") else {
                return try Answers.refusal("result: expected pass or fail.")
            }
            let answer = try await decide(id, passed: result == .text("pass"))
            return Answers.bytes(answer.body, type: "application/json", status: .init(code: answer.status))
        }
    }

    private func decide(_ id: String, passed: Bool) async throws -> StripeAnswer {
        do {
            return try await api.database.transaction { tx in
                let scope = try await api.scope(tx, StripeID.make("req"), nil)
                return id.hasPrefix(SetupIntent.idPrefix + "_")
                    ? try await setUp(id, passed, scope) : try await pay(id, passed, scope)
            }
        } catch let error as StripeError {
            return try .refused(error, requestID: StripeID.make("req"))
        }
    }

    private func setUp(_ id: String, _ passed: Bool, _ scope: StripeScope) async throws -> StripeAnswer {
        let intent = try await scope.store.find(SetupIntent.self, id, locked: true)
        guard intent.status == .requiresAction, let method = intent.paymentMethod else { throw Self.nothingToDo }
        if passed { return try await SetupAttempt.confirm(intent, authenticated: true, in: scope) }
        let card = try await scope.store.find(PaymentMethod.self, method)
        return try await SetupAttempt.refuse(intent, card, .authenticationFailed, in: scope)
    }

    private func pay(_ id: String, _ passed: Bool, _ scope: StripeScope) async throws -> StripeAnswer {
        let intent = try await scope.store.find(PaymentIntent.self, id, locked: true)
        guard intent.status == .requiresAction, let method = intent.paymentMethod else { throw Self.nothingToDo }
        if passed {
            return try await PaymentConfirmation.confirm(intent, .init(), authenticated: true, in: scope)
        }
        let card = try await scope.store.find(PaymentMethod.self, method)
        guard
            case .declined(let refused, let decline, let charge) = try await PaymentAttempt.refuse(
                intent,
                with: card,
                .authenticationFailed,
                in: scope
            )
        else { throw Self.nothingToDo }
        let error = StripeError.card(decline, charge: charge, intent: refused, method: card)
        return try .refused(error, requestID: scope.requestID)
    }

    private static let nothingToDo = StripeError.state("This payment does not wait for its holder.")

    private static func page(for id: String) -> String {
        MailboxPage.page(
            "Confirm your payment",
            """
            <p>Your bank asks whether it is you who pays (\(Answers.escaped(id))).</p>
            <form method="post"><button name="result" value="pass">It is me</button>
            <button name="result" value="fail">It is not me</button></form>
            """
        )
    }
}

extension Decline {
    static let authenticationFailed = Decline(
        code: "payment_intent_authentication_failure",
        declineCode: nil,
        message: "The provided payment method failed authentication.",
        adviceCode: "confirm_card_data",
        networkDeclineCode: nil
    )
}
