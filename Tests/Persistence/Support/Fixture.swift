import DomainModel
import Logging
import Persistence
import Postgres
import TestSupport
import Testing

/// Two accounts of a fresh database, each with an owner, a site with a sector, and a pending subscription.
struct Fixture {
    let test: TestDatabase
    let store: Store
    let one: Client
    let other: Client

    struct Client {
        let account: Account
        let owner: User
        let site: Site
        let sector: Sector
        let subscription: Stored<ManagedSubscription>
        var tenant: Tenant { .account(account.id) }
    }

    static let system = Tenant.system(reason: "test")

    static func with<Value: Sendable>(_ body: (Fixture) async throws -> Value) async throws -> Value {
        try await TestDatabase.withDatabase(.migrated) { test in
            let store = Store(database: test.service)
            let (one, other) = try await store.transaction(as: system, actor: "test") { tx in
                (try await client("one", in: tx), try await client("other", in: tx))
            }
            return try await body(Fixture(test: test, store: store, one: one, other: other))
        }
    }

    private static func client(_ name: String, in tx: PostgresTransaction) async throws -> Client {
        let account = try await Accounts.create(
            name: name,
            plan: .scale,
            timeZoneName: "Europe/London",
            currency: .usd,
            billingEmail: try #require(EmailAddress("billing@\(name).example")),
            in: tx
        )
        let owner = try await Users.create(
            account: account.id,
            email: try #require(EmailAddress("owner@\(name).example")),
            name: "Owner of \(name)",
            passwordHash: try PasswordHash.make("secret", cost: .cheap),
            role: .owner,
            in: tx
        )
        let industry = try #require(try await Industries.find(named: "printing", in: tx))
        let part = try #require(try await Industries.sectors(of: industry.id, in: tx).first)
        let site = try await Sites.create(
            account: account.id,
            domain: try #require(Domain("\(name).example")),
            name: name,
            url: "https://\(name).example/",
            industry: industry.id,
            in: tx
        )
        let sector = try #require(
            try await Sectors.create(site: site.id, industrySector: part.id, for: system, in: tx)
        )
        let subscription = try await ManagedSubscriptions.create(
            account: account.id,
            site: site.id,
            tier: .pro,
            monthlyPrice: Money(minor: 39_900, currency: .usd),
            articlesPerMonth: 30,
            serviceConfig: .defaults(for: .pro),
            in: tx
        )
        return Client(
            account: account.value,
            owner: owner.value,
            site: site.value,
            sector: sector.value,
            subscription: subscription
        )
    }
}

extension TestDatabase {
    /// Runs `body` with a superuser's connection to the test's database, to do what nobody may.
    func superuser(_ body: (PostgresDatabase) async throws -> Void) async throws {
        let database = PostgresDatabase(
            configuration: PostgresConfiguration(url: superuserURL),
            loop: TestDatabase.loop,
            logger: Logger(label: "tests.superuser")
        )
        do {
            try await body(database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
