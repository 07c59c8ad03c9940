import ArgumentParser
import DomainModel
import EventLoop
import Foundation
import JobQueue
import Logging
import Persistence
import Postgres
import WebClient

/// Our side of `deploy/bench ahrefs`: gives accounts with sites and keys, begins their week, and waits until it is done. The
/// workers and the sandbox are processes of their own.
@main
struct BenchAhrefs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "igny8-bench-ahrefs",
        abstract: "A weekly Ahrefs sync of many sites, under the rate limit.",
        discussion: """
            IGNY8_DATABASE_URL, IGNY8_SANDBOX_URL and IGNY8_KEY_ENCRYPTION_KEY say where.
            Example: igny8-bench-ahrefs --accounts 100 --sites 10000
            """
    )

    @Option(help: "Accounts, each with a key of its own.")
    var accounts = 100
    @Option(help: "Sites over all accounts.")
    var sites = 10_000
    @Option(help: "Competitors of each site.")
    var competitors = 3
    @Option(help: "What the run is called, apart from others in the same database.")
    var name = "a"

    private static let loop = EventLoop(name: "bench")
    private static let system = Tenant.system(reason: "bench")
    private static let logger: Logger = {
        var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return logger
    }()

    private struct Report: Encodable {
        var accounts: Int
        var sites: Int
        /// Sites and their competitors, each as often as a site asks for it.
        var domains: Int
        var snapshots: Int
        var requests: Int
        var units: Int
        var refused: Int
        var busiest_minute: Int
        var seconds: Double
        var naive_requests: Int
        var naive_units: Int
        /// At sixty requests a minute and key.
        var naive_seconds: Double
        var dead: Int
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let url = environment["IGNY8_DATABASE_URL"], let sandbox = environment["IGNY8_SANDBOX_URL"],
            let key = environment["IGNY8_KEY_ENCRYPTION_KEY"].flatMap({ Data(base64Encoded: $0) }),
            let encryption = KeyEncryptionKey(bytes: Array(key))
        else { throw ValidationError("deploy/bench ahrefs sets what this needs.") }
        let configuration = PostgresConfiguration(url: url, applicationName: "igny8-bench-ahrefs")
        let database = PostgresDatabase(configuration: configuration, loop: Self.loop, logger: Self.logger)
        let store = Store(database: database)
        // A zone of the run's own, so that its week is that of its accounts.
        let zone = name == "a" ? "Europe/London" : "America/New_York"
        try await seed(store, SecretBox(current: encryption), zone)
        let before = try await keys(sandbox)
        let began = ContinuousClock.now
        try await store.transaction(as: Self.system, actor: "bench") { tx in
            let producer = JobProducer(redis: nil, logger: Self.logger)
            try await producer.enqueue(
                AhrefsJobs.startWeek(inZone: zone, dueAt: try await BusinessClock.now(in: tx)),
                in: tx
            )
        }
        try await wait(store)
        let elapsed = ContinuousClock.now - began
        let after = try await keys(sandbox)
        let counts = try await store.read(as: Self.system, actor: "bench") { tx in
            try await tx.query(
                """
                select (select count(*) from igny8_ahrefs_domain_snapshots s join igny8_accounts a on a.id = s.account_id
                    where a.time_zone = \(zone)) as snapshots,
                    (select count(*) from igny8_dead_jobs where queue = 'ahrefs-sync') as dead
                """
            )[0]
        }
        let domains = sites * (1 + competitors)
        let naive = AhrefsCallPlan.naive(domains: domains)
        let report = Report(
            accounts: accounts,
            sites: sites,
            domains: domains,
            snapshots: try counts.decode("snapshots"),
            requests: after.requests - before.requests,
            units: after.units - before.units,
            refused: after.refused - before.refused,
            busiest_minute: after.busiest,
            seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18,
            naive_requests: naive.requests,
            naive_units: naive.units,
            naive_seconds: Double(naive.requests / accounts),
            dead: try counts.decode("dead")
        )
        print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
        await database.close()
    }

    /// Accounts in a zone of the run's own. Rivals are shared within an account, as a trade's are: half as many as are named.
    private func seed(_ store: Store, _ box: SecretBox, _ zone: String) async throws {
        for account in 0..<accounts {
            try await store.transaction(as: Self.system, actor: "bench") { tx in
                guard let email = EmailAddress("bench@\(name)\(account).example") else { return }
                let stored = try await Accounts.create(
                    name: "Bench \(name) \(account)",
                    plan: .scale,
                    timeZoneName: zone,
                    currency: .usd,
                    billingEmail: email,
                    in: tx
                )
                var connection = try await AhrefsConnections.connect(
                    stored.id,
                    key: "ahrefs_enterprise_\(name)_\(account)",
                    monthlyUnits: nil,
                    sealedBy: box,
                    createdBy: nil,
                    in: tx
                )
                connection.status = .active
                try await AhrefsConnections.save(&connection, isTested: true, in: tx)
                let rivals = max(sites / accounts * competitors / 2, 1)
                try await tx.query(
                    """
                    insert into igny8_sites (account_id, domain, name, url, competitors)
                    select \(stored.id.rawValue)::bigint, 'site' || n || world, 'Bench', 'https://site' || n || world,
                        array(select 'rival' || (n * \(competitors)::bigint + k) % \(rivals)::bigint || world
                            from generate_series(0, \(competitors)::bigint - 1) k)
                    from generate_series(1, \(sites / accounts)::bigint) n,
                        (select format('.%s%s.example', \(name)::text, \(account)::bigint) as world) w
                    """
                )
            }
        }
    }

    private struct Key: Decodable {
        var key: String
        var requests: Int
        var refused: Int
        var units_used: Int
        var busiest_minute: Int
    }

    /// What the provider itself has counted.
    private func keys(
        _ sandbox: String
    ) async throws -> (requests: Int, units: Int, refused: Int, busiest: Int) {
        let client = WebClient(loop: Self.loop, logger: Self.logger)
        let answer = try await client.send(WebRequest(url: "\(sandbox)/ahrefs/keys/", guardAddresses: false))
        let keys = try JSONDecoder().decode([Key].self, from: Data(answer.body)).filter { $0.key.contains("_\(name)_") }
        return (
            keys.reduce(0) { $0 + $1.requests }, keys.reduce(0) { $0 + $1.units_used },
            keys.reduce(0) { $0 + $1.refused }, keys.map(\.busiest_minute).max() ?? 0
        )
    }

    private func wait(_ store: Store) async throws {
        while true {
            let quiet = try await store.read(as: Self.system, actor: "bench") { tx in try await JobStore.quiet(in: tx) }
            if quiet.isQuiet { return }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
