import JobQueue
import Persistence

extension BacklinkOrdersService {
    /// All that this service does.
    static func tasks(_ office: Office) -> [any JobTask] {
        [
            PlaceOrder(office: office),
            VerifyLink(office: office),
            CheckDeadLinks(office: office),
            ImportPublishers(office: office),
            InspectPage(office: office),
            RecordDelivery(office: office),
            CheckBacklinkDelivery(office: office),
        ]
    }

    /// When it does what by itself.
    static let schedules: [Schedule] = [
        // In the night from Saturday to Sunday, when publishers' servers have least to do.
        Schedule(name: CheckDeadLinks.name, cron: "0 2 * * 0", zone: .fixed("UTC")) { _, dueAt in
            BacklinkOrdersJobs.checkDeadLinks(at: dueAt)
        },
        // Before the agency's day begins, so that its list of what is late is of today.
        Schedule(name: CheckBacklinkDelivery.name, cron: "0 4 * * *", zone: .fixed("UTC")) { _, dueAt in
            BacklinkOrdersJobs.checkDelivery(at: dueAt)
        },
    ]
}
