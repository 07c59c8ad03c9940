public import DomainModel
public import Postgres

/// `igny8_indexing_services`: what services there are, what they cost us, and how they have done.
public enum IndexingServices {
    /// A service as staff have set it up.
    public struct Service: Sendable {
        /// Which.
        public let key: IndexingServiceKey
        /// For people.
        public let name: String
        /// Whether staff let it be used.
        public let isEnabled: Bool
        /// A submission of one URL.
        public let price: UnitCost
        /// A look at the index for one URL.
        public let checkPrice: UnitCost
        /// URLs of one request, at most.
        public let batchSize: Int
        /// How it is spoken to, where that is not known.
        public let config: JSONValue
    }

    /// All of them, in the order of their keys.
    public static func all(in queries: some PostgresQuerying) async throws -> [Service] {
        try await queries.query(
            """
            select key, name, is_enabled, price::text, check_price::text, currency, batch_size, config
            from igny8_indexing_services order by key
            """
        ).map { row in
            try Service(
                key: row.word("key"),
                name: row.decode("name"),
                isEnabled: row.decode("is_enabled"),
                price: UnitCost(decimal: row.decode("price", as: String.self), currency: row.currency()),
                checkPrice: UnitCost(decimal: row.decode("check_price", as: String.self), currency: row.currency()),
                batchSize: row.decode("batch_size"),
                config: row.json("config")
            )
        }
    }

    /// How services did in the last year, of what is settled; nil is the hold-out. From the index alone.
    public static func outcomes(
        in queries: some PostgresQuerying
    ) async throws -> [IndexingServiceKey?: (indexed: Int, judged: Int)] {
        let rows = try await queries.query(
            """
            select service, count(*) filter (where outcome = 'indexed') as indexed, count(*) as judged
            from igny8_indexing_submissions
            where outcome in ('indexed', 'not_indexed') and submitted_at > igny8_now() - interval '1 year'
            group by service
            """
        )
        var found: [IndexingServiceKey?: (indexed: Int, judged: Int)] = [:]
        for row in rows {
            let service: IndexingServiceKey? = try row.word(ifAny: "service")
            found[service] = (try row.decode("indexed"), try row.decode("judged"))
        }
        return found
    }

    /// Everything a choice is made by: services with their prices, success and whether they can be used now; and the hosts
    /// whose IndexNow key works.
    public static func standings(
        in queries: some PostgresQuerying
    ) async throws -> (services: [IndexingServiceKey: Service], standings: [IndexingStanding], hosts: Set<String>) {
        let services = try await all(in: queries)
        let outcomes = try await outcomes(in: queries)
        let keys = try await queries.query(
            "select service, host from igny8_indexing_keys where status = 'active' order by service, host"
        ).map { row in
            (
                service: try row.word("service", as: IndexingServiceKey.self),
                host: try row.decode("host", as: String.self)
            )
        }
        let held = Set(keys.map(\.service))
        let standings = services.map { service in
            IndexingStanding(
                service.key,
                price: service.price,
                indexed: outcomes[service.key]?.indexed ?? 0,
                judged: outcomes[service.key]?.judged ?? 0,
                isUsable: service.isEnabled && held.contains(service.key)
            )
        }
        return (
            Dictionary(uniqueKeysWithValues: services.map { ($0.key, $0) }), standings,
            Set(keys.filter { $0.service == .indexnow }.map(\.host))
        )
    }

    /// What a submission would have cost of a page that needs none: the price of who would have got it.
    public static func likelyPrice(in queries: some PostgresQuerying) async throws -> UnitCost {
        let choice = try await standings(in: queries)
        let service = IndexingChoice.service(among: choice.standings, isOwnPage: false)
        return choice.services[service]?.price ?? UnitCost(tenThousandths: 0, currency: .usd)
    }
}
