import DomainModel
import Foundation
import HTTPTypes
import Persistence
import Postgres

/// What Ahrefs says about domains: now, in the past, beside others.
enum AhrefsDomainRoutes {
    static let endpoints = [domain, history, compare]

    private static let domain = Endpoint(
        .get,
        "integration/ahrefs/domain/{domain}/",
        .anyone,
        "getAhrefsDomain",
        "A domain's metrics as they were last fetched"
    ) { call in
        let domain = try call.domain()
        return try await call.write { write in
            let account = try await write.askedAccount().id
            let known = try await write.metrics(of: [domain], account)
            return .json { writer in known[0].write(into: &writer) }
        }
    }.with {
        $0.scope = .servicesRead
        $0.query = [Endpoint.whose]
        $0.answer = metrics
        $0.problems = [.notFound]
    }.requires(.ahrefsLevel, "readonly")

    private static let compare = Endpoint(
        .get,
        "integration/ahrefs/domain/{domain}/compare/",
        .anyone,
        "compareAhrefsDomains",
        "A domain's metrics beside others'; the domain itself comes first"
    ) { call in
        let domain = try call.domain()
        let others = try call.query["with"].map(named)
        return try await call.write { write in
            let account = try await write.askedAccount().id
            var domains = [domain]
            var rivals = others ?? []
            if others == nil { rivals = try await write.competitors(of: domain, account) }
            for rival in rivals where !domains.contains(rival) { domains.append(rival) }
            let known = try await write.metrics(of: Array(domains.prefix(most + 1)), account)
            return .json { writer in
                writer.object { writer in
                    writer.member("attribution", attribution)
                    writer.key("results")
                    writer.beginArray()
                    for one in known { one.write(into: &writer) }
                    writer.endArray()
                }
            }
        }
    }.with {
        $0.scope = .servicesRead
        $0.query = [
            QueryParameter(
                "with",
                .text(1...2_000),
                "Domains between commas, \(most) at most; left out: the competitors of the site with this domain."
            ), Endpoint.whose,
        ]
        $0.problems = [.notFound]
        $0.answer = .named(
            "AhrefsComparison",
            .object([
                .required("attribution", .ahrefsSource), .required("results", .array(metrics, count: 1...(most + 1))),
            ])
        )
    }.requires(.ahrefsLevel, "readonly")

    private static let most = 10
    private static let attribution = "Domain Rating by Ahrefs"

    private static func named(_ list: String) throws(Problem) -> [String] {
        var domains: [String] = []
        for name in list.split(separator: ",") {
            guard let domain = Domain(name.description), domains.count < most else {
                throw .malformed(
                    "The query is not as expected.",
                    errors: ["with": "at most \(most) domain names between commas"]
                )
            }
            domains.append(domain.name)
        }
        return domains
    }

    private static let history = Endpoint(
        .get,
        "integration/ahrefs/domain/{domain}/history/",
        .anyone,
        "getAhrefsHistory",
        "A domain's rating, traffic and referring domains over time: a year by the month, and our own snapshots since"
    ) { call in
        let domain = try call.domain()
        return try await call.write { write in
            let account = try await write.askedAccount().id
            let freshness = try await write.freshness(
                of: [.domainRatingHistory, .trafficHistory, .referringDomainsHistory],
                domains: [domain],
                account: account
            )
            let rows = try await write.tx.query(past(of: domain, account, write.tenant))
            return try .json(capacity: 512 + rows.count * 100) { writer in
                try writer.object { writer in
                    writer.member("domain", domain)
                    writer.member("attribution", attribution)
                    freshness.write(into: &writer)
                    writer.key("results")
                    writer.beginArray()
                    for row in rows {
                        try writer.object { writer in
                            writer.member("date", try row.decode("date", as: String.self))
                            writer.rating("domain_rating", try row.decode("rating", as: Int64?.self))
                            writer.member("organic_traffic", try row.decode("traffic", as: Int64?.self))
                            writer.member("referring_domains", try row.decode("referring", as: Int64?.self))
                        }
                    }
                    writer.endArray()
                }
            }
        }
    }.with {
        $0.scope = .servicesRead
        $0.query = [Endpoint.whose]
        $0.problems = [.notFound]
        $0.answer = .named(
            "AhrefsHistory",
            .object(
                [.required("domain", .domain), .required("attribution", .ahrefsSource)] + AhrefsFreshness.fields + [
                    .required(
                        "results",
                        .array(
                            .object([
                                .required("date", .day), .required("domain_rating", .nullable(.number)),
                                .required("organic_traffic", .nullable(.count)),
                                .required("referring_domains", .nullable(.count)),
                            ]),
                            count: 0...100_000
                        ),
                        "The oldest first."
                    )
                ]
            )
        )
    }.requires(.ahrefsLevel, "readonly")

    private static func past(of domain: String, _ account: Account.ID, _ tenant: Tenant) -> SQL {
        """
        select date::text as date, max(rating) as rating, max(traffic) as traffic, max(referring) as referring
        from (
            select (r.value ->> 'date')::date as date,
                case c.view when 'domain_rating_history' then (r.value ->> 'value')::bigint end as rating,
                case c.view when 'traffic_history' then (r.value ->> 'value')::bigint end as traffic,
                case c.view when 'referring_domains_history' then (r.value ->> 'value')::bigint end as referring
            from igny8_ahrefs_cache c cross join lateral jsonb_array_elements(c.rows) r
            where c.account_id = \(account.rawValue) and c.domain = \(domain)
                and c.view in ('domain_rating_history', 'traffic_history', 'referring_domains_history')
                and \(fragment: tenant.owns("c.account_id"))
            union all
            select snapshot_date, (domain_rating * 10)::bigint, organic_traffic, referring_domains
            from igny8_ahrefs_domain_snapshots
            where account_id = \(account.rawValue) and domain = \(domain) and \(fragment: tenant.owns())
        ) points
        group by date order by date
        """
    }

    fileprivate static let metrics = Schema.named(
        "AhrefsDomain",
        .object(
            [.required("domain", .domain), .required("attribution", .ahrefsSource)] + AhrefsFreshness.fields + [
                .required("domain_rating", .nullable(.number), "0 to 100."),
                .required("referring_domains", .nullable(.count)), .required("backlinks", .nullable(.count)),
                .required("organic_keywords", .nullable(.count)),
                .required("organic_traffic", .nullable(.count), "Visits a month, estimated."),
            ]
        )
    )

    /// A domain with what is known of it.
    fileprivate struct Known: Sendable {
        let domain: String
        let freshness: AhrefsFreshness
        let metrics: AhrefsMetrics?

        func write(into writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("domain", domain)
                writer.member("attribution", attribution)
                freshness.write(into: &writer)
                writer.rating("domain_rating", metrics?.domainRatingTenths.map { Int64($0) })
                writer.member("referring_domains", metrics?.referringDomains.map { Int64($0) })
                writer.member("backlinks", metrics?.backlinks.map { Int64($0) })
                writer.member("organic_keywords", metrics?.organicKeywords.map { Int64($0) })
                writer.member("organic_traffic", metrics?.organicTraffic.map { Int64($0) })
            }
        }
    }
}

extension JSONWriter {
    /// A rating that is kept in tenths, as the number it is.
    fileprivate mutating func rating(_ name: String, _ tenths: Int64?) {
        key(name)
        if let tenths { raw("\(tenths / 10).\(tenths % 10)") } else { null() }
    }
}

extension Write {
    /// The youngest metrics of some domains; what is missing or older than a week is ordered anew.
    fileprivate func metrics(of domains: [String], _ account: Account.ID) async throws -> [AhrefsDomainRoutes.Known] {
        let latest = try await AhrefsSnapshots.latest(of: domains, account: account, for: tenant, in: tx)
        let now = try await BusinessClock.now(in: tx)
        let isConnected = try await hasAhrefs(account)
        let limit = TimeInterval(AhrefsView.metrics.freshDays * 86_400)
        var known: [AhrefsDomainRoutes.Known] = []
        for domain in domains {
            let snapshot = latest[domain]
            var freshness = AhrefsFreshness(
                fetchedAt: snapshot?.fetchedAt,
                isStale: snapshot.map { now.timeIntervalSince($0.fetchedAt) >= limit } ?? true
            )
            if freshness.isStale, isConnected {
                freshness.job = try await enqueue(AhrefsJobs.refresh(.metrics, of: domain, account: account))
            }
            known.append(.init(domain: domain, freshness: freshness, metrics: snapshot?.metrics))
        }
        return known
    }

    /// The competitors of the account's site with this domain.
    fileprivate func competitors(of domain: String, _ account: Account.ID) async throws -> [String] {
        try await tx.query(
            """
            select competitors from igny8_sites
            where account_id = \(account.rawValue) and domain = \(domain) and not is_deleted
                and \(fragment: tenant.owns())
            """
        ).first?.decode(0) ?? []
    }
}
