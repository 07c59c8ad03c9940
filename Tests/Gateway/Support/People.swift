import DomainModel
import Persistence
import Postgres
import Testing

@testable import Gateway

/// Somebody who can sign in.
struct Person: Sendable {
    let user: User.ID
    let account: Account.ID
    let email: String
    let isStaff: Bool

    static let password = "correct horse battery staple"
}

/// A client with what its account holds.
struct Client: Sendable {
    let owner: Person
    let editor: Person
    let site: Site.ID
    let sector: Sector.ID
    let subscription: ManagedSubscription.ID
    let invoice: Int64
    let paymentMethod: Int64
    let payment: Int64
    let refund: Int64
    let apiKey: ApiKey.ID
    let key: String
    let job: Int64
    let timeEntry: Int64
    let webhook: Int64
    let campaign: Int64
    let backlinkOrder: Int64
    let backlink: Int64
    let linkClaim: Int64
    let approval: Int64
    let indexingRequest: Int64
    let indexingKey: Int64
    let coreImport: Int64

    var account: Account.ID { owner.account }
}

/// The agency's own, and two clients on Scale.
struct People: Sendable {
    let admin: Person
    let manager: Person
    let one: Client
    let other: Client
    let industry: Int64
    let industrySector: Int64

    init(in tx: PostgresTransaction) async throws {
        let agency = try await Self.account("Alorig", .scale, in: tx)
        admin = try await Self.person("admin@alorig.example", agency, .owner, staff: .admin, in: tx)
        manager = try await Self.person("manager@alorig.example", agency, .editor, staff: .accountManager, in: tx)
        let part = try #require(
            try await tx.query("select industry_id, id from igny8_industry_sectors order by id limit 1").first
        )
        industry = try part.decode(0)
        industrySector = try part.decode(1)
        for flag in FeatureFlag.allCases { try await FeatureFlags.set(flag, isEnabled: true, in: tx) }
        one = try await Self.client("one", staff: admin.user, industry, industrySector, in: tx)
        other = try await Self.client("other", staff: admin.user, industry, industrySector, in: tx)
    }

    static func account(_ name: String, _ plan: PlanKey, in tx: PostgresTransaction) async throws -> Account.ID {
        try await Accounts.create(
            name: name,
            plan: plan,
            timeZoneName: "Europe/London",
            currency: .usd,
            billingEmail: try #require(EmailAddress("billing@\(name.lowercased()).example")),
            in: tx
        ).id
    }

    static func person(
        _ email: String,
        _ account: Account.ID,
        _ role: UserRole,
        staff: StaffRole? = nil,
        in tx: PostgresTransaction
    ) async throws -> Person {
        let user = try await Users.create(
            account: account,
            email: try #require(EmailAddress(email)),
            name: "Person \(email)",
            passwordHash: try PasswordHash.make(Person.password, cost: .cheap),
            role: role,
            staffRole: staff,
            in: tx
        )
        return Person(user: user.id, account: account, email: email, isStaff: staff != nil)
    }

    private static func client(
        _ name: String,
        staff: User.ID,
        _ industry: Int64,
        _ part: Int64,
        in tx: PostgresTransaction
    ) async throws -> Client {
        let account = try await account(name, .scale, in: tx)
        let owner = try await person("owner@\(name).example", account, .owner, in: tx)
        let editor = try await person("editor@\(name).example", account, .editor, in: tx)
        let site = try await Sites.create(
            account: account,
            domain: try #require(Domain("\(name).example")),
            name: name,
            url: "https://\(name).example/",
            industry: .init(industry),
            in: tx
        )
        let sector = try #require(
            try await Sectors.create(site: site.id, industrySector: .init(part), for: TestGateway.system, in: tx)
        )
        let subscription = try await ManagedSubscriptions.create(
            account: account,
            site: site.id,
            tier: .pro,
            monthlyPrice: Money(minor: 39_900, currency: .usd),
            articlesPerMonth: 30,
            serviceConfig: .defaults(for: .pro),
            in: tx
        )
        try await OnboardingSteps.save(Onboarding(), of: subscription.id, account: account, in: tx)
        let intake = Intake(siteURL: "https://\(name).example/")
        _ = try await Intakes.put(intake, of: subscription.id, account: account, by: nil, in: tx)
        let key = SecretToken.random(prefix: "ig8_0000000\(name.count)_").text
        let apiKey = try await ApiKeys.create(
            account: account,
            name: "test",
            key: key,
            prefix: String(key.prefix(12)),
            scopes: [.servicesRead, .sitesRead],
            expiresAt: nil,
            createdBy: owner.user,
            in: tx
        )
        let invoice = try await id(
            """
            insert into igny8_invoices (account_id, currency, kind, seller, buyer, net, tax, total)
            values (\(account.rawValue), 'USD', 'other', '{}', '{}', 399, 0, 399) returning id
            """,
            in: tx
        )
        let payment = try await id(
            """
            insert into igny8_payments (account_id, invoice_id, kind, attempt, idempotency_key, amount, currency)
            values (\(account.rawValue), \(invoice), 'stripe', 1, \("key:" + name), 399, 'USD') returning id
            """,
            in: tx
        )
        let refund = try await id(
            """
            insert into igny8_refunds (account_id, payment_id, issuer, issue_year, issue_number, number, status, amount,
                currency)
            values (\(account.rawValue), \(payment), 'test', 2026, \(Int(payment)), \("RF-" + name), 'cancelled', 1, 'USD')
            returning id
            """,
            in: tx
        )
        let order = try await id(
            """
            insert into igny8_backlink_service_orders (account_id, site_id, links_agreed, client_price, currency)
            values (\(account.rawValue), \(site.id.rawValue), 2, 500, 'USD') returning id
            """,
            in: tx
        )
        let backlink = try await id(
            """
            insert into igny8_sag_backlinks (account_id, site_id, order_id, target_url, cost, price, currency)
            values (\(account.rawValue), \(site.id.rawValue), \(order), 'https://one.example/', 80, 250, 'USD') returning id
            """,
            in: tx
        )
        return Client(
            owner: owner,
            editor: editor,
            site: site.id,
            sector: sector.id,
            subscription: subscription.id,
            invoice: invoice,
            paymentMethod: try await id(
                """
                insert into igny8_account_payment_methods (account_id, kind, provider_reference, display_name, is_default)
                values (\(account.rawValue), 'stripe', \("pm_" + name), 'Visa', true) returning id
                """,
                in: tx
            ),
            payment: payment,
            refund: refund,
            apiKey: apiKey.id,
            key: key,
            job: try await id(
                """
                insert into igny8_jobs (queue, task, state, account_id, payload, run_at)
                values ('subscriptions', 'send_email', 'pending', \(account.rawValue), '{}', igny8_now()) returning id
                """,
                in: tx
            ),
            timeEntry: try await id(
                """
                insert into igny8_time_entries (account_id, subscription_id, staff_id, minutes, worked_on)
                values (\(account.rawValue), \(subscription.id.rawValue), \(staff.rawValue), 30, '2026-09-20') returning id
                """,
                in: tx
            ),
            webhook: try await id(
                """
                insert into igny8_webhook_endpoints (account_id, url, event_types, secret_last4)
                values (\(account.rawValue), 'https://hooks.example/', '{invoice.voided}', 'abcd') returning id
                """,
                in: tx
            ),
            campaign: try await id(
                """
                with campaign as (
                    insert into igny8_sag_campaigns (account_id, site_id, name)
                    values (\(account.rawValue), \(site.id.rawValue), 'Autumn') returning id
                )
                insert into igny8_campaign_kpi_snapshots (account_id, site_id, campaign_id, snapshot_date, dr, spend, currency)
                select \(account.rawValue), \(site.id.rawValue), id, '2026-09-20', 41.5, 80, 'USD' from campaign
                returning campaign_id as id
                """,
                in: tx
            ),
            backlinkOrder: order,
            backlink: backlink,
            linkClaim: try await id(
                """
                insert into igny8_link_claims (account_id, site_id, order_id, backlink_id, lost_at, guarantee_until, letter,
                    expected, currency)
                values (\(account.rawValue), \(site.id.rawValue), \(order), \(backlink), igny8_now(), '2026-12-31', 'Dear vendor',
                    80, 'USD') returning id
                """,
                in: tx
            ),
            approval: try await id(
                """
                insert into igny8_approvals (account_id, subscription_id, subject_kind, subject_id)
                values (\(account.rawValue), \(subscription.id.rawValue), 'content', \(subscription.id.rawValue)) returning id
                """,
                in: tx
            ),
            indexingRequest: try await id(
                """
                insert into igny8_backlink_indexing_requests (account_id, site_id, url, currency)
                values (\(account.rawValue), \(site.id.rawValue), 'https://publisher.example/', 'USD') returning id
                """,
                in: tx
            ),
            indexingKey: try await id(
                """
                insert into igny8_indexing_keys (account_id, service, host, api_key_last4)
                values (\(account.rawValue), 'indexnow', \(name + ".example"), 'abcd') returning id
                """,
                in: tx
            ),
            coreImport: try await id(
                """
                insert into igny8_core_imports (account_id, kind, format, bytes)
                values (\(account.rawValue), 'gsc_metrics', 'csv', 0) returning id
                """,
                in: tx
            )
        )
    }

    private static func id(_ sql: SQL, in tx: PostgresTransaction) async throws -> Int64 {
        try #require(try await tx.query(sql).first).decode(0)
    }
}
