import DomainModel
import JobQueue
import Persistence
import Postgres

/// Today's snapshots of sites and their competitors, by the cheapest calls (``AhrefsCallPlan``).
///
/// 1. What the account has of today is known, for whichever of its sites it was asked: a second run, a second wish on the
/// same day, a rival that sites share cost nothing. → 2. The plan's first call is made. → 3. Its snapshots are stored, for
/// every site that asks for the domain; where the plan has further calls, the job that makes them is written with them.
struct SyncAhrefsDomainSnapshot: AhrefsTask {
    static let name = "sync_ahrefs_domain_snapshot"

    let bureau: Bureau

    private struct Result: Codable {
        var stored: Int
        /// Competitors for which no units are left.
        var left_out: Int
    }

    private struct Situation {
        var open: OpenConnection
        var sites: [AhrefsConnections.ConnectedSite]
        var stored: [Site.ID: [String: AhrefsMetrics]]
        /// What the account has of today, for whichever site.
        var known: [String: AhrefsMetrics]
        var unitsLeft: Int?

        /// What is to be asked, in the light of what is stored.
        var plan: AhrefsCallPlan {
            let targets = sites.flatMap { site in
                site.domains.enumerated().map { AhrefsCallPlan.Target($0.element, isOwn: $0.offset == 0) }
            }
            return AhrefsCallPlan(targets, known: Set(known.keys), unitsLeft: unitsLeft)
        }

        /// What is known of today by another site's asking, and not stored for these yet.
        var copies: [AhrefsSnapshots.New] {
            sites.flatMap { site in
                site.domains.compactMap { domain in
                    guard let metrics = known[domain], stored[site.site]?[domain]?.isWhole != true else { return nil }
                    return .init(site: site.site, domain: domain, metrics: metrics, endpoint: .batchAnalysis)
                }
            }
        }

        /// The plan's calls without ratings that are stored.
        func calls(of plan: AhrefsCallPlan) -> [AhrefsCallPlan.Call] {
            plan.calls.filter { call in
                guard case .freeRating(let domain) = call else { return true }
                return !sites.allSatisfy {
                    !$0.domains.contains(domain) || stored[$0.site]?[domain]?.domainRatingTenths != nil
                }
            }
        }
    }

    func run(_ payload: AhrefsJobs.Sites, _ context: JobContext) async throws {
        try await bureau.unlessStopped(context) {
            let situation = try await look(payload, context)
            let plan = situation.plan
            let calls = situation.calls(of: plan)
            guard let call = calls.first else {
                return try await bureau.transaction(context) { tx in
                    try await store(situation.copies, situation, in: tx)
                    let result = Result(stored: situation.copies.count, left_out: plan.leftOut.count)
                    try await context.complete(result: result, in: tx)
                }
            }
            let found = try await make(call, situation, context)
            let snapshots =
                situation.copies
                + situation.sites.flatMap { site in
                    site.domains.compactMap { domain in
                        found.metrics[domain].map {
                            AhrefsSnapshots.New(site: site.site, domain: domain, metrics: $0, endpoint: found.endpoint)
                        }
                    }
                }
            try await bureau.transaction(context) { tx in
                try await store(snapshots, situation, in: tx)
                if calls.count > 1 {
                    let next = AhrefsJobs.sync(payload.siteIDs, account: payload.accountID, key: "after:\(context.id)")
                    try await bureau.producer.enqueue(next, in: tx)
                }
                let result = Result(stored: snapshots.count, left_out: plan.leftOut.count)
                try await context.complete(result: result, in: tx)
            }
        }
    }

    private func look(_ payload: AhrefsJobs.Sites, _ context: JobContext) async throws -> Situation {
        try await bureau.read(context) { tx in
            guard let open = try await bureau.open(payload.accountID, in: tx) else { throw AhrefsStop.notConnected }
            let asked = Set(payload.siteIDs)
            let sites = try await AhrefsConnections.sites(of: payload.accountID, in: tx)
                .filter { asked.contains($0.site) }
            return Situation(
                open: open,
                sites: sites,
                stored: try await AhrefsSnapshots.stored(for: sites.map(\.site), on: open.today, in: tx),
                known: try await AhrefsSnapshots.known(
                    of: Array(Set(sites.flatMap(\.domains))),
                    account: payload.accountID,
                    on: open.today,
                    in: tx
                ),
                unitsLeft: try await AhrefsCalls.budget(of: payload.accountID, in: tx)?.left
            )
        }
    }

    private func make(
        _ call: AhrefsCallPlan.Call,
        _ situation: Situation,
        _ context: JobContext
    ) async throws -> (metrics: [String: AhrefsMetrics], endpoint: AhrefsEndpoint) {
        let site = situation.sites.count == 1 ? situation.sites.first?.site : nil
        switch call {
        case .batch(let domains):
            let target = domains.count == 1 ? domains[0] : "\(domains.count) domains"
            let found = try await bureau.call(
                .batchAnalysis,
                about: target,
                for: site,
                forecast: call.forecast,
                situation.open,
                context
            ) { ahrefs, key throws(AhrefsError) in try await ahrefs.batchAnalysis(of: domains, key: key) }
            // What Ahrefs does not know is stored as such: otherwise it would be asked again and again.
            let unknown = AhrefsMetrics(referringDomains: 0, backlinks: 0, organicKeywords: 0, organicTraffic: 0)
            return (Dictionary(domains.map { ($0, found?[$0] ?? unknown) }) { $1 }, .batchAnalysis)
        case .freeRating(let domain):
            let rating = try await bureau.call(
                .freeDomainRating,
                about: domain,
                for: site,
                forecast: 0,
                situation.open,
                context
            ) { ahrefs, key throws(AhrefsError) in try await ahrefs.freeDomainRating(of: domain, key: key) }
            return ([domain: AhrefsMetrics(domainRatingTenths: (rating ?? 0) ?? 0)], .freeDomainRating)
        }
    }

    private func store(
        _ snapshots: [AhrefsSnapshots.New],
        _ situation: Situation,
        in tx: PostgresTransaction
    ) async throws {
        guard !snapshots.isEmpty else { return }
        let account = situation.open.connection.accountID
        try await AhrefsSnapshots.store(snapshots, of: account, on: situation.open.today, in: tx)
        let sites = Array(Set(snapshots.map(\.site))).sorted()
        try await AhrefsLinks.takeCampaignDay(situation.open.today, of: sites, account: account, in: tx)
        try await AhrefsConnections.noteSync(of: account, in: tx)
    }
}
