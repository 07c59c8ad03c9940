public import DomainModel
public import Postgres

/// `igny8_client_intakes`: what a client told about the business, one a subscription.
public enum Intakes {
    static let columns: SQL = """
        site_url, industry, sectors, products_services, problems_solved, brands, locations, competitors,
        target_countries, social_accounts, seo_state, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<Intake> {
        try Stored(
            Intake(
                siteURL: row.decode("site_url"),
                industry: row.decode("industry"),
                sectors: row.decode("sectors"),
                productsServices: row.decode("products_services"),
                problemsSolved: row.decode("problems_solved"),
                brands: row.decode("brands"),
                locations: row.decode("locations"),
                competitors: row.decode("competitors"),
                targetCountries: row.decode("target_countries"),
                socialAccounts: row.decode("social_accounts"),
                seoState: row.decode("seo_state")
            ),
            row
        )
    }

    /// The intake of a subscription, if the client has given one.
    public static func find(
        _ subscription: ManagedSubscription.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Intake>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_client_intakes
            where subscription_id = \(subscription.rawValue) and \(fragment: tenant.owns())
            """
        ).first.map(decode)
    }

    /// Stores the intake of a subscription, in place of the one before.
    public static func put(
        _ intake: Intake,
        of subscription: ManagedSubscription.ID,
        account: Account.ID,
        by user: User.ID?,
        in queries: some PostgresQuerying
    ) async throws -> Stored<Intake> {
        try await decode(
            queries.query(
                """
                insert into igny8_client_intakes (account_id, subscription_id, site_url, industry, sectors,
                    products_services, problems_solved, brands, locations, competitors, target_countries,
                    social_accounts, seo_state, created_by)
                values (\(account.rawValue), \(subscription.rawValue), \(intake.siteURL), \(intake.industry),
                    \(intake.sectors), \(intake.productsServices), \(intake.problemsSolved), \(intake.brands),
                    \(intake.locations), \(intake.competitors), \(intake.targetCountries), \(intake.socialAccounts),
                    \(intake.seoState), \(user?.rawValue))
                on conflict (subscription_id) do update set
                    site_url = excluded.site_url, industry = excluded.industry, sectors = excluded.sectors,
                    products_services = excluded.products_services, problems_solved = excluded.problems_solved,
                    brands = excluded.brands, locations = excluded.locations, competitors = excluded.competitors,
                    target_countries = excluded.target_countries, social_accounts = excluded.social_accounts,
                    seo_state = excluded.seo_state
                returning \(fragment: columns)
                """
            ).only()
        )
    }
}
