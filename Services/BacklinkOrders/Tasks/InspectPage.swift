import DomainModel
import Foundation
import JobQueue
import Persistence

/// A look at a page that somebody wants indexed and that bears no link of ours: whether anything keeps it out of the index,
/// before it is paid for. What may be indexed is then submitted by the worker of indexing.
struct InspectPage: JobTask {
    static let name = "inspect_page"

    let office: Office

    var retry: RetryPolicy { RetryPolicy(maxAttempts: 5) }

    func run(_ payload: IndexingJobs.Request, _ context: JobContext) async throws {
        let request = try await office.store.transaction(as: .job(context), actor: "job:\(context.id)") { tx in
            try await IndexingRequests.find(payload.requestID, for: .job(context), in: tx)
        }
        guard let request, request.status == .queued, !request.isInspected else {
            return try await office.transaction(context) { tx in
                try await context.complete(in: tx)
                return []
            }
        }
        let hindrance: IndexingHindrance?
        do {
            switch try await office.pages.fetch(request.url) {
            case .page(let page): hindrance = Self.hindrance(page)
            case .failure(let failure): hindrance = IndexingHindrance(failure.verdict) ?? .status
            }
        } catch let busy as HostBusy {
            throw JobError.snooze(for: busy.wait)
        }
        try await office.transaction(context) { tx in
            try await context.complete(result: ["hindrance": hindrance?.rawValue ?? "none"], in: tx)
            guard let held = try await IndexingRequests.find(request.id, for: .job(context), in: tx),
                held.status == .queued, !held.isInspected
            else { return [] }
            let price = try await IndexingServices.likelyPrice(in: tx)
            try await IndexingRequests.judge(held, hindrance, price: price, in: tx)
            guard let hindrance else {
                try await office.producer.enqueue(IndexingJobs.submit(held.id, account: held.accountID), in: tx)
                return []
            }
            return [
                AuditEvent(
                    .rejected,
                    account: held.accountID,
                    subjectKind: IndexingStatus.subject,
                    subjectID: held.id,
                    from: held.status.rawValue,
                    to: IndexingStatus.failed.rawValue,
                    reason: hindrance.words
                )
            ]
        }
    }

    /// What a page says about itself. One that leads elsewhere is not the page that would be indexed.
    static func hindrance(_ page: FetchedPage) -> IndexingHindrance? {
        guard let address = LinkURL(page.requestedURL), let last = LinkURL(page.finalURL) else { return .status }
        let check = PageInspection.inspect(page, for: address)
        guard let isNoindex = check.isNoindex else {
            return check.verdict == .missing ? .status : IndexingHindrance(check.verdict) ?? .status
        }
        if isNoindex { return .noindex }
        if !last.isSamePage(as: address) { return .canonical }
        if let canonical = check.canonicalURL.flatMap({ LinkURL($0) }), !canonical.isSamePage(as: last) {
            return .canonical
        }
        return nil
    }
}
