import Foundation

/// One request each, with an idempotency key of its own.
extension DemoSeed {
    func createAccount(_ client: DemoClient, _ staff: StackClient) async throws -> Int64 {
        struct NewAccount: Encodable {
            let name: String
            let plan: String
            let time_zone: String
            let currency: String
            let billing_email: String
            let country: String
        }
        let created: Named = try await staff.post(
            "/api/v1/accounts/",
            NewAccount(
                name: client.name,
                plan: client.plan,
                time_zone: client.timeZone,
                currency: "USD",
                billing_email: client.email,
                country: client.country
            ),
            key: "demo:\(client.slug):account"
        )
        return created.id
    }

    func createSite(
        _ client: DemoClient,
        _ account: Int64,
        _ industries: [Industry],
        _ key: String,
        _ staff: StackClient
    ) async throws -> Int64 {
        struct NewSite: Encodable {
            let account_id: Int64
            let domain: String
            let name: String
            let industry_id: Int64
            let competitors: [String]
            let target_countries: [String]
        }
        struct NewSector: Encodable {
            let site_id: Int64
            let industry_sector_id: Int64
        }
        guard let industry = industries.first(where: { $0.name == client.industry }) else {
            throw OperatorFailure("The catalogue has no industry \"\(client.industry)\".")
        }
        let site: Named = try await staff.post(
            "/api/v1/sites/",
            NewSite(
                account_id: account,
                domain: client.domain,
                name: client.name,
                industry_id: industry.id,
                competitors: client.intake.competitors,
                target_countries: client.intake.targetCountries
            ),
            key: "\(key):site"
        )
        for sector in industry.sectors where client.sectors.contains(sector.name) {
            let _: Named = try await staff.post(
                "/api/v1/sectors/",
                NewSector(site_id: site.id, industry_sector_id: sector.id),
                key: "\(key):sector:\(sector.id)"
            )
        }
        return site.id
    }

    func createOwner(
        _ client: DemoClient,
        _ account: Int64,
        _ password: String,
        _ key: String,
        _ staff: StackClient
    ) async throws {
        struct NewUser: Encodable {
            let account_id: Int64
            let email: String
            let name: String
            let role: String
            let password: String
        }
        let _: Named = try await staff.post(
            "/api/v1/users/",
            NewUser(
                account_id: account,
                email: client.email,
                name: client.owner,
                role: "owner",
                password: password
            ),
            key: "\(key):owner"
        )
    }

    /// What is behind a flag that is off until somebody switches it on.
    func enable(_ flag: String, _ account: Int64, _ staff: StackClient) async throws {
        struct Override: Encodable {
            let is_enabled: Bool
            let reason: String
        }
        let _: Nothing = try await staff.put(
            "/api/v1/feature-flags/\(flag)/overrides/\(account)/",
            Override(is_enabled: true, reason: "a client of the demo")
        )
    }

    /// The agency's account with an indexing service.
    func giveIndexingKey(_ staff: StackClient) async throws {
        struct NewKey: Encodable {
            let service: String
            let api_key: String
        }
        let keys: Page<Named> = try await staff.get("/api/v1/linker/indexing/keys/")
        guard keys.results.isEmpty else { return }
        let _: Nothing = try await staff.post(
            "/api/v1/linker/indexing/keys/",
            NewKey(service: "speedyindex", api_key: password(of: "speedyindex"))
        )
    }

    func addCard(_ client: DemoClient, _ account: Int64, _ key: String, _ staff: StackClient) async throws {
        struct NewMethod: Encodable {
            let account_id: Int64
            let kind: String
            let token: String
        }
        let _: Nothing = try await staff.post(
            "/api/v1/billing/payment-methods/",
            NewMethod(account_id: account, kind: "stripe", token: client.card),
            key: "\(key):card"
        )
    }

    func subscribe(
        _ client: DemoClient,
        _ site: Int64,
        _ key: String,
        _ staff: StackClient
    ) async throws -> Int64 {
        struct NewSubscription: Encodable {
            let site_id: Int64
            let tier: String
        }
        let subscription: Named = try await staff.post(
            "/api/v1/services/subscriptions/",
            NewSubscription(site_id: site, tier: client.tier),
            key: "\(key):subscription"
        )
        return subscription.id
    }

    func fillIntake(_ client: DemoClient, _ subscription: Int64, _ staff: StackClient) async throws {
        let path = "/api/v1/services/subscriptions/\(subscription)/intake/"
        guard try await staff.getIfAny(path, as: Nothing.self) == nil else { return }
        let _: Nothing = try await staff.put(path, IntakeForm(client))
    }
}

private struct IntakeForm: Encodable {
    let site_url: String
    let industry: String
    let sectors: [String]
    let products_services: [String]
    let problems_solved: [String]
    let brands: [String]
    let locations: [String]
    let competitors: [String]
    let target_countries: [String]
    let seo_state: String

    init(_ client: DemoClient) {
        site_url = "https://\(client.domain)/"
        industry = client.industry
        sectors = client.sectors
        products_services = client.intake.productsServices
        problems_solved = client.intake.problemsSolved
        brands = client.intake.brands
        locations = client.intake.locations
        competitors = client.intake.competitors
        target_countries = client.intake.targetCountries
        seo_state = client.intake.seoState
    }
}
