public import Foundation

/// A job that the calendar sets off, in business time: once per due time however many workers run; due times missed
/// while none ran are caught up once, with the latest of them.
public struct Schedule: Sendable {
    /// Whose clock on the wall the cron expression means.
    public enum Zone: Hashable, Sendable {
        /// This IANA zone, such as `UTC`.
        case fixed(String)
        /// Each zone that some account lives in, one job for each.
        case perAccountZone
    }

    /// The name, usually the task's.
    public let name: String
    /// Five fields: minute, hour, day of month, month, day of week; see ``CronExpression``.
    public let cron: String
    /// Whose clock.
    public let zone: Zone
    /// The job for one due time.
    public let job: @Sendable (_ zone: String, _ dueAt: Date) -> NewJob

    /// A schedule. `cron` and the zone's name are checked when the worker starts.
    public init(
        name: String,
        cron: String,
        zone: Zone,
        job: @escaping @Sendable (_ zone: String, _ dueAt: Date) -> NewJob
    ) {
        self.name = name
        self.cron = cron
        self.zone = zone
        self.job = job
    }
}
