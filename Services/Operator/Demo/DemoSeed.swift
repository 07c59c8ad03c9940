import Crypto
import Foundation

/// Brings the demo's clients into a stack through its public API, as staff would, at a moment of business time of their
/// own each. What is there already is left alone, so that it can be broken off and run again.
struct DemoSeed {
    let gateway: StackClient
    let sandbox: StackClient
    let staffEmail: String
    let staffPassword: String
    /// Makes the owners' passwords, so that a second run knows them without a file.
    let secret: String
    /// Lives the stack until a moment and lets the clock stand there.
    let live: (_ until: Date) async throws -> Void

    /// What `stack.json` says of a client.
    struct Seeded: Encodable {
        let name: String
        let account_id: Int64
        let site_id: Int64
        let subscription_id: Int64
        let email: String
        let password: String
    }

    /// 17 September 2026, 08:00 UTC: a month begun, so that the first invoices are prorated.
    static let start = Date(timeIntervalSince1970: 1_789_632_000)
    /// Between two clients: what follows from one (a job a minute later) is done before the next.
    static let interval: TimeInterval = 600

    func run(note: (String) -> Void) async throws -> [Seeded] {
        let staff = try await signIn()
        try await giveIndexingKey(staff)
        let industries: Page<Industry> = try await staff.get("/api/v1/industries/?page_size=200")
        var seeded: [Seeded] = []
        for (index, client) in DemoClient.all.enumerated() {
            let begun = try await find(client, staff)
            let moment = Self.start.addingTimeInterval(Double(index) * Self.interval)
            if begun?.subscription == nil {
                try await live(moment)
                note("\(client.name), \(client.tier) on \(client.plan), \(client.timeZone)")
            }
            seeded.append(
                try await seed(client, at: moment, industries: industries.results, begun: begun, staff)
            )
        }
        return seeded
    }

    private func signIn() async throws -> StackClient {
        struct Login: Encodable {
            let email: String
            let password: String
        }
        struct Tokens: Decodable { let access: String }
        let tokens: Tokens = try await gateway.post(
            "/api/v1/auth/login/",
            Login(email: staffEmail, password: staffPassword)
        )
        var staff = gateway
        staff.headers.append((name: "Authorization", value: "Bearer \(tokens.access)"))
        return staff
    }

    private func seed(
        _ client: DemoClient,
        at moment: Date,
        industries: [Industry],
        begun: Begun?,
        _ staff: StackClient
    ) async throws -> Seeded {
        let account = if let begun { begun.account } else { try await createAccount(client, staff) }
        let key = "demo:\(client.slug):\(account)"
        let site =
            if let site = begun?.site { site } else { try await createSite(client, account, industries, key, staff) }
        let password = password(of: "owner:\(client.email)")
        var subscription = begun?.subscription
        if subscription == nil {
            try await enable("managed_services_enabled", account, staff)
            if client.tier == "pro" { try await enable("backlink_orders_enabled", account, staff) }
            try await createOwner(client, account, password, key, staff)
            try await addCard(client, account, key, staff)
            try await connectPlugin(client, site: site, from: moment)
            try await replaceCard(client, password: password)
            try await orderLinks(client, site: site, from: moment)
            try await openSearchConsole(client, site: site, password: password, from: moment)
            subscription = try await subscribe(client, site, key, staff)
        }
        if let subscription { try await fillIntake(client, subscription, staff) }
        guard let subscription else { throw OperatorFailure("\(client.name) has no subscription.") }
        return Seeded(
            name: client.name,
            account_id: account,
            site_id: site,
            subscription_id: subscription,
            email: client.email,
            password: password
        )
    }

    /// 20 letters and digits: enough to guess nothing, the same each time.
    func password(of whom: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(whom.utf8),
            using: SymmetricKey(data: Data(secret.utf8))
        )
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return String(code.prefix(20).map { alphabet[Int($0) % alphabet.count] })
    }
}
