import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

enum SubscriptionRoutes {
    static let endpoints = [list, create, detail, change]

    private static let list = Endpoint.list(
        "services/subscriptions/",
        .anyone,
        "listSubscriptions",
        "Managed subscriptions: all for staff, the account's own for members",
        Resources.subscriptions
    ).with { $0.scope = .servicesRead }

    private static let detail = Endpoint.detail(
        "services/subscriptions/{id}/",
        .anyone,
        "getSubscription",
        "A managed subscription",
        Resources.subscriptions
    ).with { $0.scope = .servicesRead }

    private static let create = Endpoint(
        .post,
        "services/subscriptions/",
        .staff,
        "createSubscription",
        "Sell a managed service for a site, and begin its onboarding"
    ) { call in
        guard let tier = ServiceTier(rawValue: try call.body.text("tier")) else { throw Problem.unexpected }
        let siteID = Site.ID(try call.body.number("site_id"))
        return try await call.write { write in
            guard let site = try await Sites.find(siteID, for: write.tenant, in: write.tx),
                let account = try await Accounts.find(site.accountID, for: write.tenant, lock: .forUpdate, in: write.tx)
            else { throw Problem.invalid("site_id", "the id of a site") }
            try await write.require(.managedServicesEnabled, account: account.id)
            try await write.require(.managed(tier), account: account.id)
            guard let offer = try await Catalogue.managedTier(tier, in: write.tx) else {
                throw Problem.conflict("not-sold", "This tier is not sold at present.")
            }
            let config = try ServiceConfig(
                call.body["service_config"].map { JSONValue($0) } ?? .object([:]),
                over: .defaults(for: tier)
            )
            try await write.check(
                config.reporting,
                insteadOf: ServiceConfig.defaults(for: tier).reporting,
                account: account.id
            )
            let subscription = try await write.beginService(
                tier,
                for: site.value,
                price: try price(call.body, account.currency) ?? offer.price(for: account.value),
                articlesPerMonth: call.body["articles_per_month"]?.integer.map { Int($0) } ?? offer.articlesPerMonth,
                accountManager: try await manager(call.body, write),
                config: config
            )
            return try await write.created(
                Resources.subscriptions,
                subscription.id.rawValue,
                at: "services/subscriptions/"
            )
        }
    }.with {
        $0.scope = .servicesWrite
        $0.flag = .managedServicesEnabled
        $0.bodyGates = ServiceTier.allCases.map { BodyGate(when: "tier = \($0.rawValue)", requirement: .managed($0)) }
        $0.body = .named(
            "NewSubscription",
            .object(
                [.required("site_id", .id), .required("tier", .oneOf(ServiceTier.self))] + fields
            )
        )
        $0.success = .created
        $0.answer = Resources.subscriptions.schema
        $0.hasETag = true
        $0.problems = [.conflict]
    }

    private static let fields: [Schema.Field] = [
        .optional("monthly_price", .money, "In the account's currency; the catalogue's price when left out."),
        .optional("articles_per_month", .integer(0...1000)),
        .optional("account_manager_id", .nullable(.id), "A member of the staff."),
        .optional("service_config", .named("ServiceConfig", .shape(ServiceConfig.shape))),
    ]

    private static let change = Endpoint(
        .patch,
        "services/subscriptions/{id}/",
        .staff,
        "updateSubscription",
        "Change config, price (from the next period), quota or manager"
    ) { call in
        let id = ManagedSubscription.ID(try call.id())
        return try await call.write { write in
            var subscription = try await write.lockedSubscription(id)
            try await write.checkVersion(Resources.subscriptions, id.rawValue)
            let before = subscription.monthlyPrice
            if let price = try price(call.body, before.currency) { subscription.value.changePrice(to: price) }
            if let articles = call.body["articles_per_month"]?.integer { subscription.articlesPerMonth = Int(articles) }
            if call.body.has("account_manager_id") {
                subscription.accountManagerID = try await manager(call.body, write)
            }
            if let config = call.body["service_config"] {
                let before = subscription.serviceConfig
                subscription.serviceConfig = try ServiceConfig(JSONValue(config), over: before)
                try await write.check(
                    subscription.serviceConfig.reporting,
                    insteadOf: before.reporting,
                    account: subscription.accountID
                )
            }
            try await ManagedSubscriptions.save(&subscription, in: write.tx)
            try await write.audit(
                .updated,
                .subscription(subscription.value),
                .fields(of: call.body)
            )
            return try await write.answer(Resources.subscriptions, id.rawValue)
        }
    }.with {
        $0.scope = .servicesWrite
        $0.flag = .managedServicesEnabled
        $0.body = .named("SubscriptionChange", .object(fields))
        $0.answer = Resources.subscriptions.schema
        $0.hasETag = true
        $0.problems = [.conflict]
    }

    private static func price(_ body: JSON, _ currency: Currency) throws -> Money? {
        guard let text = body["monthly_price"]?.string else { return nil }
        do {
            return try Money(decimal: text, currency: currency)
        } catch {
            throw Problem.invalid("monthly_price", "an amount that \(currency.code) can hold")
        }
    }

    private static func manager(_ body: JSON, _ write: Write) async throws -> User.ID? {
        guard let id = body["account_manager_id"]?.integer else { return nil }
        guard let user = try await Users.find(.init(id), for: write.tenant, in: write.tx), user.isStaff, user.isActive
        else { throw Problem.invalid("account_manager_id", "the id of an active member of the staff") }
        return user.id
    }
}

extension Subject {
    static func subscription(_ subscription: ManagedSubscription) -> Subject {
        Subject(
            SubscriptionStatus.subject,
            subscription.id.rawValue,
            account: subscription.accountID,
            subscription: subscription.id
        )
    }
}

extension Write {
    /// The subscription, held until the end, with managed services switched on for its account.
    func lockedSubscription(_ id: ManagedSubscription.ID) async throws -> Stored<ManagedSubscription> {
        guard let found = try await ManagedSubscriptions.find(id, for: tenant, lock: .forUpdate, in: tx) else {
            throw Problem.notFound
        }
        try await require(.managedServicesEnabled, account: found.accountID)
        return found
    }
}

extension Catalogue.ManagedTier {
    /// - Throws: 422 where the catalogue has no price in the account's currency: staff then say one.
    fileprivate func price(for account: Account) throws(Problem) -> Money {
        guard price.currency == account.currency else {
            throw .invalid(
                "monthly_price",
                "required: a price in \(account.currency.code), because the catalogue's is in \(price.currency.code)"
            )
        }
        return price
    }
}
