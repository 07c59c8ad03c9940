import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence

enum ReconciliationRoutes {
    static let endpoints = [list, run]

    private static let list = Endpoint.list(
        "billing/reconciliation/",
        .staff,
        "listGatewayDifferences",
        "What our books and the gateways' lists do not agree on",
        Resources.gatewayDifferences
    ).with { $0.scope = .billingRead }

    private static let run = Endpoint(
        .post,
        "billing/reconciliation/",
        .staff,
        "reconcileGateways",
        "Compare our books with the gateways' lists now"
    ) { call in
        try await call.write { write in
            let job = SubscriptionsJobs.reconcile(days: Int(call.body["days"]?.integer ?? 3))
            return .accepted(job: try await write.enqueue(job), task: job.task)
        }
    }.with {
        $0.body = .object([.optional("days", .integer(1...30), "How far back from now; 3 when left out.")])
        $0.success = .accepted
        $0.answer = .acceptedJob
    }
}
