import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

enum PaymentMethodRoutes {
    static let endpoints = [list, create, preparePayPal, detail, makeDefault, delete]

    private static let list = Endpoint.list(
        "billing/payment-methods/",
        .members(.owner),
        "listPaymentMethods",
        "Saved payment methods",
        Resources.paymentMethods
    )

    private static let detail = Endpoint.detail(
        "billing/payment-methods/{id}/",
        .members(.owner),
        "getPaymentMethod",
        "A saved payment method",
        Resources.paymentMethods
    )

    private static let create = Endpoint(
        .post,
        "billing/payment-methods/",
        .members(.owner),
        "createPaymentMethod",
        "Save a provider's token; a job attaches it at the provider"
    ) { call in
        try await call.write { write in
            let account = try await write.account(named: call.body)
            let kind = PaymentMethodKind(rawValue: try call.body.text("kind")) ?? .stripe
            let token = call.body["token"]?.string
            guard kind.isCharged == (token != nil) else {
                throw Problem.invalid(
                    "token",
                    kind.isCharged ? "what the provider gave" : "nothing for \(kind.rawValue)"
                )
            }
            let method = try await PaymentMethods.add(
                account: account,
                kind: kind,
                providerReference: token,
                displayName: call.body["display_name"]?.string ?? Self.names[kind] ?? "Card",
                isVerified: false,
                makeDefault: call.body["make_default"]?.bool ?? true,
                createdBy: write.identity.userID,
                in: write.tx
            )
            let id = method.id.rawValue
            let job = SubscriptionsJobs.registerPaymentMethod(id, account: account)
            let jobID = try await write.enqueue(job)
            try await write.audit(.methodAdded, Subject("payment_method", id, account: account))
            return .json(.accepted) { writer in
                writer.object { writer in
                    writer.member("payment_method_id", id)
                    writer.acceptedJob(jobID, task: job.task)
                }
            }.with(header: .location, "\(Endpoint.root)jobs/\(jobID)/")
        }
    }.with {
        $0.body = .named(
            "NewPaymentMethod",
            .object([
                .required(
                    "kind",
                    .oneOf(["stripe", "paypal", "bank", "manual"]),
                    "bank and manual are paid by hand and marked as paid by staff."
                ),
                .optional(
                    "token",
                    .formatted(.token, max: 255),
                    "What the provider's form gave: Stripe's pm_…, or PayPal's set-up token that the client approved."
                ),
                .optional("display_name", .name(max: 100)),
                .optional("make_default", .boolean, "Charge it from now on; true when left out."),
                .optional("account_id", .id, "For staff: whose."),
            ])
        )
        $0.success = .accepted
        $0.answer = .named(
            "AcceptedPaymentMethod",
            .object([.required("payment_method_id", .id)] + Schema.acceptedJob.fields)
        )
    }

    private static let preparePayPal = Endpoint(
        .post,
        "billing/paypal-setups/",
        .members(.owner),
        "preparePayPal",
        "Begin a PayPal wallet: the job's result has a token and the page where the client approves it"
    ) { call in
        try await call.write { write in
            let account = try await write.account(named: call.body)
            let job = SubscriptionsJobs.preparePayPal(account: account)
            return .accepted(job: try await write.enqueue(job), task: job.task)
        }
    }.with {
        $0.body = .object([.optional("account_id", .id, "For staff: whose.")])
        $0.success = .accepted
        $0.answer = .acceptedJob
    }

    /// What a method is called until its provider tells more.
    private static let names: [PaymentMethodKind: String] = [
        .paypal: "PayPal", .bank: "Bank transfer", .manual: "By hand",
    ]

    private static let makeDefault = Endpoint(
        .post,
        "billing/payment-methods/{id}/default/",
        .members(.owner),
        "makePaymentMethodDefault",
        "Charge this method from now on; failed invoices are tried again at once"
    ) { call in
        let id = try call.id()
        return try await call.write { write in
            let account = try await account(of: id, write)
            try await PaymentMethods.setDefault(.init(id), of: account, in: write.tx)
            let failed = try await write.tx.query(
                """
                select i.id from igny8_invoices i
                join igny8_account_payment_methods m on m.id = \(id) and m.is_verified
                where i.account_id = \(account.rawValue) and i.status = 'pending' and i.first_failed_at is not null
                order by i.id
                """
            )
            for invoice in failed {
                _ = try await write.enqueue(
                    SubscriptionsJobs.collectPayment(try invoice.decode(0), account: account)
                )
            }
            try await write.audit(.defaultMethodChanged, Subject("payment_method", id, account: account))
            return try await write.answer(Resources.paymentMethods, id)
        }
    }.with {
        $0.answer = Resources.paymentMethods.schema
        $0.hasETag = true
    }

    private static let delete = Endpoint(
        .delete,
        "billing/payment-methods/{id}/",
        .members(.owner),
        "deletePaymentMethod",
        "Forget a payment method"
    ) { call in
        let id = try call.id()
        return try await call.write { write in
            let account = try await account(of: id, write)
            guard try await PaymentMethods.remove(.init(id), of: account, in: write.tx) else { throw Problem.notFound }
            try await write.audit(.methodRemoved, Subject("payment_method", id, account: account))
            return .noContent
        }
    }.with { $0.success = .noContent }

    private static func account(of id: Int64, _ write: Write) async throws -> Account.ID {
        guard let method = try await PaymentMethods.find(.init(id), for: write.tenant, in: write.tx) else {
            throw Problem.notFound
        }
        return method.accountID
    }
}
