import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// Orders the planned links of an approved order from their publishers: each gets the day it is due, and the order is in
/// progress with the first of them. No marketplace takes orders by machine yet (spec 5.11), so what is placed here is what
/// staff send; a connector's call belongs between reading and storing.
///
/// Run twice, the second finds nothing planned. While the account is past due nothing is ordered (spec 9.8): it is tried
/// again some hours later, when the money may have come or staff have let it go on.
struct PlaceOrder: JobTask {
    static let name = "place_order"

    let office: Office

    /// How soon an order that may not be spent on is looked at again, business time.
    private static let patience: TimeInterval = 6 * 3_600

    struct Outcome: Codable, Sendable {
        var ordered = 0
        /// Planned links of which nobody knows who will place them.
        var withoutPublisher = 0
        /// Why nothing was ordered.
        var held: String?

        enum CodingKeys: String, CodingKey {
            case ordered, held
            case withoutPublisher = "without_publisher"
        }
    }

    func run(_ payload: BacklinkOrdersJobs.Order, _ context: JobContext) async throws {
        try await office.transaction(context) { tx in
            guard var desk = try await OrderApprovals.hold(payload.orderID, for: .job(context), in: tx) else {
                throw JobError.permanent("there is no order \(payload.orderID)")
            }
            var outcome = Outcome()
            var events: [AuditEvent] = []
            if desk.order.status == .approved || desk.order.status == .inProgress {
                events = try await place(&desk, &outcome, in: tx)
            }
            try await context.complete(result: outcome, in: tx)
            if outcome.held != nil {
                // After the end of this job, whose key it has.
                try await office.producer.enqueue(
                    BacklinkOrdersJobs.place(
                        desk.order.id,
                        account: desk.account.id,
                        at: desk.now.addingTimeInterval(Self.patience)
                    ),
                    in: tx
                )
            }
            return events
        }
    }

    private func place(
        _ desk: inout OrderApprovals.Desk,
        _ outcome: inout Outcome,
        in tx: PostgresTransaction
    ) async throws -> [AuditEvent] {
        let tenant = Tenant.account(desk.account.id)
        let planned = try await Backlinks.all(of: [desk.order.id], for: tenant, lock: .forUpdate, in: tx)
            .filter { $0.status == .planned }
        var links = planned.filter { $0.publisherID != nil }
        outcome.withoutPublisher = planned.count - links.count
        guard !links.isEmpty else { return [] }
        let cost = try links.map(\.cost).total(in: desk.order.expectedCost.currency)
        let guardian = try await SpendGuards.read(desk.account.id, in: tx)
        do throws(SpendStopped) {
            try guardian.allow(cost)
        } catch {
            outcome.held = error.description
            return []
        }
        let publishers = try await Publishers.find(all: Array(Set(links.compactMap(\.publisherID))), in: tx)
        let turnaround = Dictionary(publishers.map { ($0.id, $0.listing.turnaroundDays) }) { first, _ in first }
        let before = desk.order.status
        // The order before its links: their change raises its revision.
        let isFirst = try desk.order.value.start(at: desk.now)
        let due = links.map { link in
            link.publisherID.flatMap { turnaround[$0] ?? nil }.map { desk.today.adding(days: $0) } ?? desk.order.dueOn
        }
        if let last = due.compactMap(\.self).max() { desk.order.value.dueOn = max(last, desk.order.dueOn ?? last) }
        try await BacklinkServiceOrders.save(&desk.order, in: tx)
        for index in links.indices { try links[index].value.order(at: desk.now, due: due[index]) }
        try await Backlinks.markOrdered(links, in: tx)
        outcome.ordered = links.count
        return [
            desk.event(
                .ordered,
                from: isFirst ? before : nil,
                because: "\(links.count) links ordered",
                data: ["links": .array(links.map { .integer($0.id.rawValue) })]
            )
        ]
    }
}
