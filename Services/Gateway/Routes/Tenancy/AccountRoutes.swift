import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import Persistence

enum AccountRoutes {
    static let endpoints = [list, create, detail, change]

    private static let list = Endpoint.list(
        "accounts/",
        .anyone,
        "listAccounts",
        "Accounts: all for staff, one's own for members",
        Resources.accounts
    )

    private static let detail = Endpoint.detail(
        "accounts/{id}/",
        .anyone,
        "getAccount",
        "An account",
        Resources.accounts
    )

    private static let create = Endpoint(.post, "accounts/", .staff(.admin), "createAccount", "Create an account") {
        call in
        try await call.write { write in
            let body = call.body
            guard let currency = Currency(code: try body.text("currency")) else {
                throw Problem.invalid("currency", "an ISO 4217 currency we bill in")
            }
            let account = try await Accounts.create(
                name: try body.text("name"),
                plan: PlanKey(rawValue: try body.text("plan")),
                timeZoneName: try body.text("time_zone"),
                currency: currency,
                billingEmail: try body.email("billing_email"),
                billing: BillingDetails(
                    country: body["country"]?.string,
                    legalName: body["legal_name"]?.string,
                    addressLines: body.texts("address_lines") ?? [],
                    taxID: body["tax_id"]?.string
                ),
                createdBy: write.identity.userID,
                in: write.tx
            )
            try await write.audit(.created, Subject("account", account.id.rawValue, account: account.id))
            return try await write.created(Resources.accounts, account.id.rawValue, at: "accounts/")
        }
    }.with {
        $0.body = .named("NewAccount", .object(fields(required: true)))
        $0.success = .created
        $0.answer = Resources.accounts.schema
        $0.hasETag = true
    }

    private static let change = Endpoint(
        .patch,
        "accounts/{id}/",
        .members(.admin),
        "updateAccount",
        "Change an account; plan and status are for staff admins"
    ) { call in
        let id = Account.ID(try call.id())
        return try await call.write { write in
            guard var account = try await Accounts.find(id, for: write.tenant, lock: .forUpdate, in: write.tx) else {
                throw Problem.notFound
            }
            try await write.checkVersion(Resources.accounts, id.rawValue)
            let before = account.value
            if let status = call.body["status"]?.string, status != before.status.rawValue, id == write.identity.account
            {
                throw Problem.conflict("own-access", "Nobody suspends or closes the account they work for.")
            }
            try apply(call.body, to: &account.value, by: write.identity)
            try await Accounts.save(&account, in: write.tx)
            try await saveBilling(call.body, of: id, write)
            if account.timeZoneName != before.timeZoneName {
                let soon = try await BusinessClock.now(in: write.tx).addingTimeInterval(60)
                for job in SubscriptionsJobs.afterMove(of: id, at: soon) { _ = try await write.enqueue(job) }
            }
            try await write.audit(
                .updated,
                Subject("account", id.rawValue, account: id),
                Change(
                    from: before.status.rawValue,
                    to: account.status.rawValue,
                    data: Change.fields(of: call.body).data
                )
            )
            return try await write.answer(Resources.accounts, id.rawValue)
        }
    }.with {
        $0.body = .named(
            "AccountChange",
            .object(
                fields(required: false) + [.optional("status", .oneOf(["active", "suspended", "closed"]))]
            )
        )
        $0.answer = Resources.accounts.schema
        $0.hasETag = true
        $0.problems = [.conflict]
    }

    private static func fields(required: Bool) -> [Schema.Field] {
        let field = required ? Schema.Field.required : Schema.Field.optional
        return [
            field("name", .name(), nil), field("plan", .formatted(.slug, max: 40), "The key of a plan."),
            field("time_zone", .timeZone, nil), field("currency", .currency, nil),
            field("billing_email", .email, nil),
            .optional("country", .nullable(.formatted(.country, max: 2))),
            .optional("legal_name", .nullable(.name())),
            .optional("address_lines", .array(.name(), count: 0...10)), .optional("tax_id", .nullable(.name(max: 64))),
        ]
    }

    private static func apply(_ body: JSON, to account: inout Account, by identity: Identity) throws {
        if body.has("plan") || body.has("status") || body.has("currency"), identity.staffRole != .admin {
            throw Problem.forbidden("Plan, status and currency are changed by staff admins only.")
        }
        if let name = body["name"]?.string { account.name = name }
        if let zone = body["time_zone"]?.string { account.timeZoneName = zone }
        if body.has("billing_email") { account.billingEmail = try body.email("billing_email") }
        if let plan = body["plan"]?.string { account.plan = PlanKey(rawValue: plan) }
        if let code = body["currency"]?.string {
            guard let currency = Currency(code: code) else { throw Problem.invalid("currency", "an ISO 4217 code") }
            account.currency = currency
        }
        switch body["status"]?.string {
        case account.status.rawValue, nil: break
        case "suspended": account.status = try account.status.applying(.suspend)
        case "active": account.status = try account.status.applying(.reinstate)
        default: account.status = try account.status.applying(.close)
        }
    }

    private static func saveBilling(_ body: JSON, of id: Account.ID, _ write: Write) async throws {
        let names = ["country", "legal_name", "address_lines", "tax_id"]
        guard names.contains(where: body.has), var details = try await Accounts.billing(of: id, in: write.tx) else {
            return
        }
        if body.has("country") { details.country = body["country"]?.string }
        if body.has("legal_name") { details.legalName = body["legal_name"]?.string }
        if body.has("tax_id") { details.taxID = body["tax_id"]?.string }
        if let lines = body.texts("address_lines") { details.addressLines = lines }
        try await Accounts.save(billing: details, of: id, in: write.tx)
    }
}
