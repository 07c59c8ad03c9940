import DomainModel
import JobQueue
import Persistence

/// Takes in what a vendor says it has delivered of an order: each link with its page, its day and its real cost, which goes
/// into the books; each page is looked at by a job of its own. The order moves on with its last link.
///
/// The order and its links are held; told twice, also at once, the second finds each link delivered there already. A line that
/// cannot be taken is told in the job's result and keeps no other back.
struct RecordDelivery: JobTask {
    static let name = "record_delivery"

    let office: Office

    var retry: RetryPolicy { RetryPolicy(maxAttempts: 5) }

    /// What came of each line.
    struct Outcome: Codable, Sendable {
        var recorded = 0
        var known = 0
        var refused: [Refusal] = []

        struct Refusal: Codable, Sendable {
            let backlinkID: Int64
            let reason: String

            enum CodingKeys: String, CodingKey {
                case backlinkID = "backlink_id"
                case reason
            }
        }
    }

    func run(_ payload: BacklinkOrdersJobs.Deliveries, _ context: JobContext) async throws {
        try await office.transaction(context) { tx in
            guard var desk = try await OrderDesk.open(payload.orderID, for: .job(context), in: tx) else {
                throw JobError.permanent("there is no order \(payload.orderID)")
            }
            var outcome = Outcome()
            for delivery in payload.deliveries {
                do {
                    let isNew = try await desk.deliver(
                        delivery.backlinkID,
                        at: delivery.url,
                        on: delivery.liveOn,
                        cost: try delivery.cost.map { text in
                            try Money(decimal: text, currency: desk.order.price.clientPrice.currency)
                        }
                    )
                    if isNew { outcome.recorded += 1 } else { outcome.known += 1 }
                } catch  where Self.isRefusal(error) {
                    outcome.refused.append(
                        Outcome.Refusal(backlinkID: delivery.backlinkID.rawValue, reason: "\(error)")
                    )
                }
            }
            let aftermath = try await desk.close()
            try await office.producer.enqueue(aftermath.jobs, in: tx)
            try await context.complete(result: outcome, in: tx)
            return aftermath.events
        }
    }

    /// What is wrong with the line and not with us; found before anything of it is written.
    private static func isRefusal(_ error: any Error) -> Bool {
        error is IllegalTransition || error is UnknownLink || error is DeliveryRefused || error is MoneyError
    }
}
