import Foundation
import JobQueue
import Persistence

extension IndexingService {
    /// All that this service does.
    static func tasks(_ desk: Desk) -> [any JobTask] {
        [
            SubmitBacklinksForIndexing(desk: desk),
            SubmitRequest(desk: desk),
            SendIndexingBatch(desk: desk),
            CheckIndexingStatus(desk: desk),
            ReadIndexingBatch(desk: desk),
            TestIndexingKey(desk: desk),
            BillIndexingMonth(desk: desk),
        ]
    }

    /// When it does what by itself: first what has become of the old ones, then the new ones.
    static let schedules: [Schedule] = [
        Schedule(name: CheckIndexingStatus.name, cron: "0 3 * * *", zone: .fixed("UTC")) { _, dueAt in
            IndexingJobs.check(at: dueAt)
        },
        Schedule(name: SubmitBacklinksForIndexing.name, cron: "30 3 * * *", zone: .fixed("UTC")) { _, dueAt in
            IndexingJobs.submitLinks(at: dueAt)
        },
        Schedule(name: BillIndexingMonth.name, cron: "30 0 1 * *", zone: .perAccountZone) { zone, dueAt in
            IndexingJobs.bill(inZone: zone, dueAt: dueAt)
        },
    ]
}
