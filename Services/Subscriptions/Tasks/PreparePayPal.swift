import DomainModel
import JobQueue
import Persistence
import Postgres

/// Opens a wallet's way into PayPal's vault: the job's result holds a set-up token and the address where the client
/// approves it. The approved token is then saved as a payment method like any provider's token.
struct PreparePayPal: JobTask {
    static let name = "prepare_paypal"

    let office: Office

    /// A client waits for it.
    var retry: RetryPolicy { RetryPolicy(maxAttempts: 5) }

    func run(_ payload: NoPayload, _ context: JobContext) async throws {
        let setup: WalletSetup
        do {
            guard let wallets = try office.payments[.paypal] as? any WalletGateway else {
                throw JobError.permanent("PayPal opens no wallets here")
            }
            setup = try await wallets.prepareWallet(
                returningTo: "\(office.house.portal)/payment-methods",
                key: "setup:\(context.id)"
            )
        } catch PaymentGatewayError.refused(let reason) {
            throw JobError.permanent(reason)
        }
        try await office.transaction(context) { tx in try await context.complete(result: setup, in: tx) }
    }
}
