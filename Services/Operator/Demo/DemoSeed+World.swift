import Foundation

/// What happens to the clients from outside, told to the sandbox in advance. Each event has a name; told twice, it
/// happens once.
extension DemoSeed {
    /// The site's owner installs the plugin.
    func connectPlugin(_ client: DemoClient, site: Int64, from moment: Date) async throws {
        try await tell(
            WorldEvent(
                name: "\(client.slug)-plugin",
                kind: "connect_plugin",
                due_at: Moment(moment.addingTimeInterval(Double(client.pluginAfterDays) * 86_400)),
                payload: ConnectPlugin(site_id: site)
            )
        )
    }

    /// Whose card declines saves another one on 1 October at 05:00 UTC: an hour later, on day 14, the service would pause, and
    /// every client is to have three monthly invoices.
    func replaceCard(_ client: DemoClient, password: String) async throws {
        guard client.card != DemoClient.goodCard else { return }
        try await tell(
            WorldEvent(
                name: "\(client.slug)-card",
                kind: "replace_card",
                due_at: Moment(Self.start.addingTimeInterval(14 * 86_400 - 10_800)),
                payload: ReplaceCard(
                    email: client.email,
                    password: password,
                    payment_method: .init(kind: "stripe", token: DemoClient.goodCard, display_name: "New card")
                )
            )
        )
    }

    /// Staff order links for a Pro client, three times in a quarter, the second time at a price; the last of them come
    /// before it ends.
    func orderLinks(_ client: DemoClient, site: Int64, from moment: Date) async throws {
        guard client.tier == "pro" else { return }
        for (number, day) in [1, 22, 43].enumerated() {
            let name = "\(client.slug)-links-\(number)"
            try await tell(
                WorldEvent(
                    name: name,
                    kind: "order_links",
                    due_at: Moment(moment.addingTimeInterval(Double(day) * 86_400)),
                    payload: OrderLinks(
                        site_id: site,
                        name: name,
                        links: 4,
                        pricing: number == 1 ? "package" : "pass_through"
                    )
                )
            )
        }
    }

    /// A Pro client lets us read its Search Console once the service is set up; Lite's figures come with the core's data.
    func openSearchConsole(_ client: DemoClient, site: Int64, password: String, from moment: Date) async throws {
        guard client.tier == "pro" else { return }
        try await tell(
            WorldEvent(
                name: "\(client.slug)-search-console",
                kind: "connect_search_console",
                due_at: Moment(moment.addingTimeInterval(2 * 86_400)),
                payload: OpenSearchConsole(
                    email: client.email,
                    password: password,
                    connection: .init(
                        site_id: site,
                        property: "sc-domain:\(client.domain)",
                        refresh_token: "1//\(self.password(of: "search-console:\(client.domain)"))"
                    )
                )
            )
        )
    }

    private func tell(_ event: some Encodable) async throws {
        let _: Nothing = try await sandbox.post("/world/", ["events": [event]])
    }
}

private struct WorldEvent<Payload: Encodable>: Encodable {
    let name: String
    let kind: String
    let due_at: Moment
    let payload: Payload
}

private struct OrderLinks: Encodable {
    let site_id: Int64
    let name: String
    let links: Int
    let pricing: String
}

private struct ConnectPlugin: Encodable {
    let site_id: Int64
}

private struct OpenSearchConsole: Encodable {
    struct Connection: Encodable {
        let site_id: Int64
        let property: String
        let refresh_token: String
    }
    let email: String
    let password: String
    let connection: Connection
}

private struct ReplaceCard: Encodable {
    struct Method: Encodable {
        let kind: String
        let token: String
        let display_name: String
    }
    let email: String
    let password: String
    let payment_method: Method
}
