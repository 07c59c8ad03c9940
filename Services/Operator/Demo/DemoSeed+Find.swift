/// What of a client is there already, by natural keys.
extension DemoSeed {
    struct Begun {
        let account: Int64
        let site: Int64?
        let subscription: Int64?
    }

    struct Page<Row: Decodable & Sendable>: Decodable, Sendable {
        let results: [Row]
    }

    struct Named: Decodable, Sendable {
        let id: Int64
    }

    struct Industry: Decodable, Sendable {
        struct Sector: Decodable, Sendable {
            let id: Int64
            let name: String
        }
        let id: Int64
        let name: String
        let sectors: [Sector]
    }

    private struct AccountRow: Decodable, Sendable {
        let id: Int64
        let name: String
    }

    func find(_ client: DemoClient, _ staff: StackClient) async throws -> Begun? {
        let word = client.name.prefix { $0 != " " }
        let accounts: Page<AccountRow> = try await staff.get("/api/v1/accounts/?page_size=200&search=\(word)")
        guard let account = accounts.results.first(where: { $0.name == client.name })?.id else { return nil }
        let sites: Page<Named> = try await staff.get("/api/v1/sites/?account_id=\(account)&domain=\(client.domain)")
        guard let site = sites.results.first?.id else { return Begun(account: account, site: nil, subscription: nil) }
        let subscriptions: Page<Named> = try await staff.get("/api/v1/services/subscriptions/?site_id=\(site)")
        return Begun(account: account, site: site, subscription: subscriptions.results.first?.id)
    }
}
