import DomainModel
import JobQueue
import Persistence
import Postgres

/// Makes a method that the client's browser created at the provider ours to charge, and tries what is owed at once.
struct RegisterPaymentMethod: JobTask {
    static let name = "register_payment_method"

    let office: Office

    func run(_ payload: SubscriptionsJobs.PaymentMethod, _ context: JobContext) async throws {
        let id = PaymentMethod.ID(payload.paymentMethodID)
        guard let (method, payer) = try await read(id, context) else { return }
        let saved: SavedMethod
        do {
            let gateway = try office.payments[method.kind]
            let customer = try await gateway.customer(for: payer)
            let remembered = try await remember(customer, of: payer.account, at: method.kind, context)
            saved = try await gateway.attach(method: method.providerReference, to: remembered)
        } catch PaymentGatewayError.refused(let reason) {
            throw JobError.permanent(reason)
        }
        try await office.transaction(context) { tx in
            try await PaymentMethods.verify(
                id,
                reference: saved.reference,
                displayName: saved.displayName,
                face: saved.face,
                in: tx
            )
            if try await PaymentMethods.standard(of: method.accountID, in: tx) == nil {
                _ = try await PaymentMethods.setDefault(id, of: method.accountID, in: tx)
            }
            for invoice in try await Invoices.open(of: method.accountID, in: tx) where invoice.collection == .automatic
            {
                try await office.producer.enqueue(
                    .collect(invoice.id, of: method.accountID, because: "method:\(id)"),
                    in: tx
                )
            }
            try office.note(.methodAdded, on: .paymentMethod(method), because: saved.displayName)
            try await context.complete(in: tx)
        }
    }

    private func read(
        _ id: PaymentMethod.ID,
        _ context: JobContext
    ) async throws -> (method: PaymentMethod, payer: Payer)? {
        let tenant = Tenant.job(context)
        return try await office.transaction(context) { tx in
            guard let method = try await PaymentMethods.find(id, for: tenant, in: tx), method.kind.isCharged else {
                // Removed meanwhile, or a kind that no provider has to know.
                try await context.complete(in: tx)
                return nil
            }
            let account = try await office.account(method.accountID, in: tx)
            let customer = try await PaymentCustomers.find(account.id, at: method.kind, in: tx)
            let payer = Payer(
                account: account.id,
                name: account.name,
                email: account.billingEmail.rawValue,
                customer: customer
            )
            return (method.value, payer)
        }
    }

    private func remember(
        _ customer: String,
        of account: Account.ID,
        at provider: PaymentMethodKind,
        _ context: JobContext
    ) async throws -> String {
        try await office.transaction(context) { tx in
            try await PaymentCustomers.remember(customer, of: account, at: provider, in: tx)
        }
    }
}
