import DomainModel
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

/// A client of the test's agency.
struct TestClient: Sendable {
    let account: Account.ID
    let site: Site.ID
    let subscription: ManagedSubscription.ID
    let domain: String

    var tenant: Tenant { .account(account) }
}

extension Agency {
    /// A client with a site and a pending subscription; its onboarding has been asked for.
    func client(
        _ name: String,
        tier: ServiceTier = .pro,
        zone: String = "Europe/London",
        isConnected: Bool = true,
        card: String? = "pm_card"
    ) async throws -> TestClient {
        let client = try await transaction { tx in
            let account = try await Accounts.create(
                name: name,
                plan: .scale,
                timeZoneName: zone,
                currency: .usd,
                billingEmail: try #require(EmailAddress("billing@\(name).example")),
                in: tx
            )
            _ = try await Users.create(
                account: account.id,
                email: try #require(EmailAddress("owner@\(name).example")),
                name: "Ann",
                passwordHash: try PasswordHash.make("secret", cost: .cheap),
                role: .owner,
                in: tx
            )
            let industry = try #require(try await Industries.all(in: tx).first)
            let part = try #require(try await Industries.sectors(of: industry.id, in: tx).first)
            let site = try await Sites.create(
                account: account.id,
                domain: try #require(Domain("\(name).example")),
                name: name,
                url: "https://\(name).example/",
                industry: industry.id,
                in: tx
            )
            _ = try await Sectors.create(site: site.id, industrySector: part.id, for: Self.system, in: tx)
            let subscription = try await ManagedSubscriptions.create(
                account: account.id,
                site: site.id,
                tier: tier,
                monthlyPrice: Money(minor: tier == .pro ? 39_900 : 10_000, currency: .usd),
                articlesPerMonth: tier == .pro ? 30 : 10,
                serviceConfig: .defaults(for: tier),
                in: tx
            )
            return TestClient(
                account: account.id,
                site: site.id,
                subscription: subscription.id,
                domain: "\(name).example"
            )
        }
        if isConnected { try await connect(client) }
        if let card { try await addCard(card, of: client) }
        try await onboard(client)
        return client
    }

    /// The plugin of a site connects.
    func connect(_ client: TestClient) async throws {
        _ = try await transaction { tx in
            try await tx.query(
                """
                insert into igny8_site_integrations (account_id, site_id, platform, status, base_url)
                values (\(client.account.rawValue), \(client.site.rawValue), 'wordpress', 'active',
                    \("https://\(client.domain)"))
                """
            )
        }
    }

    /// The client's browser has made a card, and asks us to register it.
    @discardableResult
    func addCard(_ reference: String, of client: TestClient, isDefault: Bool = true) async throws -> PaymentMethod.ID {
        try await transaction { tx in
            let method = try await PaymentMethods.add(
                account: client.account,
                kind: .stripe,
                providerReference: "\(reference)_\(client.account)",
                displayName: "Card",
                isVerified: false,
                makeDefault: isDefault,
                in: tx
            )
            try await producer.enqueue(
                SubscriptionsJobs.registerPaymentMethod(method.id.rawValue, account: client.account),
                in: tx
            )
            return method.id
        }
    }

    func onboard(_ client: TestClient) async throws {
        _ = try await transaction { tx in
            let subscription = try #require(
                try await ManagedSubscriptions.find(client.subscription, for: Self.system, in: tx)
            )
            return try await producer.enqueue(
                SubscriptionsJobs.onboard(subscription.id, account: subscription.accountID),
                in: tx
            )
        }
    }

    func subscription(_ client: TestClient) async throws -> ManagedSubscription {
        try await transaction { tx in
            try #require(try await ManagedSubscriptions.find(client.subscription, for: Self.system, in: tx)).value
        }
    }

    func steps(_ client: TestClient) async throws -> Onboarding {
        try await transaction { tx in try await OnboardingSteps.load(client.subscription, for: Self.system, in: tx) }
    }

    func invoices(_ client: TestClient) async throws -> [Invoice] {
        try await transaction { tx in
            try await Invoices.all(of: client.subscription, for: Self.system, in: tx).map(\.value)
        }
    }

    func payments(_ invoice: Invoice) async throws -> [Payment] {
        try await transaction { tx in
            try await Payments.all(of: invoice.id, for: Self.system, in: tx).map(\.value)
        }
    }

    func openFlags(_ client: TestClient) async throws -> [DeliveryFlagKind] {
        try await transaction { tx in
            try await DeliveryFlags.open(of: [client.subscription], for: Self.system, in: tx).map(\.kind)
        }
    }
}
