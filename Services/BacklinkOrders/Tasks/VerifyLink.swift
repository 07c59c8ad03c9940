import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// One look at one link over HTTP, with its evidence (spec 4, 11.5).
///
/// 1. The link is read. → 2. Its page is fetched and inspected. → 3. What was found is stored, with the link's new state,
/// its flag, the audit event and the job of a second look, in one transaction with the end of this job.
///
/// Whatever the page does is a finding: a page that answers garbage, half a body or nothing costs this job this attempt.
/// Only our own faults are tried again. A crash before 3 repeats the look; two runs at once leave one finding.
struct VerifyLink: JobTask {
    static let name = "verify_link"

    let office: Office
    private let read: Together<Wanted, Stored<Backlink>?>
    private let store: Together<Look, Void>

    var retry: RetryPolicy { RetryPolicy(maxAttempts: 5) }

    init(office: Office) {
        self.office = office
        read = Together { wanted in
            let found = try await Backlinks.glance(
                at: wanted.map(\.id),
                in: office.store,
                for: .job(wanted[0].context),
                actor: "job:\(wanted[0].context.id)"
            )
            let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
            return wanted.map { byID[$0.id] }
        }
        store = Together { looks in
            try await office.store(looks)
            return looks.map { _ in }
        }
    }

    func run(_ payload: BacklinkOrdersJobs.Link, _ context: JobContext) async throws {
        let id = payload.backlinkID
        let link = try await read(Wanted(id: id, context: context))
        guard let link else { throw JobError.permanent("there is no link \(id)") }
        guard let source = link.source, Look.states.contains(link.status) else {
            return try await skip(link.value, context)
        }
        let check = try await look(at: source, for: link.value)
        try await store(Look(seen: link.value, check: check, context: context))
    }

    private struct Wanted {
        let id: Backlink.ID
        let context: JobContext
    }

    private func look(at source: LinkSource, for link: Backlink) async throws -> BacklinkCheck {
        guard let target = LinkURL(link.targetURL) else {
            throw JobError.permanent("the target \(link.targetURL) is no web page")
        }
        do {
            switch try await office.pages.fetch(source.url) {
            case .page(let page): return PageInspection.inspect(page, for: target, anchorText: link.anchorText)
            case .failure(let failure): return PageInspection.record(failure, of: source.url)
            }
        } catch let busy as HostBusy {
            throw JobError.snooze(for: busy.wait)
        }
    }

    private func skip(_ link: Backlink, _ context: JobContext) async throws {
        try await office.transaction(context) { tx in
            try await context.complete(result: ["skipped": link.status.rawValue], in: tx)
            return []
        }
    }
}
