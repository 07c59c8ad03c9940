import Foundation
import JobQueue
import Persistence

extension AhrefsSyncService {
    /// All that this service does.
    static func tasks(_ bureau: Bureau) -> [any JobTask] {
        [
            TestAhrefsConnection(bureau: bureau),
            StartAhrefsWeek(bureau: bureau),
            SyncAhrefsDomainSnapshot(bureau: bureau),
            RefreshAhrefsView(bureau: bureau),
            VerifyBacklinksViaAhrefs(bureau: bureau),
            DetectLostBacklinksAhrefs(bureau: bureau),
        ]
    }

    /// In the night to Monday, where the clients live: before the week's reports, which show it.
    static let schedules: [Schedule] = [
        Schedule(name: StartAhrefsWeek.name, cron: "0 2 * * 1", zone: .perAccountZone) { zone, dueAt in
            AhrefsJobs.startWeek(inZone: zone, dueAt: dueAt)
        }
    ]
}

/// A task whose jobs make one request to Ahrefs at most, so that the limit on jobs is the limit on requests.
///
/// Ahrefs allows 60 a minute and key. 50 starts a minute, six of them at once after a quiet while, are at most 55 in any
/// minute; with the four that may be under way, and so be late, no minute sees 60.
protocol AhrefsTask: JobTask {}

extension AhrefsTask {
    static var pace: [JobLimit] { [JobLimit("ahrefs", concurrency: 4, rate: .init(50, per: .seconds(60), burst: 6))] }

    var limits: [JobLimit] { Self.pace }

    /// Ten attempts over some ten minutes of a provider that fails.
    var retry: RetryPolicy { RetryPolicy(maxAttempts: 10, base: .seconds(2), longest: .seconds(300)) }
}
