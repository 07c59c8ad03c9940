import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// Writes a month's articles and plans when each goes out.
struct WriteContent: JobTask {
    static let name = "write_content"

    struct Payload: Codable, Sendable {
        var subscription_id: Int64
        var site_id: Int64
        /// `2026-10-01`.
        var period_start: CalendarDay
    }

    let office: CoreOffice
    var retry: RetryPolicy { .patient }

    func run(_ payload: Payload, _ context: JobContext) async throws {
        let (tenant, account) = try CoreOffice.tenant(context)
        try await office.store.transaction(as: tenant, actor: CoreOffice.actor(context)) { tx in
            guard let site = try await Sites.find(Site.ID(payload.site_id), for: tenant, in: tx),
                let owner = try await Accounts.find(account, for: tenant, in: tx)
            else { throw JobError.permanent("there is no site \(payload.site_id)") }
            let month = ContentRows(
                account: account.rawValue,
                site: site.value,
                subscription: payload.subscription_id,
                periodStart: payload.period_start
            )
            let written = try await month.write(in: tx)
            let now = try await BusinessClock.now(in: tx)
            var late = 0
            var jobs: [NewJob] = []
            for item in try await month.unpublished(in: tx) {
                var dice = SiteSeed.dice(site.domain.name, payload.period_start.description, String(item.position))
                let (moment, isLate) = PublicationCalendar.moment(
                    dueAt: item.dueAt,
                    in: owner.timeZone,
                    now: now,
                    late: late,
                    dice: &dice
                )
                if isLate { late += 1 }
                jobs.append(PublishContent.job(item.content, of: account, at: moment))
            }
            try await office.producer.enqueue(jobs, in: tx)
            try await context.complete(result: ["written": written, "planned": jobs.count], in: tx)
        }
    }
}
