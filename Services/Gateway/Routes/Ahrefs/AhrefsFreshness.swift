import DomainModel
import Foundation
import Persistence
import Postgres

/// How old kept answers are, and the job that fetches what is missing or too old.
struct AhrefsFreshness: Sendable {
    /// The oldest of the answers; nil while one of them was never fetched.
    var fetchedAt: Date?
    var isStale: Bool
    /// The first of the jobs that were written; nil where all is fresh, or nothing can be fetched.
    var job: Int64?
    /// Whether Ahrefs may have more rows.
    var isCut = false

    static let fields: [Schema.Field] = [
        .required("fetched_at", .nullable(.time), "When the oldest part of it came from Ahrefs; null: not yet."),
        .required("stale", .boolean, "Older than it should be, or not here yet."),
        .required(
            "job",
            .nullable(Schema.acceptedJob.fields[0].schema),
            "The job that fetches it anew; null where that is not needed, or no working key is connected."
        ),
    ]

    func write(into writer: inout JSONWriter) {
        writer.member("fetched_at", fetchedAt?.formatted(.iso8601))
        writer.member("stale", isStale)
        if let job {
            writer.acceptedJob(job, task: "refresh_ahrefs_view")
        } else {
            writer.key("job")
            writer.null()
        }
    }
}

extension Write {
    /// Looks how old kept answers are, and orders anew what is missing or stale, as far as the account has a key.
    func freshness(
        of views: [AhrefsView],
        domains: [String],
        account: Account.ID
    ) async throws -> AhrefsFreshness {
        let ages = try await AhrefsCache.ages(of: views, domains: domains, account: account, for: tenant, in: tx)
        let wanted = domains.flatMap { domain in
            views.filter { view in
                !ages.contains { $0.view == view && $0.domain == domain && !$0.isStale }
            }.map { (view: $0, domain: domain) }
        }
        let isWhole = ages.count == views.count * domains.count
        var freshness = AhrefsFreshness(
            fetchedAt: isWhole ? ages.map(\.fetchedAt).min() : nil,
            isStale: !wanted.isEmpty,
            isCut: ages.contains(where: \.isCut)
        )
        if !wanted.isEmpty, try await hasAhrefs(account) {
            for want in wanted {
                let job = try await enqueue(AhrefsJobs.refresh(want.view, of: want.domain, account: account))
                freshness.job = freshness.job ?? job
            }
        }
        return freshness
    }

    /// Whether an account has a key that works.
    func hasAhrefs(_ account: Account.ID) async throws -> Bool {
        try await AhrefsConnections.find(of: account, for: tenant, in: tx)?.status == .active
    }
}

extension Call {
    /// `{domain}`, as domains are kept.
    func domain() throws(Problem) -> String {
        guard let domain = Domain(try parameter("domain")) else { throw .notFound }
        return domain.name
    }
}

extension Schema {
    /// What Ahrefs' licence wants to be said beside its figures, under any brand.
    static let ahrefsSource = Schema.oneOf(["Domain Rating by Ahrefs"])
}
